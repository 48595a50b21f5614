"""What an engine advises beside its hits: another spelling, and ways on where it found nothing.

Every number that it gives is that of the search itself, run to be counted.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Final

from indexer.search import diagnosis
from indexer.search.advice import Correction, Help, Stretch, Way
from indexer.search.diagnosis import Change
from indexer.search.request import Search
from indexer.search.spelling import Reading, readings
from indexer.search.typed import typed_words
from indexer.whoosh_engine.finding import Found, find
from indexer.whoosh_engine.lexicon import IndexLexicon
from indexer.whoosh_engine.snapshot import Snapshot
from indexer.whoosh_engine.translate import translated

# Fewer questions than this are next to nothing: what finds more of them is told.
FEW: Final = 3
_MOST_WAYS: Final = 6
_MOST_WAYS_BESIDE_HITS: Final = 3
_MOST_UNKNOWN: Final = 10


def counted(snapshot: Snapshot, search: Search, hits: int = 0) -> Found:
    """Return how many questions a search finds, with the first of them."""
    asked = replace(search, facets=False, page=1)
    return find(snapshot, asked, translated(snapshot, search), 0, hits)


def suggestion(snapshot: Snapshot, search: Search, found: Found) -> Correction | None:
    """Return the search with its words spelt as they may be meant, if that finds more."""
    lexicon = IndexLexicon(snapshot)
    for reading in readings(search.text, lexicon, found=found.all_words, exact=search.exact):
        other = replace(search, text=reading.text, page=1)
        given = counted(snapshot, other)
        if given.all_words > found.all_words:
            return Correction(other, _stretches(reading), given.total)
    return None


def _stretches(reading: Reading) -> tuple[Stretch, ...]:
    pieces = []
    place = 0
    for start, end in reading.changed:
        pieces.append(Stretch(reading.text[place:start], is_new=False))
        pieces.append(Stretch(reading.text[start:end], is_new=True))
        place = end
    pieces.append(Stretch(reading.text[place:], is_new=False))
    return tuple(piece for piece in pieces if piece.text)


def help_on_little(snapshot: Snapshot, search: Search, found: Found) -> Help | None:
    """Return what finds more than a search that finds next to nothing, and what nothing holds."""
    if found.total >= FEW and found.all_words:
        return None
    lexicon = IndexLexicon(snapshot)
    unknown = () if found.all_words else _unknown(lexicon, search.text)
    if found.total >= FEW:
        return Help(unknown, ()) if unknown else None
    names = tuple(word for word in unknown if lexicon.is_name(word))
    asked = diagnosis.changes(search, unknown, names)
    if found.total:
        asked = [change for change in asked if change.keeps_words]
        ways = _ways(snapshot, asked, found.total)[:_MOST_WAYS_BESIDE_HITS]
        return Help(unknown, ways) if ways or unknown else None
    ways = _ways(snapshot, [*_nearest_dates(snapshot, search), *asked], 0)
    if not ways:
        ways = _ways(snapshot, diagnosis.last_resorts(search, unknown), 0)
    return Help(unknown, ways[:_MOST_WAYS])


def _unknown(lexicon: IndexLexicon, text: str) -> tuple[str, ...]:
    words = dict.fromkeys(word.exact for word in typed_words(text))
    lost = [word for word in words if not lexicon.held(word, exact=False)]
    return tuple(lost[:_MOST_UNKNOWN])


def _ways(snapshot: Snapshot, asked: Iterable[Change], least: int) -> tuple[Way, ...]:
    """Return the changes that find more than some questions, the smallest and richest first."""
    found = [(change, counted(snapshot, change.search).total) for change in asked]
    better = [(change, total) for change, total in found if total > least]
    # The nearest dates come in their own order.
    better.sort(key=lambda way: (way[0].rank, way[0].rank != diagnosis.NEAREST and -way[1]))
    return tuple(Way(change.label, change.search, total) for change, total in better)


def _nearest_dates(snapshot: Snapshot, search: Search) -> list[Change]:
    before, after = diagnosis.around(search)
    return diagnosis.nearest_dates(search, _day(snapshot, before), _day(snapshot, after))


def _day(snapshot: Snapshot, search: Search | None) -> date | None:
    """Return the day on which the first hit of a search was asked."""
    hits = counted(snapshot, search, 1).hits if search else ()
    return snapshot.shown(hits[0][1]).date_question if hits else None
