"""The embedded engine: answers searches from the current generation of a Whoosh index."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from indexer.question import Key, Question, Reference, uid_of
from indexer.search.neighbours import Neighbour, Surroundings
from indexer.search.passages import mark, marked_paragraphs
from indexer.search.request import Search
from indexer.search.results import (
    IndexInfo,
    MarkedQuestion,
    Results,
    Timeline,
    Understood,
)
from indexer.search.statistics import Statistics
from indexer.search.suggest import Suggestion
from indexer.search.wording import describe
from indexer.settings import Settings
from indexer.whoosh_engine import generations
from indexer.whoosh_engine.advising import help_on_little, suggestion
from indexer.whoosh_engine.damage import damage_said
from indexer.whoosh_engine.faceting import facets, timeline
from indexer.whoosh_engine.finding import Found, find
from indexer.whoosh_engine.likeness import similar_to
from indexer.whoosh_engine.neighbours import surroundings
from indexer.whoosh_engine.schema import shown_title
from indexer.whoosh_engine.showing import Page
from indexer.whoosh_engine.snapshot import Snapshot
from indexer.whoosh_engine.statistics import statistics, unknown_ministries
from indexer.whoosh_engine.suggesting import Suggester
from indexer.whoosh_engine.translate import translated
from indexer.whoosh_engine.translation import Translation

_MAX_VARIANTS: Final = 8
_MAX_CANDIDATES: Final = 20


class WhooshEngine:
    """Searches the index of the settings; follows new generations by itself.

    Fulfils :class:`indexer.search.engine.Engine`. Safe to share between threads: a Whoosh reader
    is not (its methods move the cursors of its files), so one thread at a time reads. The work is
    Python's own, which runs one thread at a time in any case.

    Raises:
        IndexMissing: nothing was built yet (at the first use).
        IndexDamaged: what a search reads is not what was written.
    """

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.index
        self._lock = threading.RLock()
        self._snapshot: Snapshot | None = None
        self._suggester: Suggester | None = None
        self._current()

    def _current(self) -> Snapshot:
        """Return the snapshot of the current generation, opened anew when it has changed."""
        with self._lock:
            name = generations.current_name(self._folder)
            if self._snapshot is None or self._snapshot.manifest.generation != name:
                self._snapshot = Snapshot(self._folder, name)
            return self._snapshot

    @damage_said()
    def search(self, search: Search) -> Results:
        """Answer a search."""
        with self._lock:
            return _answer(self._current(), search)

    def export(self, search: Search) -> Iterator[Question]:
        """Yield every question that the search finds, in its order."""
        with self._lock, damage_said():
            snapshot = self._current()
            translation = translated(snapshot, search)
            asked = replace(search, facets=False, grouped=False)
            found = find(snapshot, asked, translation, 0, snapshot.documents)
        for number in found.counted:
            with self._lock:
                record = snapshot.record(number)
            yield record

    @damage_said()
    def get(self, key: Key) -> Question | None:
        """Return the whole record of a question."""
        with self._lock:
            snapshot = self._current()
            number = snapshot.number(uid_of(key))
            return None if number is None else snapshot.record(number)

    @damage_said()
    def marked(self, key: Key, search: Search) -> MarkedQuestion | None:
        """Return the whole record with the matches of a typed query marked in it."""
        record = self.get(key)
        if record is None:
            return None
        with self._lock:
            marker = translated(self._current(), search).marker
        question, asked = marked_paragraphs(record.question_text, (), marker)
        answer, answered = marked_paragraphs(record.answer_text, record.answer_turns, marker)
        title = mark(shown_title(record), marker)
        matches = asked + answered + sum(piece.is_match for piece in title)
        return MarkedQuestion(record, title, question, answer, matches)

    @damage_said()
    def statistics(self, search: Search, by: str) -> Statistics:
        """Count answers and delays of all that a search finds, by a grouping."""
        with self._lock:
            return statistics(self._current(), search, by)

    @damage_said()
    def unknown_ministries(self) -> tuple[tuple[str, int], ...]:
        """Return the names of ministries that no portfolio is known of, with their questions."""
        with self._lock:
            return unknown_ministries(self._current())

    @damage_said()
    def around(self, key: Key) -> Surroundings:
        """Return the family of a question, what it recalls, and what recalls it."""
        with self._lock:
            return surroundings(self._current(), key)

    @damage_said()
    def similar(self, key: Key, limit: int = 5) -> tuple[Neighbour, ...]:
        """Return answered questions of other families on the same matter, the most alike first."""
        with self._lock:
            return similar_to(self._current(), key, limit)

    @damage_said()
    def find(self, reference: Reference) -> tuple[Key, ...]:
        """Return the keys that a reference fits, newest legislature first."""
        with self._lock:
            return self._current().find(reference)[:_MAX_CANDIDATES]

    @damage_said()
    def suggest(self, text: str, limit: int) -> tuple[Suggestion, ...]:
        """Complete what is being typed."""
        with self._lock:
            snapshot = self._current()
            if self._suggester is None or self._suggester.snapshot is not snapshot:
                self._suggester = Suggester(snapshot)
            return self._suggester.suggest(text, limit)

    def info(self) -> IndexInfo:
        """Describe the generation that is being served."""
        snapshot = self._current()
        manifest = snapshot.manifest
        return IndexInfo(
            generation=manifest.generation,
            built_at=manifest.built_at,
            questions=manifest.questions,
            counts=tuple(manifest.counts),
            first_date=date.fromisoformat(manifest.first_date) if manifest.first_date else None,
            last_date=date.fromisoformat(manifest.last_date) if manifest.last_date else None,
            corpus_digest=manifest.corpus_digest,
            analysis_digest=manifest.analysis_digest,
            schema_version=manifest.schema_version,
            is_sample=manifest.is_sample,
            why_not_native=snapshot.why_not_native(),
            segments=snapshot.segments(),
            fallbacks=tuple(sorted(snapshot.executor.fallbacks.items())),
        )


def _answer(snapshot: Snapshot, search: Search) -> Results:
    started = time.perf_counter()
    translation = translated(snapshot, search)
    query = translation.query
    first = (search.page - 1) * search.size
    found = find(snapshot, search, translation, first, search.size)
    page = Page(snapshot, found, translation)
    understood = Understood(
        describe(query.tree),
        query.ignored,
        page.variants(),
        (*translation.notices, *_notices(found, translation, search.sort)),
        translation.named,
        translation.synonyms,
    )
    return Results(
        search=search,
        understood=understood,
        total=found.total,
        total_all_words=found.all_words,
        groups=found.groups,
        groups_all_words=found.groups_all_words,
        pages=-(-(found.groups + found.total_related) // search.size),
        took_ms=(time.perf_counter() - started) * 1000,
        hits=page.hits(),
        facets=facets(snapshot, search, found.counts) if search.facets else (),
        generation=snapshot.manifest.generation,
        total_related=found.total_related,
        timeline=timeline(found.counts) if search.facets else Timeline(),
        suggestion=suggestion(snapshot, search, found) if search.page == 1 else None,
        help=help_on_little(snapshot, search, found),
    )


def _notices(found: Found, translation: Translation, sort: str) -> Iterator[str]:
    """Yield what is not as one would expect: too few hits of all words, and what is beside them."""
    if translation.relaxed and found.all_words < found.total:
        yield _lacking(found.all_words, sort)
    if found.total_related and found.total:
        near = _counted(found.total_related, "question proche", "questions proches")
        yield f"S'y ajoutent, sans être comptées : {near}."
    elif found.total_related:
        yield "Des questions proches sont données à la place."


def _lacking(all_words: int, sort: str) -> str:
    if not all_words:
        return "Aucune question ne contient tous les mots ; voici celles qui en ont le plus."
    have = _counted(all_words, "question contient", "questions contiennent")
    others = "suivent celles qui en ont le plus"
    if sort == Search().sort:
        others = "celles qui en ont le plus sont classées avec elles"
    return f"{have[0].upper()}{have[1:]} tous les mots ; {others}."


def _counted(number: int, one: str, many: str) -> str:
    return f"une {one}" if number == 1 else f"{number} {many}"
