"""A stub engine for the site: fixed answers, with everything in them that an attacker would write.

It searches nothing: whatever is asked, it gives the same hits, so that what a page shows depends
on the page alone.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from indexer.errors import BadParameter
from indexer.question import Attribution, Comment, Key, Question, Reference, Turn
from indexer.search.advice import Correction, Help, Stretch, Way
from indexer.search.neighbours import Neighbour, Surroundings
from indexer.search.request import DateRange, Search
from indexer.search.results import (
    Facet,
    FacetValue,
    Hit,
    IndexInfo,
    MarkedQuestion,
    Months,
    Paragraph,
    Passage,
    Piece,
    Results,
    SegmentInfo,
    Synonym,
    Timeline,
    Understood,
)
from indexer.search.statistics import GROUPINGS, Delays, Row, Statistics, Tally
from indexer.search.suggest import Suggestion
from webui import create_app
from webui.params import new_search

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


def neighbour(number: int, **changes: object) -> Neighbour:
    """Return a question beside another one."""
    made = Neighbour(
        uid=f"QANR5L15QE{number}",
        chamber="AN",
        kind="QE",
        legislature=15,
        number=number,
        title=f"Titre {number} {EVIL}",
        author=f"Mme {EVIL}",
        date_asked=date(2019, 2, 1),
        status="answered",
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # values of several types


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
        others=11 if record is WRITTEN else 0,
        recalled=neighbour(5) if record is WITHDRAWN else None,
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


TIMELINE = Timeline(
    asked=Months(2019, 1, (3, 0, 40, *(0,) * 20, 1)),
    answered=Months(2015, 2, (9, *(0,) * 76, 30)),
)


def _surroundings() -> Surroundings:
    return Surroundings(
        family=(neighbour(11, shares_answer=True), neighbour(12, status="waiting")),
        family_size=30,
        same_answer=1,
        recalls=(neighbour(5),),
        recalled_by=(neighbour(6),),
        unknown=((None, 77),),
    )


@dataclass
class StubEngine:
    """Fixed answers; the fields say what a test wants changed in them."""

    total: int = 1234
    total_all_words: int = 1234
    grouped_away: int = 0
    total_related: int = 0
    hits: tuple[Hit, ...] = field(default_factory=lambda: tuple(map(_hit, QUESTIONS)))
    is_sample: bool = True
    generation: str = "20251124-a1"
    suggestion: Correction | None = None
    help: Help | None = None
    failure: Exception | None = None
    timeline: Timeline = TIMELINE
    surroundings: Surroundings = field(default_factory=_surroundings)
    neighbours: tuple[Neighbour, ...] = field(
        default_factory=lambda: (neighbour(3, shared=("traite", EVIL)),)
    )
    asked: list[Search] = field(default_factory=list)
    spoken_of: tuple[str, ...] = ()
    expansions: tuple[Synonym, ...] = ()

    def find_nothing(self) -> None:
        """From now on find nothing, and advise on it with what an attacker would write."""
        self.total = self.total_all_words = 0
        bare = new_search(text="traite des etres")
        meant = replace(bare, text=f"traite des êtres {EVIL}")
        stretches = ("traite des ", False), ("êtres", True), (f" {EVIL}", False)
        self.suggestion = Correction(meant, tuple(Stretch(*each) for each in stretches), 1234)
        dated = replace(bare, asked=DateRange(date(2018, 3, 1), None), filters={"type": ("QE",)})
        ways = (
            Way("« traite des etres » sans les guillemets", bare, 12),
            Way("en remontant au 01/03/2018", dated, 1),
            Way(f"sans « {EVIL} {'x' * 200} »", replace(bare, scope="titre"), 5_000_000),
        )
        self.help = Help(("etres", EVIL, "y" * 200), ways)

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
                expansions=self.expansions,
            ),
            total=self.total,
            total_all_words=self.total_all_words,
            groups=self.total - self.grouped_away,
            groups_all_words=self.total_all_words,
            pages=-(-(self.total - self.grouped_away + self.total_related) // search.size),
            took_ms=1.234,
            hits=self.hits if self.total or self.total_related else (),
            facets=_facets(search) if self.total else (),
            generation=self.generation,
            timeline=self.timeline if self.total else Timeline(),
            suggestion=self.suggestion,
            help=self.help,
            total_related=self.total_related,
        )

    def export(self, search: Search) -> Iterator[Question]:
        self.asked.append(search)
        return iter(QUESTIONS)

    def get(self, key: Key) -> Question | None:
        return next((record for record in QUESTIONS if record.key == key), None)

    def marked(self, key: Key, search: Search) -> MarkedQuestion | None:
        self.spoken_of = (*search.without_synonyms, *search.synonyms)
        text = search.text
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

    def statistics(self, search: Search, by: str) -> Statistics:
        if self.failure:
            raise self.failure
        if by not in GROUPINGS:
            raise BadParameter("par", by, tuple(GROUPINGS))
        self.asked.append(search)
        delays = Delays(900, 81.25, 0, 31, 62, 124, 1420)
        rows = (
            Row(EVIL, EVIL, Tally(1000, 900, 60, 30, 10, delays)),
            Row("2019", "2019", Tally(234, 0, 234, 0, 0, None)),
        )
        whole = Tally(1234, 900, 294, 30, 10, delays)
        empty = Tally(0, 0, 0, 0, 0, None)
        return Statistics(
            search=search,
            by=by,
            understood=Understood(search.text, notices=(f"Avis : {EVIL}",)),
            whole=whole if self.total else empty,
            rows=rows if self.total else (),
            others=3,
            without=7,
            took_ms=1.5,
            generation=self.generation,
        )

    def unknown_ministries(self) -> tuple[tuple[str, int], ...]:
        return ((EVIL, 3),)

    def around(self, key: Key) -> Surroundings:
        return self.surroundings if key == WRITTEN.key else Surroundings()

    def similar(self, key: Key, limit: int = 5) -> tuple[Neighbour, ...]:
        return self.neighbours[:limit] if key == WRITTEN.key else ()

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
        stub.hits = (replace(kept, **changes),)  # type: ignore[arg-type]  # values of several types

    return keep
