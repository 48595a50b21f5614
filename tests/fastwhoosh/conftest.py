"""Two indexes of the same random documents: Whoosh's own codec and the fast one.

The documents are made to meet every case: terms in one document and in all of them, frequencies
above what a byte holds, several segments, deletions in some, fields that some documents lack.
"""

import datetime as dt
import random
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from whoosh import columns, fields, index
from whoosh.analysis import SimpleAnalyzer
from whoosh.writing import SegmentWriter

from indexer.fastwhoosh.codec import FastCodec
from indexer.fastwhoosh.index import FastIndex, create_in

WORDS = [f"mot{number}" for number in range(60)] + ["élève", "école", "ecole", "écoles"]
WEIGHTS = [1 / (rank + 1) for rank in range(len(WORDS))]


def make_schema() -> fields.Schema:
    return fields.Schema(
        id=fields.ID(unique=True, stored=True),
        text=fields.TEXT(analyzer=SimpleAnalyzer(), stored=True),
        title=fields.TEXT(analyzer=SimpleAnalyzer(), phrase=False, sortable=True),
        kind=fields.KEYWORD(stored=True, sortable=True, scorable=True),
        tags=fields.KEYWORD(commas=True),
        number=fields.NUMERIC(sortable=True, stored=True, signed=True),
        size=fields.NUMERIC(float, 32),
        date=fields.DATETIME(sortable=True, stored=True),
        open=fields.BOOLEAN(stored=True),
        pairs=fields.NGRAMWORDS(minsize=3, maxsize=3),
        flag=fields.COLUMN(columns.BitColumn()),
        place=fields.COLUMN(columns.RefBytesColumn()),
        note=fields.STORED(),
    )


def make_document(rng: random.Random, number: int) -> dict[str, Any]:
    words = rng.choices(WORDS, WEIGHTS, k=rng.choice([1, 3, 10, 30, 80]))
    if rng.random() < 0.01:
        words += ["mot1"] * 300
    document: dict[str, Any] = {
        "id": str(number),
        "text": " ".join(["partout", *words]),
        "title": " ".join(rng.choices(WORDS[:10], k=rng.randrange(4))),
        "kind": rng.choice(["QE", "QG", "QOSD"]),
        "tags": ",".join(rng.sample(["santé", "école", "impôt"], rng.randrange(1, 3))),
        "number": rng.randrange(-500, 500),
        "size": rng.random(),
        "date": dt.datetime(2020, 1, 1) + dt.timedelta(rng.randrange(900)),  # noqa: DTZ001 - Whoosh's dates have no zone
        "open": rng.random() < 0.3,
        "pairs": rng.choice(WORDS),
        "flag": rng.random() < 0.5,
        "place": rng.choice([b"Paris", b"Lyon"]),
        "note": {"n": number},
    }
    absent = [name for name in document if name not in {"id", "text"} and rng.random() < 0.1]
    return {name: value for name, value in document.items() if name not in absent}


def codec_writer(ix: Any) -> SegmentWriter:
    """Return Whoosh's own writer, over the codec of the index."""
    return SegmentWriter(ix, codec=FastCodec() if isinstance(ix, FastIndex) else None)


def fill(ix: Any, parts: int, size: int, seed: int) -> None:
    """Write the same segments and deletions into an index, whatever its codec."""
    rng = random.Random(seed)
    for part in range(parts):
        writer = codec_writer(ix)
        writer.merge = False
        for number in range(part * size, (part + 1) * size):
            writer.update_document(**make_document(rng, number))
        writer.update_document(**make_document(rng, part * size // 2))
        writer.commit()
    writer = codec_writer(ix)
    writer.merge = False
    writer.delete_by_term("tags", "impôt")
    writer.delete_document(size + 1)
    writer.commit()


class Pair(NamedTuple):
    stock: index.FileIndex
    fast: FastIndex


MakePair = Callable[..., Pair]


@pytest.fixture(scope="session")
def make_writer() -> Callable[[Any], SegmentWriter]:
    """Return what makes Whoosh's own writer over the codec of an index."""
    return codec_writer


@pytest.fixture(scope="session")
def make_pair(tmp_path_factory: pytest.TempPathFactory) -> MakePair:
    """Return what makes the same index twice."""

    def make(parts: int = 3, size: int = 200, seed: int = 1) -> Pair:
        folder = tmp_path_factory.mktemp("pair")
        (folder / "stock").mkdir()
        stock = index.create_in(str(folder / "stock"), make_schema())
        fast = create_in(folder / "fast", make_schema())
        for ix in (stock, fast):
            fill(ix, parts, size, seed)
        return Pair(stock, fast)

    return make


@pytest.fixture(scope="session")
def pair(make_pair: MakePair) -> Pair:
    """Three segments with deletions. Read only."""
    return make_pair()


@pytest.fixture(scope="session")
def single(make_pair: MakePair) -> Pair:
    """One segment, merged from three. Read only."""
    made = make_pair(seed=2)
    for ix in made:
        codec_writer(ix).commit(optimize=True)
    return made
