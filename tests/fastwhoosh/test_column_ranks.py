"""Ranks of values over several segments, against sorting them plainly."""

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import columns

from indexer.fastwhoosh.column_ranks import ranks_in_python, value_ranks
from indexer.fastwhoosh.columns import column_reader
from indexer.fastwhoosh.errors import DamagedSegment
from indexer.native import kernel
from tests.fastwhoosh.test_columns import written

SEGMENTS = st.lists(st.lists(st.binary(max_size=3), max_size=12), min_size=1, max_size=5)


def readers(folder: Path, segments: list[list[bytes]]) -> list[Any]:
    kind = columns.VarBytesColumn()
    made = []
    for number, values in enumerate(segments):
        path = folder / f"{number}.fws"
        path.unlink(missing_ok=True)
        file = written(path, kind, dict(enumerate(values)), docs=len(values))
        made.append(column_reader(file, "c", kind))
    return made


@pytest.mark.parametrize("ranks_of", [value_ranks, ranks_in_python])
def test_ranks_order_documents_as_their_values_do(tmp_path: Path, ranks_of: Any) -> None:
    @settings(max_examples=80, deadline=None)
    @given(SEGMENTS)
    def check(segments: list[list[bytes]]) -> None:
        ranks = [rank for found in ranks_of(readers(tmp_path, segments)) for rank in found]
        values = [value for segment in segments for value in segment]
        everything, rising = sorted(set(values)), sorted(set(ranks))
        places = [everything.index(value) for value in values]
        assert [rising.index(rank) for rank in ranks] == places

    check()


@pytest.mark.parametrize("distinct", [2, 300, 70_000])
def test_codes_of_every_width_are_read(tmp_path: Path, distinct: int) -> None:
    rng = random.Random(distinct)
    segments = [[b"%d" % rng.randrange(distinct) for _ in range(distinct)] for _ in range(2)]
    made = readers(tmp_path, segments)
    assert [list(ranks) for ranks in value_ranks(made)] == ranks_in_python(made)


@pytest.mark.parametrize(
    ("offsets", "codes", "said"),
    [
        ([0, 2, 1], [0, 1], "désordonnée"),
        ([0, 1, 99], [0, 1], "désordonnée"),
        ([0, 1, 2], [0, 2], "inconnue"),
    ],
)
def test_what_lies_outside_is_told(
    tmp_path: Path, offsets: list[int], codes: list[int], said: str
) -> None:
    sound, damaged = readers(tmp_path, [[b"a", b"b"], [b"a", b"b"]])
    damaged._offsets = b"".join(number.to_bytes(4, "little") for number in offsets)
    damaged._codes = bytes(codes)
    damaged.sections = damaged._blob, damaged._offsets, damaged._codes, 1
    with pytest.raises(DamagedSegment, match=said):
        value_ranks([sound, damaged])


@pytest.mark.skipif(kernel is None, reason="the extension is not compiled")
@pytest.mark.parametrize(
    "columns_told",
    [
        ((b"", b"", b"", 1),),
        ((b"", bytes(4), b"", 3),),
        ((b"", bytes(4), b"\0", 2),),
        ((b"", bytes(4)),),
        (b"",),
        [],
    ],
)
def test_what_is_no_column_is_refused(columns_told: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        kernel.value_ranks(columns_told)  # type: ignore[union-attr]  # the test is skipped without it
