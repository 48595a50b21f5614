"""Values of a column over several segments, against sorting them plainly."""

import random
from typing import Any

import pytest

from indexer.whoosh_engine.column_values import value_ranks


class Column:
    """The values of a segment, as a column of byte strings tells them."""

    def __init__(self, documents: list[bytes]) -> None:
        self.documents = documents

    def distinct(self) -> list[bytes]:
        return sorted(set(self.documents))

    def codes(self) -> list[int]:
        return [self.distinct().index(value) for value in self.documents]

    def column_reader(self, _name: str, **_options: Any) -> "Column":
        return self


@pytest.mark.parametrize("segments", [1, 2, 5])
def test_ranks_order_documents_as_their_values_do(segments: int) -> None:
    rng = random.Random(segments)
    readers: list[Any] = [
        Column([b"%d" % rng.randrange(60) for _ in range(rng.randrange(40))])
        for _ in range(segments)
    ]
    ranks = [rank for found in value_ranks(readers, "uid") for rank in found]
    values = [value for reader in readers for value in reader.documents]
    everything = sorted(set(values))
    rising = sorted(set(ranks))
    assert [rising.index(rank) for rank in ranks] == [everything.index(value) for value in values]
