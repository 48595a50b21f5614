"""Merging against indexing the live documents at once."""

import random
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from whoosh import analysis, columns, fields
from whoosh.filedb.structfile import BufferFile

from indexer.fastwhoosh.bulk_documents import Documents
from indexer.fastwhoosh.bulk_segment import SegmentBuilder
from indexer.fastwhoosh.bulk_stored import Unpacker
from indexer.fastwhoosh.errors import DamagedSegment
from indexer.fastwhoosh.merging import Source, merge_segments
from indexer.fastwhoosh.segmentfile import SegmentFile

WORDS = ["de", "la", "loi", "état", "œuvre", *(f"mot{n}" for n in range(300))]
SCHEMA = fields.Schema(
    uid=fields.ID(unique=True, stored=True, sortable=True),
    text=fields.TEXT(analysis.SpaceSeparatedTokenizer(), phrase=True),
    plain=fields.KEYWORD(scorable=True),
    group=fields.ID(sortable=columns.RefBytesColumn()),
    day=fields.NUMERIC(int, sortable=True, signed=True),
    record=fields.STORED,
    raw=fields.COLUMN(columns.FixedBytesColumn(3)),
    packed=fields.COLUMN(columns.CompressedBytesColumn()),
    bit=fields.BOOLEAN(stored=False),
)

Documents_ = list[dict[str, Any]]


def documents(seed: int, count: int) -> Documents_:
    """Documents of which some fields are missing; lengths that norms keep exactly."""
    rng = random.Random(seed)
    made = []
    for number in range(count):
        document: dict[str, Any] = {"uid": f"{seed}-{number}"}
        if rng.random() < 0.9:
            length = rng.randrange(1, 9)
            document["text"] = " ".join(_word(rng) for _ in range(length))
        if rng.random() < 0.5:
            document["plain"] = " ".join(_word(rng) for _ in range(rng.randrange(1, 4)))
        if rng.random() < 0.7:
            document["group"] = f"groupe {rng.randrange(5 + 400 * (seed % 2))}"
        if rng.random() < 0.7:
            document["day"] = rng.randrange(-50, 40_000)
        if rng.random() < 0.8:
            document["record"] = rng.randbytes(20).hex() * rng.randrange(1, 9)
        if rng.random() < 0.3:
            document["raw"] = rng.randbytes(3)
            document["packed"] = rng.randbytes(rng.randrange(5))
            document["bit"] = rng.random() < 0.5
        made.append(document)
    return made


def _word(rng: random.Random) -> str:
    return WORDS[min(int(rng.expovariate(0.05)), len(WORDS) - 1)]


def write(path: Path, given: Documents_, dictionary: bytes | None = b"") -> SegmentFile:
    prepared = Documents(SCHEMA)
    builder = SegmentBuilder(path, prepared, dictionary)
    for document in given:
        builder.add(prepared.prepare(document))
    builder.finish()
    return SegmentFile(path)


def values(file: SegmentFile, name: str) -> list[Any]:
    """What the documents have in a raw column."""
    data = file.section(file.directory["columns"][name]["data"])
    docs = file.directory["docs"]
    reader = SCHEMA[name].column_type.reader(BufferFile(data), 0, len(data), docs)
    return [reader[document] for document in range(docs)]


def content(file: SegmentFile) -> dict[str, Any]:
    """Everything that the directory names, sections as bytes, raw columns as values."""

    def entry(named: dict[str, Any]) -> dict[str, Any]:
        return {
            key: bytes(file.section(value)) if isinstance(value, list) else value
            for key, value in named.items()
        }

    parts = file.directory
    columns = {
        name: values(file, name) if named["type"] == "raw" else entry(named)
        for name, named in parts["columns"].items()
    }
    return {
        "docs": parts["docs"],
        "fields": {name: entry(named) for name, named in parts["fields"].items()},
        "columns": columns,
    }


def records(file: SegmentFile) -> list[bytes]:
    stored = {key: bytes(file.section(value)) for key, value in file.directory["stored"].items()}
    index = memoryview(stored["index"]).cast("Q").tolist()
    unpacker = Unpacker(stored["dict"])
    entries = [stored["data"][start:end] for start, end in pairwise(index)]
    return [unpacker.unpack(entry) if entry else b"" for entry in entries]


@pytest.fixture
def segment(tmp_path: Path) -> Iterator[Callable[..., SegmentFile]]:
    opened: list[SegmentFile] = []

    def make(given: Documents_, dictionary: bytes | None = b"") -> SegmentFile:
        opened.append(write(tmp_path / f"{len(opened)}.fws", given, dictionary))
        return opened[-1]

    yield make
    for file in opened:
        file.close()


def merged(sources: list[Source], path: Path) -> SegmentFile:
    merge_segments(sources, path, SCHEMA)
    return SegmentFile(path)


@pytest.mark.parametrize("seed", range(6))
def test_a_merged_segment_is_what_indexing_at_once_writes(
    seed: int, tmp_path: Path, segment: Callable[..., SegmentFile]
) -> None:
    rng = random.Random(seed)
    parts = [documents(seed * 10 + part, rng.choice([0, 1, 40, 700])) for part in range(4)]
    sources = [Source(segment(part)) for part in parts]
    with merged(sources, tmp_path / "merged.fws") as file:
        whole = segment([document for part in parts for document in part])
        assert content(file) == content(whole)
        assert records(file) == records(whole)


@pytest.mark.parametrize("seed", range(6))
def test_deleted_documents_leave_nothing_behind(
    seed: int, tmp_path: Path, segment: Callable[..., SegmentFile]
) -> None:
    rng = random.Random(seed)
    parts = [documents(seed * 10 + part, rng.choice([1, 40, 700])) for part in range(3)]
    share = rng.choice([0.02, 0.5, 0.95])
    gone = [sorted(n for n in range(len(part)) if rng.random() < share) for part in parts]
    sources = [Source(segment(part), dead) for part, dead in zip(parts, gone, strict=True)]
    live = [
        document
        for part, dead in zip(parts, gone, strict=True)
        for number, document in enumerate(part)
        if number not in dead
    ]
    with merged(sources, tmp_path / "merged.fws") as file:
        whole = segment(live)
        result, expected = content(file), content(whole)
        for name, field in expected["fields"].items():
            # Bounds, which deletion may leave wider than they need be.
            assert result["fields"][name].pop("min_length") <= field.pop("min_length")
            assert result["fields"][name].pop("max_length") >= field.pop("max_length")
        for name in set(result["columns"]) - set(expected["columns"]):
            del result["columns"][name]  # a column of documents that are all gone
        assert result == expected
        assert records(file) == records(whole)


def test_segments_with_other_dictionaries_are_compressed_anew(
    tmp_path: Path, segment: Callable[..., SegmentFile]
) -> None:
    parts = [documents(1, 1200), documents(2, 1500), documents(3, 5)]
    sources = [Source(segment(part, None)) for part in parts]
    dictionaries = {bytes(s.file.section(s.file.directory["stored"]["dict"])) for s in sources}
    assert len(dictionaries) == 3
    with merged(sources, tmp_path / "merged.fws") as file:
        whole = segment([document for part in parts for document in part])
        assert records(file) == records(whole)


def test_a_field_that_the_schema_lost_is_left_out(
    tmp_path: Path, segment: Callable[..., SegmentFile]
) -> None:
    source = Source(segment(documents(1, 30)))
    schema = SCHEMA.copy()
    schema.remove("plain")
    schema.remove("day")
    merge_segments([source], tmp_path / "merged.fws", schema)
    with SegmentFile(tmp_path / "merged.fws") as file:
        assert set(file.directory["fields"]) == {"uid", "text", "group", "bit"}
        assert set(file.directory["columns"]) == {"uid", "group", "raw", "packed"}


def test_a_damaged_segment_is_not_merged(tmp_path: Path) -> None:
    path = tmp_path / "a.fws"
    write(path, documents(1, 300)).close()
    data = bytearray(path.read_bytes())
    data[2000] ^= 1
    path.write_bytes(data)
    with SegmentFile(path) as file, pytest.raises(DamagedSegment):
        merge_segments([Source(file)], tmp_path / "merged.fws", SCHEMA)
    assert not (tmp_path / "merged.fws").exists()


def test_a_field_that_meant_something_else_is_left_out(
    tmp_path: Path, segment: Callable[..., SegmentFile]
) -> None:
    source = Source(segment(documents(1, 30)))
    schema = SCHEMA.copy()
    schema.remove("text")
    schema.add("text", fields.ID())
    merge_segments([source], tmp_path / "merged.fws", schema)
    with SegmentFile(tmp_path / "merged.fws") as file:
        assert "text" not in file.directory["fields"]
        assert "uid" in file.directory["fields"]
