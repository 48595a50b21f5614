"""The judged queries as files, and that they judge what is there."""

from collections import Counter
from pathlib import Path

import pytest

from tests.relevance.collection import read_qrels, read_topics
from tests.relevance.sets import SETS

JUDGED = Path(__file__).parent / "questions"
LEAST_QUERIES = 44


def test_every_topic_is_one_typed_text() -> None:
    topics = read_topics(JUDGED / "topics.tsv")
    assert len(topics) >= LEAST_QUERIES
    assert len(set(topics.values())) == len(topics)
    assert all(text == text.strip() and text for text in topics.values())


def test_every_topic_is_judged_and_has_something_to_find() -> None:
    judgements = read_qrels(JUDGED / "qrels.txt")
    assert set(judgements) == set(read_topics(JUDGED / "topics.tsv"))
    grades = Counter(grade for judged in judgements.values() for grade in judged.values())
    assert set(grades) == {0, 1, 2, 3}
    assert all(max(judged.values()) > 0 for judged in judgements.values())


def test_a_document_judged_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "qrels.txt"
    path.write_text("q1 0 a 3\nq1 0 a 0\n", "utf-8")
    with pytest.raises(ValueError, match="q1 judges a twice"):
        read_qrels(path)


@pytest.mark.real_data
@pytest.mark.parametrize("name", SETS)
def test_a_set_judges_documents_that_it_holds(name: str, shared_data: Path) -> None:
    collection = SETS[name](shared_data)
    held = {question.uid for question in collection.questions}
    assert len(held) == len(collection.questions)
    assert set(collection.topics) == set(collection.judgements)
    assert {uid for judged in collection.judgements.values() for uid in judged} <= held


@pytest.mark.real_data
def test_a_title_to_find_stands_nowhere_in_its_question(shared_data: Path) -> None:
    collection = SETS["titles"](shared_data)
    questions = {question.uid: question for question in collection.questions}
    for uid, title in collection.topics.items():
        question = questions[uid]
        assert not question.title
        assert title.casefold() != (question.rubrique or "").casefold()
        assert not question.answer_text.casefold().startswith(title.casefold())


@pytest.mark.real_data
def test_a_sample_spreads_over_the_set(shared_data: Path) -> None:
    collection = SETS["piaf"](shared_data)
    drawn = collection.sample(300)
    assert 200 < len(drawn.topics) <= 300
    assert set(drawn.judgements) == set(drawn.topics) <= set(collection.topics)
    assert tuple(drawn.topics)[-1] in tuple(collection.topics)[-300:]
