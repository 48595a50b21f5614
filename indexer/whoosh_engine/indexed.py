"""Which questions an index holds: their digests, read from its columns."""

from collections.abc import Iterator
from typing import Any

from indexer.digests import DIGITS, CombinedDigest
from indexer.fastwhoosh.executor import Executor
from indexer.whoosh_engine.column_values import column_values, live_numbers, live_rows


def indexed_digest(executor: Executor) -> str:
    """Return the digest of all live questions together.

    Raises:
        ValueError: what stands there is no digest.
    """
    combined = CombinedDigest()
    for reader, _ in executor.leaves:
        combined.add(live_rows(reader, "digest", DIGITS).decode("ascii"))
    return str(combined)


def indexed_digests(executor: Executor) -> Iterator[tuple[str, str, int]]:
    """Yield identifier, digest and document number of every live question."""
    base = 0
    for reader, _ in executor.leaves:
        uids, digests = column_values(reader, "uid"), column_values(reader, "digest")
        for number in live_numbers(reader):
            yield _decoded(uids(number)), _decoded(digests(number)), base + number
        base += reader.doc_count_all()


def _decoded(value: Any) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else (value or "")
