"""Where an import waits on disk until all of it was read, then comes back in order.

Questions arrive in any order and may be more than memory holds. They are appended to one
temporary file; memory keeps eight bytes a record, its number and its place in the file.

>>> import io
>>> spool = Spool(io.BytesIO())
>>> for number in (7, 3):
...     spool.add(Question(legislature=15, kind="QE", number=number))
>>> [found.number for found in spool.partition(("AN", 15, "QE"))]
[3, 7]
"""

import json
from array import array
from collections.abc import Iterator
from typing import BinaryIO, Final

from indexer.interchange import from_record, to_line
from indexer.question import Chamber, Question

Partition = tuple[Chamber, int, str]

# Numbers have 7 digits at most (24 bits), which leaves 40 bits, a terabyte, for the place.
_PLACE_BITS: Final = 40
_PLACE_MASK: Final = 2**_PLACE_BITS - 1


class Spool:
    """Questions kept in a binary file that the caller owns, opened for writing and reading."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._places: dict[Partition, array[int]] = {}
        self._end = 0

    def __len__(self) -> int:
        return sum(len(places) for places in self._places.values())

    def add(self, question: Question) -> None:
        """Append a question."""
        # Lone surrogates cannot stand in UTF-8; reading the record back takes them out.
        line = to_line(question).encode("utf-8", "surrogatepass") + b"\n"
        places = self._places.setdefault(question.key[:3], array("Q"))
        places.append(question.number << _PLACE_BITS | self._end)
        self._end += self._file.write(line)

    def partitions(self) -> list[Partition]:
        """Return the partitions that questions came for, in order."""
        return sorted(self._places)

    def partition(self, partition: Partition) -> Iterator[Question]:
        """Yield the questions of a partition by number, and in order of arrival for one number."""
        for place in sorted(self._places.get(partition, ())):
            self._file.seek(place & _PLACE_MASK)
            yield from_record(json.loads(self._file.readline()))
