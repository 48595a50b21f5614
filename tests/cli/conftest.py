"""The command line over a corpus and an index of its own, or over a stub engine.

``run`` calls it in this process, as a shell would: arguments in, exit code and both streams out.
``hostile`` is an engine whose every text would take a terminal over, if it were printed as it is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from indexer.cli import main
from indexer.errors import BadParameter, QuestionsError
from indexer.question import Comment, Key, Question, Reference, Turn
from indexer.search.advice import Correction, Help, Stretch, Way
from indexer.search.neighbours import Neighbour, Surroundings
from indexer.search.request import Search
from indexer.search.results import (
    Facet,
    FacetValue,
    Hit,
    IndexInfo,
    MarkedQuestion,
    Passage,
    Piece,
    Results,
    Understood,
)
from indexer.search.statistics import GROUPINGS, Delays, Row, Statistics, Tally

EVIL = "\x1b[31m\x07\x9b2J\u202e\ud800\rfin"


class Ran(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Ran]


def question(number: int = 24191, legislature: int = 15, text: str = EVIL) -> Question:
    return Question(
        legislature=legislature,
        kind="QE",
        number=number,
        author=f"Mme Jeanne Exemple {text}",
        group=text,
        ministry=text,
        ministry_answering=f"Autre {text}",
        date_question=date(2019, 11, 5),
        date_answer=date(2020, 2, 4),
        title=f"Titre {text}",
        rubrique=text,
        question_text=f"Une question. {text}\nSuite.",
        answer_text=f"Une réponse. {text}\nSuite.",
        answer_turns=(Turn(0, f"M. Paul {text}"),),
        comments=(Comment("1", text, "2020-02-05", text),),
        source_url=f"https://exemple.fr/{text}",
        extra={"notice": text},
    )


def hit(record: Question, text: str = EVIL) -> Hit:
    passage = Passage((Piece("avant ", False), Piece("traite", True), Piece(text, False)), text)
    return Hit(
        uid=record.uid,
        chamber="AN",
        kind="QE",
        legislature=record.legislature,
        number=record.number,
        author=record.author_label,
        group=record.group,
        ministry_asked=record.ministry,
        ministry_answering=record.ministry_answering,
        date_asked=record.date_question,
        date_answered=record.date_answer,
        status=record.status,
        delay_days=record.delay_days,
        title=(Piece("Titre ", False), Piece(text, True)),
        score=2.0,
        source_url=record.source_url,
        question=(passage,),
        answer=(Passage((Piece("réponse", True),), None, True, True),),
        missing=(text,),
        others=3,
        recalled=neighbour(text),
    )


def neighbour(text: str) -> Neighbour:
    asked = date(2019, 1, 2)
    return Neighbour("QANR5L15QE8", "AN", "QE", 15, 8, f"Titre {text}", text, asked, "answered")


@dataclass
class StubEngine:
    text: str = EVIL
    failure: QuestionsError | None = None
    asked: Search | None = None
    total: int = 1203

    @property
    def records(self) -> tuple[Question, ...]:
        return tuple(question(*key, self.text) for key in ((24191, 15), (24191, 16), (7, 15)))

    def search(self, search: Search) -> Results:
        self.asked = search
        if self.failure:
            raise self.failure
        values = (FacetValue("QE", "Question écrite", 1200, True), FacetValue("x", self.text, 3))
        return Results(
            search=search,
            understood=Understood(search.text, (self.text,), (("a", (self.text,)),), (self.text,)),
            total=self.total,
            total_all_words=min(self.total, 12),
            groups=self.total,
            groups_all_words=min(self.total, 12),
            pages=-(-self.total // 10),
            took_ms=1.0,
            hits=tuple(hit(record, self.text) for record in self.records),
            facets=(Facet("type", "Type", values, 4),) if search.facets else (),
            generation="g1",
            suggestion=Correction(
                search, (Stretch("traite ", False), Stretch(f"êtres{self.text}", True)), 1203
            ),
            help=Help((self.text, "zzz"), (Way(f"sans « {self.text} »", search, 12),)),
        )

    def export(self, search: Search) -> Iterator[Question]:
        self.asked = search
        return iter(self.records)

    def get(self, key: Key) -> Question | None:
        return next((record for record in self.records if record.key == key), None)

    def marked(self, key: Key, search: Search) -> MarkedQuestion | None:
        raise NotImplementedError

    def statistics(self, search: Search, by: str) -> Statistics:
        self.asked = search
        if by not in GROUPINGS:
            raise BadParameter("par", by, tuple(GROUPINGS))
        tally = Tally(1200, 900, 250, 40, 10, Delays(880, 81.25, 0, 31, 62, 124, 1420))
        rows = (Row(self.text, self.text, tally), Row("b", "B", Tally(3, 0, 3, 0, 0, None)))
        understood = Understood(search.text, notices=(self.text,))
        return Statistics(search, by, understood, tally, rows, 2, 5, 1.0, "g1")

    def unknown_ministries(self) -> tuple[tuple[str, int], ...]:
        return ((self.text, 12),) * 12

    def around(self, key: Key) -> Surroundings:
        assert self.get(key)
        other = neighbour(self.text)
        return Surroundings((replace(other, shares_answer=True),), 2, 1, (other,), (other,))

    def similar(self, key: Key, limit: int = 5) -> tuple[Neighbour, ...]:
        assert self.get(key)
        return (replace(neighbour(self.text), shared=("traite", self.text)),) * min(limit, 2)

    def find(self, reference: Reference) -> tuple[Key, ...]:
        return tuple(record.key for record in self.records if reference.fits(record.key))

    def info(self) -> IndexInfo:
        return IndexInfo(
            self.text, self.text, 3, (), date(2019, 1, 1), date(2020, 1, 1), "c", "a", 1, False
        )


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command over an empty corpus and index, with what it writes."""
    monkeypatch.setenv("QUESTIONS_CORPUS", str(tmp_path / "corpus"))
    monkeypatch.setenv("QUESTIONS_INDEX", str(tmp_path / "index"))
    monkeypatch.chdir(tmp_path)  # an export goes wherever hostile arguments say

    def ran(*arguments: str) -> Ran:
        code = main(arguments)
        return Ran(code, *capfd.readouterr())

    return ran


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch) -> StubEngine:
    """The engine that every command opens."""
    engine = StubEngine()
    monkeypatch.setattr("indexer.whoosh_engine.open_engine", lambda _settings: engine)
    return engine
