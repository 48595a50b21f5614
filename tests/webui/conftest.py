"""A stub engine for the site: fixed answers, with everything in them that an attacker would write.

It searches nothing: whatever is asked, it gives the same hits, so that what a page shows depends
on the page alone.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from indexer.question import Attribution, Comment, Key, Question, Reference, Turn
from indexer.search.request import Search
from indexer.search.results import (
    Facet,
    FacetValue,
    Hit,
    IndexInfo,
    MarkedQuestion,
    Paragraph,
    Passage,
    Piece,
    Results,
    SegmentInfo,
    Synonym,
    Understood,
)
from indexer.search.suggest import Suggestion
from webui import create_app

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>'\"&amp;{{ 7*7 }}"

WRITTEN = Question(
    legislature=15,
    kind="QE",
    number=24191,
    author=f"Mme Jeanne Exemple {EVIL}",
    group="EX",
    group_name=EVIL,
    department=EVIL,
    ministry=f"Ministère de l’intérieur {EVIL}",
    ministry_answering=f"Ministère de la justice {EVIL}",
    attributions=(
        Attribution(date(2019, 11, 5), "Ministère de l’intérieur"),
        Attribution(date(2019, 12, 1), EVIL),
    ),
    date_question=date(2019, 11, 5),
    date_answer=date(2020, 2, 4),
    date_signal=date(2020, 1, 14),
    renewals=(date(2020, 1, 7),),
    page_question=9731,
    page_answer=812,
    title=f"Traite des êtres humains {EVIL}",
    rubrique=EVIL,
    tete_analyse=EVIL,
    analyses=(EVIL,),
    question_text=f"Une question. {EVIL}",
    answer_text=f"Une réponse. {EVIL}",
    question_erratum=EVIL,
    comments=(Comment("1", EVIL, "2020-02-05", f"Un commentaire.\n{EVIL}"),),
    source=EVIL,
    source_url="javascript:alert(document.domain)",
    extra={"fictional": True, "notice": f"Question fictive : {EVIL}"},
)
EXCHANGE = Question(
    legislature=16,
    kind="QG",
    number=24191,
    author="M. Paul Essai",
    date_question=date(2022, 10, 4),
    date_answer=date(2022, 10, 4),
    answer_text="M. Paul Essai. Ma question.\nMme la ministre. Ma réponse.",
    answer_turns=(Turn(0, "M. Paul Essai"), Turn(28, "Mme la ministre")),
    source_url="https://questions.assemblee-nationale.fr/q16/16-24191QG.htm",
)
WITHDRAWN = Question(
    legislature=15,
    kind="QE",
    number=7,
    rubrique="animaux",
    question_text="Une question.",
    date_question=date(2018, 1, 2),
    date_withdrawn=date(2018, 5, 1),
    withdrawal_reason="Fin de mandat",
)
QUESTIONS = (EXCHANGE, WRITTEN, WITHDRAWN)


def _pieces(text: str) -> tuple[Piece, ...]:
    """Mark the first word of a text."""
    head, space, rest = text.partition(" ")
    return tuple(piece for piece in (Piece(head, True), Piece(space + rest, False)) if piece.text)


def _hit(record: Question) -> Hit:
    question = Passage(_pieces(record.question_text), cut_before=True, cut_after=True)
    speaker = record.answer_turns[0].speaker if record.answer_turns else None
    answer = Passage(_pieces(record.answer_text), speaker)
    return Hit(
        uid=record.uid,
        chamber=record.chamber,
        kind=record.kind,
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
        title=_pieces(record.title or record.rubrique or ""),
        score=1.5,
        source_url=record.source_url,
        question=(question,) if record.question_text else (),
        answer=(answer,) if record.answer_text else (),
        missing=(EVIL,) if record is WITHDRAWN else (),
    )


def _facets(search: Search) -> tuple[Facet, ...]:
    kinds = ("QE", "Question écrite", 1200), ("QG", "Question au Gouvernement", 34)
    wanted = search.filters
    return (
        Facet(
            "type",
            "Type",
            tuple(FacetValue(*kind, kind[0] in wanted.get("type", ())) for kind in kinds),
        ),
        Facet(
            "rubrique",
            "Rubrique",
            tuple(
                FacetValue(name, name, 9, name in wanted.get("rubrique", ()))
                for name in (EVIL, *(f"rubrique {place}" for place in range(9)))
            ),
            others=12,
        ),
        Facet("chambre", "Chambre", (FacetValue("AN", "Assemblée nationale", 1234),)),
    )


@dataclass
class StubEngine:
    """Fixed answers; the fields say what a test wants changed in them."""

    total: int = 1234
    total_all_words: int = 1234
    total_related: int = 0
    hits: tuple[Hit, ...] = field(default_factory=lambda: tuple(map(_hit, QUESTIONS)))
    is_sample: bool = True
    generation: str = "20251124-a1"
    failure: Exception | None = None
    asked: list[Search] = field(default_factory=list)
    spoken_of: tuple[str, ...] = ()
    expansions: tuple[Synonym, ...] = ()

    def search(self, search: Search) -> Results:
        if self.failure:
            raise self.failure
        self.asked.append(search)
        return Results(
            search=search,
            understood=Understood(
                search.text,
                ("des", EVIL),
                (("traite", ("traites", EVIL)),),
                (f"Avis : {EVIL}",),
                self.expansions,
            ),
            total=self.total,
            total_all_words=self.total_all_words,
            pages=-(-(self.total + self.total_related) // search.size),
            took_ms=1.234,
            hits=self.hits if self.total or self.total_related else (),
            facets=_facets(search) if self.total else (),
            generation=self.generation,
            total_related=self.total_related,
        )

    def export(self, search: Search) -> Iterator[Question]:
        self.asked.append(search)
        return iter(QUESTIONS)

    def get(self, key: Key) -> Question | None:
        return next((record for record in QUESTIONS if record.key == key), None)

    def marked(
        self, key: Key, text: str, *, without: Sequence[str] = (), chosen: Sequence[str] = ()
    ) -> MarkedQuestion | None:
        self.spoken_of = (*without, *chosen)
        record = self.get(key)
        if record is None:
            return None
        starts = {turn.start: turn.speaker for turn in record.answer_turns}
        answer, place = [], 0
        for line in record.answer_text.splitlines():
            answer.append(Paragraph(_pieces(line), starts.get(place)))
            place += len(line) + 1
        question = tuple(Paragraph(_pieces(line)) for line in record.question_text.splitlines())
        title = _pieces(record.title or record.rubrique or "")
        return MarkedQuestion(record, title, question, tuple(answer), 3 if text else 0)

    def find(self, reference: Reference) -> tuple[Key, ...]:
        return tuple(record.key for record in QUESTIONS if reference.fits(record.key))

    def suggest(self, text: str, limit: int) -> tuple[Suggestion, ...]:
        if self.failure:
            raise self.failure
        found = (
            Suggestion("expression", f"{text}ite des êtres", f"{text}ite des êtres", 10),
            Suggestion("auteur", f'auteur:"{EVIL}"', EVIL, 1),
            Suggestion("sigle", "TEH", "TEH : traite des êtres humains", 12),
        )
        return found[:limit] if text.startswith("tra") else ()

    def info(self) -> IndexInfo:
        if self.failure:
            raise self.failure
        # Every column of the start page's table, wider than a phone.
        counts = (
            ("AN", 15, "QE", 1100),
            ("AN", 15, "QOSD", 100),
            ("AN", 16, "QG", 34),
            ("SENAT", 16, "QE", 5),
        )
        return IndexInfo(
            generation=self.generation,
            built_at="2025-11-24T00:10:00+00:00",
            questions=1239,
            counts=counts,
            first_date=date(2017, 7, 4),
            last_date=date(2024, 6, 1),
            corpus_digest="c",
            analysis_digest="a",
            schema_version=1,
            is_sample=self.is_sample,
            why_not_native="extension non compilée",
            segments=(SegmentInfo("a", "FastCodec", 1240, 1),),
            fallbacks=(("Or", 2),),
        )


@pytest.fixture
def stub() -> StubEngine:
    """The engine of the application under test."""
    return StubEngine()


@pytest.fixture
def app(stub: StubEngine) -> Flask:
    """The application over the stub engine."""
    return create_app(engine=stub)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript nor eyes."""
    return app.test_client()


@pytest.fixture
def evil() -> str:
    """Text that no page may take for markup."""
    return EVIL


@pytest.fixture
def only(stub: StubEngine) -> Callable[[str], None]:
    """Keep one hit of the stub, by its identifier, with changes."""

    def keep(uid: str, **changes: object) -> None:
        kept = next(hit for hit in stub.hits if hit.uid == uid)
        stub.hits = (replace(kept, **changes),)  # type: ignore[arg-type]

    return keep
