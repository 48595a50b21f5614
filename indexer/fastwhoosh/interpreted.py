"""Requests answered by the interpreter: what runs without the extension, or on other codecs."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from whoosh.reading import IndexReader

from indexer.fastwhoosh.code_table import SegmentCodes
from indexer.fastwhoosh.interpreter import scores
from indexer.fastwhoosh.request import (
    Answer,
    CollapseCodes,
    FacetCodes,
    OrderKey,
    Request,
    Spread,
    SpreadCounts,
)
from indexer.fastwhoosh.spreads import HIGHEST, rows_of_code, spread_counts

Leaves = Sequence[tuple[IndexReader, int]]
# Gives the codes of a column in each segment.
CodesOf = Callable[[str], tuple[SegmentCodes, ...]]


def answer(leaves: Leaves, request: Request, codes_of: CodesOf) -> Answer:
    """Return what a request finds in some (segment reader, first document number)."""
    found: dict[int, float] = {}
    for reader, base in leaves:
        for number, score in scores(reader, request.plan).items():
            found[base + number] = score
    matched = len(found)
    kept, counts = _filtered(leaves, request, codes_of, found)
    keys = _sort_keys(leaves, request.order, kept)
    order = sorted(kept, key=keys)
    groups = [(number, 0) for number in order]
    if request.collapse:
        groups = _collapsed(leaves, request.collapse, order)
    page = groups[request.first : request.first + request.limit]
    is_scored = any(key.column is None for key in request.order)
    hits = [(kept[number] if is_scored else 0.0, number) for number, _ in page]
    spreads = tuple(spread_out(leaves, spread, codes_of, kept) for spread in request.spreads)
    others = [count for _, count in page] if request.collapse else []
    return Answer(matched, len(kept), hits, counts, spreads, len(groups), others)


def spread_out(
    leaves: Leaves, spread: Spread, codes_of: CodesOf, kept: Iterable[int]
) -> SpreadCounts:
    """Return how the numbers of some documents are spread."""
    numbers = [numbers_of(reader, spread.numbers) for reader, _ in leaves]
    codes = codes_of(spread.column)
    found: list[list[int]] = [[] for _ in range(spread.size)]
    for document in kept:
        place = _segment_of(leaves, document)
        local = document - leaves[place][1]
        number = numbers[place][local]
        if 0 < number <= HIGHEST:
            for row in rows_of_code(spread.rows[place], codes[place].codes[local]):
                if row < spread.size:
                    found[row].append(number)
    return spread_counts(found, spread.ranks)


def _collapsed(
    leaves: Leaves, collapse: CollapseCodes, order: Sequence[int]
) -> list[tuple[int, int]]:
    """Return the first document of each code, and how many follow it; code 0 is no group."""
    tables = [memoryview(codes).cast("I") for codes in collapse.codes]
    codes = []
    for number in order:
        place = _segment_of(leaves, number)
        code = tables[place][number - leaves[place][1]]
        codes.append(code if code < collapse.size else 0)
    counts = Counter(codes)
    first = {code: place for place, code in reversed(list(enumerate(codes)))}
    return [
        (number, counts[code] - 1 if code else 0)
        for place, (number, code) in enumerate(zip(order, codes, strict=True))
        if not code or first[code] == place
    ]


def _segment_of(leaves: Leaves, number: int) -> int:
    return max(place for place, (_, base) in enumerate(leaves) if base <= number)


def _filtered(
    leaves: Leaves, request: Request, codes_of: CodesOf, found: Mapping[int, float]
) -> tuple[dict[int, float], tuple[bytes, ...]]:
    counts = [array("I", bytes(4 * facet.size)) for facet in request.facets]
    kept: dict[int, float] = {}
    wanted = [(codes_of(filtered.column), filtered.allowed) for filtered in request.filters]
    counted = [(codes_of(facet.column), facet) for facet in request.facets]
    for number, score in found.items():
        place = _segment_of(leaves, number)
        local = number - leaves[place][1]
        failed = [
            at
            for at, (codes, allowed) in enumerate(wanted)
            if not allowed[place][codes[place].codes[local]]
        ]
        if not failed:
            kept[number] = score
        for at in _counting(counted, failed):
            codes, facet = counted[at]
            bucket = _place_of(facet, place, codes[place].codes[local])
            if bucket < facet.size:
                counts[at][bucket] += 1
    return kept, tuple(count.tobytes() for count in counts)


def _counting(counted: Sequence[tuple[Any, FacetCodes]], failed: Sequence[int]) -> Iterator[int]:
    """Yield the facets that count a document which these filters leave out."""
    for at, (_, facet) in enumerate(counted):
        if not failed or (len(failed) == 1 and facet.own == failed[0]):
            yield at


def _place_of(facet: FacetCodes, segment: int, code: int) -> int:
    places = memoryview(facet.maps[segment]).cast("I")
    return places[code] if 0 <= code < len(places) else facet.size


def _sort_keys(
    leaves: Leaves, order: Sequence[OrderKey], kept: Mapping[int, float]
) -> Callable[[int], tuple[float, ...]]:
    columns = {
        key.column: [numbers_of(reader, key.column) for reader, _ in leaves]
        for key in order
        if key.column is not None
    }

    def sort_key(number: int) -> tuple[float, ...]:
        place = _segment_of(leaves, number)
        local = number - leaves[place][1]
        values: list[float] = []
        for key in order:
            if key.column is None:
                value = kept[number]
            else:
                stored = columns[key.column][place][local]
                value = key.zero_as if not stored and key.zero_as is not None else stored
            values.append(-value if key.descending else value)
        return (*values, number)

    return sort_key


def numbers_of(reader: IndexReader, column: str) -> Any:
    """Return the numbers of a column by document, 0 throughout where it is not."""
    if column not in reader.schema or not reader.has_column(column):
        return [0] * reader.doc_count_all()
    return reader.column_reader(column, translate=False)
