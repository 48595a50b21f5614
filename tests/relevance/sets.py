"""The sets, each made from the reference documents by one function.

``questions`` and ``unseen`` are queries of our own, judged by reading; ``piaf`` are questions that
people wrote about a paragraph of Wikipedia, which is to be found; ``titles`` are titles of
questions, whose own text is to be found among all.
"""

import gzip
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from indexer.interchange import from_record
from indexer.question import Question
from tests.relevance.collection import Collection, read_qrels, read_topics

_JUDGED: Final = Path(__file__).parent
_TITLED_LEGISLATURE: Final = 16
_TITLES: Final = 300
_SEED: Final = 1


def questions_set(data: Path) -> Collection:
    """Return our judged queries over all real questions."""
    return _judged_set("questions", data)


def unseen_set(data: Path) -> Collection:
    """Return queries of the same kind that no constant and no synonym was chosen by."""
    return _judged_set("unseen", data)


def _judged_set(name: str, data: Path) -> Collection:
    """Return the judged queries of a folder beside this module, over all real questions."""
    folder = _JUDGED / name
    return Collection(
        name,
        _real_questions(data),
        read_topics(folder / "topics.tsv"),
        read_qrels(folder / "qrels.txt"),
        pooled=True,
    )


def piaf_set(data: Path) -> Collection:
    """Return the questions of PIAF over its paragraphs, each of which becomes a record."""
    folder = data / "eval" / "piaf_v1.0"
    paragraphs = {
        row["_id"]: Question(
            legislature=15, kind="QE", number=number, title=row["title"], question_text=row["text"]
        )
        for number, row in enumerate(_rows(folder / "corpus.jsonl"), 1)
    }
    lines = (folder / "qrels.tsv").read_text("utf-8").splitlines()[1:]
    judgements: dict[str, dict[str, int]] = {}
    for query, paragraph, grade in (line.split("\t") for line in lines):
        judgements.setdefault(query, {})[paragraphs[paragraph].uid] = int(grade)
    topics = {row["_id"]: row["text"] for row in _rows(folder / "queries.jsonl")}
    return Collection("piaf", tuple(paragraphs.values()), topics, judgements)


def titles_set(data: Path) -> Collection:
    """Return titles that only one question has, over all questions without theirs."""
    questions = _real_questions(data)
    known = Counter(question.title.casefold() for question in questions if question.title)
    eligible = [
        question
        for question in questions
        if question.title
        and question.legislature == _TITLED_LEGISLATURE
        and known[question.title.casefold()] == 1
    ]
    drawn = random.Random(_SEED).sample(eligible, _TITLES)
    topics = {question.uid: question.title or "" for question in drawn}
    judgements = {uid: {uid: 1} for uid in topics}
    return Collection("titles", tuple(map(_untitled, questions)), topics, judgements)


SETS: Final[Mapping[str, Callable[[Path], Collection]]] = {
    "questions": questions_set,
    "unseen": unseen_set,
    "piaf": piaf_set,
    "titles": titles_set,
}


def _real_questions(data: Path) -> tuple[Question, ...]:
    records = map(from_record, _rows(data / "questions.jsonl.gz"))
    return tuple(sorted(records, key=lambda question: question.key))


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    data = path.read_bytes()
    lines = gzip.decompress(data) if path.suffix == ".gz" else data
    yield from map(json.loads, lines.splitlines())


def _untitled(question: Question) -> Question:
    """Return the question without its title, wherever it stands.

    Headings that say the same go too, and the title above the text of an exchange.
    """
    title = (question.title or "").casefold()

    def kept(heading: str | None) -> str | None:
        return heading if heading and heading.casefold() not in title else None

    return replace(
        question,
        title=None,
        rubrique=kept(question.rubrique),
        tete_analyse=kept(question.tete_analyse),
        analyses=tuple(heading for heading in question.analyses if kept(heading)),
        answer_text=_without_heading(question.answer_text, title),
        answer_turns=(),
    )


def _without_heading(text: str, title: str) -> str:
    """Return a text without the title, case-folded here, that it may begin with."""
    begins = bool(title) and text[: len(title)].casefold() == title
    return text[len(title) :].lstrip() if begins else text
