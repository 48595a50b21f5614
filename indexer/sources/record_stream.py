"""Documents that hold many records: their bytes with a bound on each record, and their reading.

A parser that streams keeps what it has read of the record at hand. :class:`RecordStream` is the
file that it reads from: whoever takes the records calls :meth:`RecordStream.next_record` after
each, and a record that goes on for longer than a record can stops the reading.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO

from indexer.errors import BadRecord
from indexer.sources.documents import MAX_RECORD_BYTES
from indexer.sources.source import Item

_LEADING = b"\xef\xbb\xbf \t\r\n"


def without_leading(head: bytes) -> bytes:
    """Return a document's first bytes without the byte order mark and the white space before."""
    return head.lstrip(_LEADING)


def read_all(
    records: Iterable[Any], read: Callable[[Any, str], Item], name: str, noun: str
) -> Iterator[Item]:
    """Yield what ``read`` makes of each record, and a BadRecord for each that it refuses.

    Args:
        records: raises BadRecord where the document cannot be read any further; that one is
            yielded too, and ends the reading.
        read: takes a record and where it stands; raises BadRecord.
        name: the document's name for messages.
        noun: what a record is, in French (``question``).
    """
    count = 0
    try:
        for count, record in enumerate(records, start=1):
            yield _read_one(read, record, f"{name}, {noun} {count}")
    except BadRecord as error:
        yield error
        return
    if not count:
        yield BadRecord(name, f"aucun enregistrement « {noun} » dans ce fichier")


def _read_one(read: Callable[[Any, str], Item], record: Any, where: str) -> Item:
    try:
        return read(record, where)
    except BadRecord as error:
        return error


class RecordStream:
    """A readable stream without a byte order mark and leading white space."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream = stream
        self._name = name
        self._since_record = 0
        self._at_start = True

    def read(self, size: int = -1) -> bytes:
        """Return up to ``size`` bytes.

        Raises:
            BadRecord: more than ``MAX_RECORD_BYTES`` were read since the last record.
        """
        data = self._stream.read(size)
        if self._at_start and data:
            self._at_start = False
            # An empty answer would mean the end of the file.
            data = without_leading(data) or b" "
        self._since_record += len(data)
        if self._since_record > MAX_RECORD_BYTES:
            limit = MAX_RECORD_BYTES // 2**20
            raise BadRecord(self._name, f"plus de {limit} Mo sans un enregistrement complet")
        return data

    def next_record(self) -> None:
        """Begin to count anew."""
        self._since_record = 0
