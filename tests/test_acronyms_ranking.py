"""Where acronyms meet the ranking: what a meaning counts for, and what feedback learns from it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from indexer.corpus import Corpus
from indexer.french.acronyms import stems_of
from indexer.importing import import_paths
from indexer.interchange import to_line
from indexer.question import Question
from indexer.search.engine import Engine
from indexer.search.holdings import Lacking
from indexer.search.request import Search
from indexer.search.results import Results
from indexer.search.tree import Chain, Compound, Word
from indexer.settings import Settings
from indexer.whoosh_engine import build, open_engine

# No question holds the acronym itself.
WRITTEN_OUT = "La caisse d'allocations familiales réclame le trop-perçu des allocataires."
BESIDE = "Le trop-perçu des allocataires est réclamé."
WOLF = "Le loup attaque les brebis."
HUNTED = "Le loup est chassé par des allocataires."
TEXTS = {WRITTEN_OUT: 4, BESIDE: 3, WOLF: 200, HUNTED: 1}


def questions_of(make: Callable[..., Question]) -> Iterator[Question]:
    texts = [text for text, count in TEXTS.items() for _ in range(count)]
    for number, text in enumerate(texts, 1):
        yield make(number, title=None, question_text=text, answer_text="")


@pytest.fixture(scope="module")
def questions(make_question: Callable[..., Question]) -> dict[str, str]:
    """Text by uid."""
    return {question.uid: question.question_text for question in questions_of(make_question)}


@pytest.fixture(scope="module")
def engine(
    tmp_path_factory: pytest.TempPathFactory, make_question: Callable[..., Question]
) -> Engine:
    folder: Path = tmp_path_factory.mktemp("acronyms")
    settings = Settings(corpus=folder / "corpus", index=folder / "index")
    lines = folder / "questions.jsonl"
    made = questions_of(make_question)
    lines.write_text("".join(f"{to_line(question)}\n" for question in made), "utf-8")
    import_paths([lines], settings)
    build(Corpus(settings.corpus / "questions"), settings)
    return open_engine(settings)


def counted(results: Results, questions: dict[str, str]) -> list[str]:
    return [questions[hit.uid] for hit in results.hits if not hit.related]


def test_an_acronym_that_no_question_holds_says_what_its_meaning_does(
    engine: Engine, questions: dict[str, str]
) -> None:
    results = engine.search(Search(text="CAF loup", size=50))
    assert results.total_all_words == 0
    assert counted(results, questions) == [WRITTEN_OUT] * TEXTS[WRITTEN_OUT]
    assert all(hit.missing == ("loup",) for hit in results.hits if not hit.related)
    alone = engine.search(Search(text="CAF loup", size=50, without_synonyms=("caf",)))
    assert set(counted(alone, questions)) <= {WOLF, HUNTED}
    assert alone.total == TEXTS[WOLF] + TEXTS[HUNTED]
    assert all(hit.missing == ("caf",) for hit in alone.hits if not hit.related)


def test_what_holds_the_meaning_is_no_related_question(
    engine: Engine, questions: dict[str, str]
) -> None:
    results = engine.search(Search(text="CAF", size=50))
    assert results.total == TEXTS[WRITTEN_OUT]
    assert counted(results, questions) == [WRITTEN_OUT] * TEXTS[WRITTEN_OUT]
    assert not any(hit.missing for hit in results.hits if not hit.related)


def test_feedback_learns_from_what_the_meaning_finds(
    engine: Engine, questions: dict[str, str]
) -> None:
    results = engine.search(Search(text="CAF", size=50))
    wordless = [questions[hit.uid] for hit in results.hits if hit.wordless]
    assert wordless[: TEXTS[BESIDE]] == [BESIDE] * TEXTS[BESIDE]
    removed = engine.search(Search(text="CAF", size=50, without_synonyms=("caf",)))
    assert removed.hits == ()


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Une ZFE-m est créée.", ()),
        ("Une zfem est créée.", ()),
        ("Une zone à faibles émissions est créée.", ()),
        ("Une zone est créée, sans émissions.", ("zfe-m",)),
        ("Rien n'est créé.", ("zfe-m", "zone")),
    ],
)
def test_a_word_is_missing_only_where_nothing_stands_for_it(
    text: str, missing: tuple[str, ...]
) -> None:
    compound = Compound(("zfe", "m"), "zfem", others=(Chain(stems_of("zone à faibles émissions")),))
    word = Word("zone", others=(Word("zfe", "exact"), Word("zfem", "exact")))
    assert Lacking((compound, word)).of((text,)) == missing


def test_exact_words_get_no_meaning_and_no_feedback(engine: Engine) -> None:
    assert engine.search(Search(text='"CAF"', size=50)).hits == ()
