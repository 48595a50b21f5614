"""The embedded engine: answers searches from the current generation of a Whoosh index."""

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from indexer.french.analysis import analyse, stem_form
from indexer.question import Key, Question, Reference, uid_of
from indexer.search import language, ranking
from indexer.search.passages import Marker, mark, marked_paragraphs, passages
from indexer.search.request import FILTERS, DateRange, Search
from indexer.search.results import (
    Facet,
    FacetValue,
    Hit,
    IndexInfo,
    MarkedQuestion,
    Results,
    Understood,
)
from indexer.settings import Settings
from indexer.whoosh_engine import generations
from indexer.whoosh_engine.schema import day_number, texts_of, title_text
from indexer.whoosh_engine.snapshot import Snapshot
from indexer.whoosh_engine.translate import TIER, Translation, Translator

# Values listed in a facet; the others are counted.
_FACET_VALUES: Final = 25
_MAX_VARIANTS: Final = 8
_MAX_CANDIDATES: Final = 20


@dataclass(frozen=True, slots=True)
class _Found:
    """What a search finds: document numbers in order, their scores, and facets to be named."""

    numbers: Sequence[int]
    scores: Mapping[int, float]
    all_words: int
    counts: Mapping[str, Counter[int]]


class WhooshEngine:
    """Searches the index of the settings; follows new generations by itself.

    Safe to share between threads. Fulfils :class:`indexer.search.engine.Engine`.

    Raises:
        IndexMissing: nothing was built yet (at the first use).
    """

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.index
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._current()

    def _current(self) -> Snapshot:
        """Return the snapshot of the current generation, opened anew when it has changed."""
        name = generations.current_name(self._folder)
        snapshot = self._snapshot
        if snapshot is not None and snapshot.manifest.generation == name:
            return snapshot
        with self._lock:
            if self._snapshot is None or self._snapshot.manifest.generation != name:
                self._snapshot = Snapshot(self._folder, name)
            return self._snapshot

    def search(self, search: Search) -> Results:
        """Answer a search."""
        started = time.perf_counter()
        snapshot = self._current()
        translation = Translator(snapshot, search.scope).translate(search.text)
        query = translation.query
        found = _find(snapshot, search, translation)
        first = (search.page - 1) * search.size
        page = found.numbers[first : first + search.size]
        records = [(number, snapshot.record(number)) for number in page]
        hits = tuple(
            _hit(record, found.scores.get(number, 0.0), translation) for number, record in records
        )
        understood = Understood(
            language.describe(query.tree),
            query.ignored,
            _variants([record for _, record in records], query.plain, translation.marker),
            (*translation.notices, *_notices(found, translation)),
        )
        return Results(
            search=search,
            understood=understood,
            total=len(found.numbers),
            total_all_words=found.all_words,
            pages=-(-len(found.numbers) // search.size),
            took_ms=(time.perf_counter() - started) * 1000,
            hits=hits,
            facets=_facets(snapshot, search, found) if search.facets else (),
            generation=snapshot.manifest.generation,
        )

    def export(self, search: Search) -> Iterator[Question]:
        """Yield every question that the search finds, in its order."""
        snapshot = self._current()
        translation = Translator(snapshot, search.scope).translate(search.text)
        for number in _find(snapshot, replace(search, facets=False), translation).numbers:
            yield snapshot.record(number)

    def get(self, key: Key) -> Question | None:
        """Return the whole record of a question."""
        snapshot = self._current()
        number = snapshot.number_of.get(uid_of(key))
        return None if number is None else snapshot.record(number)

    def marked(self, key: Key, text: str) -> MarkedQuestion | None:
        """Return the whole record with the matches of a typed query marked in it."""
        record = self.get(key)
        if record is None:
            return None
        marker = Translator(self._current()).translate(text).marker
        question, asked = marked_paragraphs(record.question_text, (), marker)
        answer, answered = marked_paragraphs(record.answer_text, record.answer_turns, marker)
        title = mark(_title(record), marker)
        matches = asked + answered + sum(piece.is_match for piece in title)
        return MarkedQuestion(record, title, question, answer, matches)

    def find(self, reference: Reference) -> tuple[Key, ...]:
        """Return the keys that a reference fits, newest legislature first."""
        return self._current().find(reference)[:_MAX_CANDIDATES]

    def info(self) -> IndexInfo:
        """Describe the generation that is being served."""
        manifest = self._current().manifest
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
        )


def _find(snapshot: Snapshot, search: Search, translation: Translation) -> _Found:
    scores = _scores(snapshot, translation.strict)
    kept, counts = _filtered(snapshot, search, scores)
    all_words = len(kept)
    if translation.relaxed and all_words < ranking.ENOUGH_HITS:
        strict = set(kept)
        relaxed = _scores(snapshot, translation.relaxed)
        kept, counts = _filtered(snapshot, search, relaxed)
        order = _ordered(snapshot, search.sort, kept, relaxed)
        order.sort(key=lambda number: number not in strict)
        scores = {number: relaxed[number] % TIER for number in order}
        return _Found(order, scores, all_words, counts)
    return _Found(_ordered(snapshot, search.sort, kept, scores), scores, all_words, counts)


def _scores(snapshot: Snapshot, query: object) -> dict[int, float]:
    """Return document number → score over all segments; everything where nothing is asked."""
    scores: dict[int, float] = {}
    for reader, base in snapshot.leaves:
        if query is None:
            scores.update((base + number, 0.0) for number in reader.all_doc_ids())
        else:
            found = query.scores(reader)  # type: ignore[attr-defined]  # a ScoredQuery
            scores.update((base + number, score) for number, score in found.items())
    return scores


def _filtered(
    snapshot: Snapshot, search: Search, scores: Mapping[int, float]
) -> tuple[list[int], dict[str, Counter[int]]]:
    """Return the documents that pass every filter, and the counts of each facet.

    A facet counts what passes all filters but its own.
    """
    wanted = {
        name: _codes(snapshot, name, values) for name, values in search.filters.items() if values
    }
    columns = {name: snapshot.filter_column(name).codes for name in FILTERS}
    counts: dict[str, Counter[int]] = {name: Counter() for name in FILTERS}
    kept = []
    for number in _in_periods(snapshot, search, scores):
        failed = [name for name, codes in wanted.items() if columns[name][number] not in codes]
        if not failed:
            kept.append(number)
        elif len(failed) == 1:
            counts[failed[0]][columns[failed[0]][number]] += 1
    if search.facets:
        for name, codes_of in columns.items():
            counts[name].update(codes_of[number] for number in kept)
    return kept, counts


def _codes(snapshot: Snapshot, name: str, values: Sequence[str]) -> frozenset[int]:
    column = snapshot.filter_column(name)
    places = {value: place for place, value in enumerate(column.values) if place}
    return frozenset(
        places[found] for value in values for found in snapshot.values_like(name, value)
    )


def _in_periods(snapshot: Snapshot, search: Search, scores: Mapping[int, float]) -> Iterator[int]:
    asked = _bounds(search.asked)
    answered = _bounds(search.answered)
    for number in scores:
        if asked and not asked[0] <= snapshot.asked[number] <= asked[1]:
            continue
        if answered and not answered[0] <= snapshot.answered[number] <= answered[1]:
            continue
        yield number


def _bounds(period: DateRange) -> tuple[int, int] | None:
    if not period:
        return None
    return (
        day_number(period.first) if period.first else 1,
        day_number(period.last or date.max),
    )


def _ordered(
    snapshot: Snapshot, sort: str, numbers: Sequence[int], scores: Mapping[int, float]
) -> list[int]:
    """Return the documents in the order asked for; unknown dates and delays come last."""
    asked, answered, delays = snapshot.asked, snapshot.answered, snapshot.delays
    last = day_number(date.max) + 1
    match sort:
        case "recentes":
            return sorted(numbers, key=lambda n: (-asked[n], -scores[n], n))
        case "anciennes":
            return sorted(numbers, key=lambda n: (asked[n] or last, -scores[n], n))
        case "reponse":
            return sorted(numbers, key=lambda n: (-answered[n], -asked[n], n))
        case "delai":
            return sorted(numbers, key=lambda n: (-delays[n], -asked[n], n))
        case _:
            return sorted(numbers, key=lambda n: (-scores[n], -asked[n], n))


def _facets(snapshot: Snapshot, search: Search, found: _Found) -> tuple[Facet, ...]:
    return tuple(
        _facet(snapshot, name, found.counts[name], search.filters.get(name, ())) for name in FILTERS
    )


def _facet(snapshot: Snapshot, name: str, counts: Counter[int], selected: Sequence[str]) -> Facet:
    spec = FILTERS[name]
    values = snapshot.filter_column(name).values
    chosen = _codes(snapshot, name, selected) if selected else frozenset()
    ranked = sorted(
        (code for code in {*counts, *chosen} if code), key=lambda c: (-counts[c], values[c])
    )
    shown = [code for place, code in enumerate(ranked) if place < _FACET_VALUES or code in chosen]
    return Facet(
        name,
        spec.label,
        tuple(
            FacetValue(
                values[code],
                spec.values.get(values[code], values[code]),
                counts[code],
                selected=code in chosen,
            )
            for code in shown
        ),
        others=len(ranked) - len(shown),
    )


def _hit(record: Question, score: float, translation: Translation) -> Hit:
    marker = translation.marker
    return Hit(
        uid=record.uid,
        chamber=record.chamber,
        kind=record.kind,
        legislature=record.legislature,
        number=record.number,
        author=record.author_label,
        group=record.group_name or record.group,
        ministry_asked=record.ministry,
        ministry_answering=record.ministry_answering,
        date_asked=record.date_question,
        date_answered=record.date_answer,
        status=record.status,
        delay_days=record.delay_days,
        title=mark(_title(record), marker),
        score=score,
        source_url=record.official_url,
        question=passages(record.question_text, (), marker),
        answer=passages(record.answer_text, record.answer_turns, marker),
        missing=_missing(record, translation),
    )


def _title(record: Question) -> str:
    return record.title or " · ".join(title_text(record).split("\n"))


def _missing(record: Question, translation: Translation) -> tuple[str, ...]:
    """Return the plain words that no part of the question holds."""
    if not translation.words:
        return ()
    held: set[str] = set()
    for text in texts_of(record).values():
        for token in analyse(text):
            held.add(token.exact)
            if token.stem:
                held.add(token.stem)
    stems = ((word, stem_form(word)) for word in translation.words)
    return tuple(word for word, stem in stems if (stem or word) not in held)


def _variants(
    records: Sequence[Question], plain: Sequence[str], marker: Marker
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the other forms that stand for each plain word in the questions of the page."""
    forms: dict[str, Counter[str]] = {}
    for record in records:
        for text in texts_of(record).values():
            for token in analyse(text):
                if token.stem in marker.stems:
                    forms.setdefault(token.stem or "", Counter())[token.exact] += 1
    found = []
    for word in dict.fromkeys(plain):
        others = forms.get(stem_form(word) or "", Counter())
        names = tuple(form for form, _ in others.most_common(_MAX_VARIANTS + 1) if form != word)
        if names:
            found.append((word, names[:_MAX_VARIANTS]))
    return tuple(found)


def _notices(found: _Found, translation: Translation) -> tuple[str, ...]:
    if not translation.relaxed or found.all_words == len(found.numbers):
        return ()
    if not found.all_words:
        return ("Aucune question ne contient tous les mots ; voici celles qui en ont le plus.",)
    start = "Une question contient" if found.all_words == 1 else f"{found.all_words} contiennent"
    return (f"{start} tous les mots ; suivent celles qui en ont le plus.",)
