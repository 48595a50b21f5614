"""One file of the corpus, line by line: told apart by their first bytes, woven with new records.

A file holds one chamber, legislature and kind, in order of number. Lines that nothing came for
are copied as they are, unread. Nothing here writes or replaces files.
"""

import heapq
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from indexer.actors import with_author
from indexer.errors import CorpusError
from indexer.interchange import InvalidRecord, from_record, to_line
from indexer.native import kernel
from indexer.question import Key, Question, parse_reference, uid_of
from indexer.spool import Partition

# The identifier stands first in every line: lines are told apart without reading them whole.
_UID = re.compile(rb'\s*\{\s*"uid"\s*:\s*"([A-Z0-9]{1,32}?)([0-9]{1,7})"')
# What is read of a file at a time: some hundred lines, in the processor's cache.
_BLOCK_BYTES: Final = 1 << 19
_COUNTED_BLOCKS: Final = 16


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file, still unread but for its key."""

    path: Path
    line: int
    data: bytes
    key: Key

    @property
    def where(self) -> str:
        """The file and the line in it, as errors name them."""
        return f"{self.path}, ligne {self.line}"

    def question(self) -> Question:
        """Read the record.

        Raises:
            CorpusError: it is damaged.
        """
        try:
            return from_record(json.loads(self.data))
        except (InvalidRecord, ValueError, RecursionError, AttributeError) as error:
            raise CorpusError(f"{self.where} : enregistrement illisible ({error})") from error


def partition_name(partition: Partition) -> str:
    """Return the name of a partition's file without its suffix, as ``AN-15-QE``."""
    chamber, legislature, kind = partition
    return f"{chamber}-{legislature}-{kind}"


def read_lines(path: Path) -> Iterator[Line]:
    """Yield the lines of a file.

    Raises:
        CorpusError: one is no record of ours; the message names file and line.
    """
    try:
        with path.open("rb") as stream:
            for number, data in enumerate(stream, start=1):
                if data.strip():
                    yield _line(path, number, data)
    except OSError as error:
        raise CorpusError(f"{path} : lecture impossible ({error.strerror})") from error


class Block(NamedTuple):
    """Some lines of a file in a row, without their line feeds; ``numbers`` are those of their keys.

    All are of one partition.
    """

    partition: Partition
    numbers: Sequence[int]
    lines: Sequence[bytes]

    def keys(self) -> list[Key]:
        """Return the keys of the lines."""
        return [Key(*self.partition, number) for number in self.numbers]


def blocks(path: Path) -> Iterator[Block]:
    """Yield the lines of a file some hundred at a time, unread but for their keys; no blank ones.

    Raises:
        CorpusError: one is no record of ours; the message names file and line.
    """
    number = 1
    for lines in _lines_by_block(path):
        place = 0
        while place < len(lines):
            block = _block(lines[place:])
            if block is None and lines[place].strip():
                raise _unreadable(path, number + place)
            if block is not None:
                yield block
            place += len(block.lines) if block else 1
        number += len(lines)


def _lines_by_block(path: Path) -> Iterator[list[bytes]]:
    begun: list[bytes] = []  # pieces of the line that the next block goes on with
    try:
        with path.open("rb", buffering=0) as stream:
            while data := stream.read(_BLOCK_BYTES):
                end, *others = data.split(b"\n")
                begun.append(end)
                if others:
                    lines = [b"".join(begun), *others]
                    begun = [lines.pop()]
                    yield lines
    except OSError as error:
        raise CorpusError(f"{path} : lecture impossible ({error.strerror})") from error
    yield [b"".join(begun)]


def _block(lines: list[bytes]) -> Block | None:
    """Return the first lines that are of one partition, None where the first is no record."""
    first = _UID.match(lines[0])
    partition = _partition(first[1]) if first else None
    if not first or not partition:
        return None
    # What stands before the number is the same in all lines but for those of another hand.
    numbers = numbers_after(lines[0][: first.start(2)], lines)
    return Block(partition, numbers, lines[: len(numbers)])


def numbers_after_in_python(head: bytes, lines: list[bytes]) -> list[int]:
    """Return the numbers of the first lines that begin so and go on with digits and a quote."""
    match_number = _number_after(head)
    numbers = []
    for line in lines:
        if not (match := match_number(line)):
            break
        numbers.append(int(match[1]))
    return numbers


numbers_after: Final[Callable[[bytes, list[bytes]], list[int]]] = (
    numbers_after_in_python if kernel is None else kernel.numbers_after
)


@lru_cache  # a file has one
def _number_after(head: bytes) -> Callable[[bytes], re.Match[bytes] | None]:
    return re.compile(re.escape(head) + rb'([0-9]{1,7})"').match


def lines_about(path: Path) -> int:
    """Return about how many lines a file has; of some megabytes, exactly how many.

    What is counted stands in some blocks that are spread evenly over the file.

    Raises:
        CorpusError: it cannot be read.
    """
    found = read = 0
    try:
        size = path.stat().st_size
        with path.open("rb", buffering=0) as stream:
            for start in range(0, size, max(_BLOCK_BYTES, size // _COUNTED_BLOCKS)):
                stream.seek(start)
                data = stream.read(_BLOCK_BYTES)
                found += data.count(b"\n")
                read += len(data)
    except OSError as error:
        raise CorpusError(f"{path} : lecture impossible ({error.strerror})") from error
    return found * size // read if read else 0


def _line(path: Path, number: int, data: bytes) -> Line:
    match = _UID.match(data)
    partition = _partition(match[1]) if match else None
    if not match or not partition:
        raise _unreadable(path, number)
    key = Key(*partition, int(match[2]))
    return Line(path, number, data if data.endswith(b"\n") else data + b"\n", key)


def _unreadable(path: Path, number: int) -> CorpusError:
    return CorpusError(
        f"{path}, ligne {number} : enregistrement illisible (identifiant absent ou impossible)"
    )


@lru_cache  # a file has one
def _partition(head: bytes) -> Partition | None:
    """Return what all identifiers that begin so share; None where there is no such identifier."""
    named = parse_reference(f"{head.decode()}1")
    if named is None or not (named.chamber and named.legislature and named.kind):
        return None
    return named.chamber, named.legislature, named.kind


def ordered_lines(path: Path, partition: Partition) -> Iterator[Line]:
    """Yield the lines of a file that must be one of ours: one partition, rising numbers."""
    last = 0
    for line in read_lines(path) if path.is_file() else ():
        if line.key[:3] != partition or line.key.number <= last:
            raise CorpusError(f"{line.where} : {uid_of(line.key)} n'est pas à sa place")
        last = line.key.number
        yield line


def _number(entry: Line | Question) -> int:
    return entry.key.number


def merged_lines(
    known: Iterator[Line], incoming: Iterator[Question], names: Mapping[str, str]
) -> Iterator[tuple[str, bytes]]:
    """Yield what becomes of each question, and its line, in order of number."""
    # Not at the head: it knows all sources, which an index has no use for.
    from indexer.merging import merge  # noqa: PLC0415  # start-up cost

    both: Iterator[Line | Question] = heapq.merge(known, incoming, key=_number)
    for _, group in groupby(both, _number):
        line, new = None, []
        for entry in group:
            if isinstance(entry, Line):
                line = entry
            else:
                new.append(entry)
        if line is not None and not new:
            yield "kept", line.data
            continue
        told = [line.question(), *new] if line else new
        data = _data(with_author(reduce(merge, told), names))
        if line is None:
            yield "added", data
        else:
            yield "unchanged" if data == line.data else "updated", data


def filled_line(line: Line, names: Mapping[str, str]) -> bytes:
    """Return a line with its author's name, where only the reference was known."""
    if b'"author":null' not in line.data:
        return line.data
    question = line.question()
    named = with_author(question, names)
    return line.data if named is question else _data(named)


def _data(question: Question) -> bytes:
    return to_line(question).encode() + b"\n"
