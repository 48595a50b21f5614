"""Ranges of whole numbers to plans: by a column where there is one, else by tiers of terms.

A field of numbers indexes each number at several precisions; a range is a few ranges of terms,
exact ones at its edges and coarse ones between.

>>> list(split_range(24, 66, bits=16, step=4))
[(24, 31, 0), (64, 66, 0), (32, 63, 4)]
"""

from collections.abc import Iterator

from whoosh import fields, query
from whoosh.util.numeric import to_sortable

from indexer.fastwhoosh import plan
from indexer.fastwhoosh.plan import Any, Constant, Expansion, Node, Range, Terms


def numeric_range(
    fieldtype: fields.FieldType, asked: query.NumericRange, score: float
) -> Node | None:
    """Return the plan of a range, None where the field is not of whole numbers.

    Raises:
        ValueError: an end is none of the numbers that the field can hold.
    """
    if not isinstance(fieldtype, fields.NUMERIC) or fieldtype.numtype is not int:
        return None
    column = fieldtype.column_type
    if column is not None:
        low, high = _column_bounds(fieldtype, asked)
        # A document without a value has the column's default.
        if not low <= column.default_value() <= high:
            return Range(asked.fieldname, low, high, score)
    tiers = tuple(_tiers(fieldtype, asked))
    return Constant(Any(tiers), score) if tiers else plan.NOTHING


def _column_bounds(fieldtype: fields.NUMERIC, asked: query.NumericRange) -> tuple[int, int]:
    low, high = 0, (1 << fieldtype.bits) - 1
    if fieldtype.__class__ is fields.DATETIME:
        low, high = -(1 << 63), (1 << 63) - 1
    to_column = fieldtype.to_column_value if fieldtype.__class__ is fields.NUMERIC else int
    if asked.start is not None:
        low = to_column(asked.start) + bool(asked.startexcl)
    if asked.end is not None:
        high = to_column(asked.end) - bool(asked.endexcl)
    return low, high


def _tiers(fieldtype: fields.NUMERIC, asked: query.NumericRange) -> Iterator[Node]:
    start, end = 0, (1 << fieldtype.bits) - 1
    if asked.start is not None:
        start = _sortable(fieldtype, asked.start) + bool(asked.startexcl)
    if asked.end is not None:
        end = _sortable(fieldtype, asked.end) - bool(asked.endexcl)
    to_bytes = fieldtype.sortable_to_bytes
    for first, last, shift in split_range(start, end, fieldtype.bits, fieldtype.shift_step):
        if first >> shift == last >> shift:
            yield Terms(asked.fieldname, (to_bytes(first, shift),))
        else:
            low, high = to_bytes(first, shift), to_bytes(last, shift)
            yield Expansion(asked.fieldname, plan.BETWEEN, low, high)


def _sortable(fieldtype: fields.NUMERIC, number: int) -> int:
    prepared = fieldtype.prepare_number(number)
    return int(to_sortable(fieldtype.numtype, fieldtype.bits, fieldtype.signed, prepared))


def split_range(start: int, end: int, bits: int, step: int) -> Iterator[tuple[int, int, int]]:
    """Yield (first, last, shift): numbers from ``start`` to ``end``, both included.

    Those of one tuple are looked for among the terms that have lost their lowest ``shift`` bits.
    With ``step`` 0 there is one precision.
    """
    shift = 0
    while start <= end:
        mask = ((1 << step) - 1) << shift
        after = (start + mask) & ~mask  # the first coarse block begins here
        before = (end + 1) & ~mask  # and the last one ends before
        if not step or shift + step >= bits or after >= before:
            yield start, end, shift
            return
        if start < after:
            yield start, after - 1, shift
        if before <= end:
            yield before, end, shift
        start, end = after, before - 1
        shift += step
