"""Ranges of numbers split into tiers, against the numbers themselves."""

import random

import pytest
from whoosh import fields, query

from indexer.fastwhoosh import plan
from indexer.fastwhoosh.ranges import numeric_range, split_range


@pytest.mark.parametrize("step", [0, 1, 3, 4, 8])
def test_tiers_hold_the_numbers_of_a_range_and_no_others(step: int) -> None:
    rng = random.Random(step)
    edges = [(0, 255), (0, 0), (255, 255), (9, 8), (256, 255), (0, -1), (15, 16), (16, 31)]
    for start, end in [*edges, *((rng.randrange(256), rng.randrange(256)) for _ in range(300))]:
        found = [
            number
            for first, last, shift in split_range(start, end, 8, step)
            for number in range(256)
            if first >> shift <= number >> shift <= last >> shift
        ]
        assert sorted(found) == list(range(start, end + 1))


@pytest.mark.parametrize("bits", [16, 32, 64])
def test_tiers_stay_few_and_inside_the_range(bits: int) -> None:
    rng = random.Random(bits)
    for _ in range(300):
        start, end = sorted((rng.randrange(1 << bits), rng.randrange(1 << bits)))
        tiers = list(split_range(start, end, bits, 4))
        assert len(tiers) <= 2 * bits // 4
        assert sum(last - first + 1 for first, last, _ in tiers) == end - start + 1
        assert min(first for first, _, _ in tiers) == start
        assert max(last for _, last, _ in tiers) == end


def test_a_range_reads_the_column_where_none_is_not_inside() -> None:
    sortable = fields.NUMERIC(int, sortable=True)
    asked = query.NumericRange("n", 3, 9, endexcl=True)
    assert numeric_range(sortable, asked, 2.0) == plan.Range("n", (1 << 31) + 3, (1 << 31) + 8, 2.0)
    without_end = query.NumericRange("n", 3, None)
    assert isinstance(numeric_range(sortable, without_end, 2.0), plan.Constant)


def test_an_empty_range_finds_nothing() -> None:
    plain = fields.NUMERIC(int, bits=8, signed=False)
    for ends in ((3, 3, True), (255, 255, True), (0, 0, False, True)):
        assert numeric_range(plain, query.NumericRange("n", *ends), 1.0) == plan.NOTHING


def test_numbers_that_are_not_whole_have_no_plan() -> None:
    asked = query.NumericRange("n", 0.5, 1.5)
    assert numeric_range(fields.NUMERIC(float), asked, 1.0) is None
    assert numeric_range(fields.ID(), asked, 1.0) is None


def test_an_end_that_the_field_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="out of range"):
        numeric_range(
            fields.NUMERIC(int, bits=8, signed=False), query.NumericRange("n", -1, 9), 1.0
        )
