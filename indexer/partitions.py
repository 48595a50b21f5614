"""One file of the corpus, line by line: told apart by their first bytes, woven with new records.

A file holds one chamber, legislature and kind, in order of number. Lines that nothing came for
are copied as they are, unread. Nothing here writes or replaces files.
"""

import heapq
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial, reduce
from itertools import groupby
from pathlib import Path

from indexer.actors import with_author
from indexer.errors import CorpusError
from indexer.interchange import InvalidRecord, from_record, to_line
from indexer.question import Key, Question, parse_reference, uid_of
from indexer.spool import Partition

# The identifier stands first in every line: lines are told apart without reading them whole.
_UID = re.compile(rb'\s*\{\s*"uid"\s*:\s*"([A-Z0-9]{1,32}?)([0-9]{1,7})"')


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


def keyed_lines(path: Path) -> Iterator[tuple[Key, bytes]]:
    """Yield key and record of each line of a file, without the line feed.

    Raises:
        CorpusError: one is no record of ours; the message names file and line.
    """
    match_uid, partition_of = _UID.match, _partition
    try:
        with path.open("rb") as stream:
            for number, data in enumerate(stream, start=1):
                match = match_uid(data)
                partition = partition_of(match[1]) if match else None
                if match and partition:
                    yield Key(*partition, int(match[2])), data.rstrip(b"\n")
                elif data.strip():
                    raise _unreadable(path, number)
    except OSError as error:
        raise CorpusError(f"{path} : lecture impossible ({error.strerror})") from error


def lines_in(path: Path) -> int:
    """Return how many lines a file has.

    Raises:
        CorpusError: it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return sum(block.count(b"\n") for block in iter(partial(stream.read, 1 << 20), b""))
    except OSError as error:
        raise CorpusError(f"{path} : lecture impossible ({error.strerror})") from error


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
