"""The families of a generation: computed once, over all its segments, when it is finished.

The index holds a column ``kin`` of what each question is known by: the key of its answer and the
signature of its text. It is merged, deleted and check-summed as any column is. Which questions are
of one family depends on all of them, so it is read anew from that column at the end of each build
(0.07 s for 46,693 questions), in the order in which they were asked: what comes out is the same
after an update as after a whole build. ``families.bin`` holds it, one number a document, and is of
its generation only: an update never takes over that of the generation before.
"""

import struct
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress, count
from operator import ne
from pathlib import Path
from typing import Final
from zlib import crc32

from whoosh.reading import IndexReader

from indexer.durable import replaced
from indexer.errors import IndexDamaged
from indexer.fastwhoosh.column_ranks import value_ranks
from indexer.fastwhoosh.columns import NOWHERE
from indexer.fastwhoosh.executor import Executor
from indexer.fastwhoosh.request import CollapseCodes
from indexer.native import kernel
from indexer.question import Question
from indexer.search.fingerprint import BINS, fingerprint
from indexer.search.grouping import leaders
from indexer.whoosh_engine.column_values import (
    column_numbers,
    live_numbers,
    scatter_values,
)
from indexer.whoosh_engine.damage import MENDING

FILE: Final = "families.bin"
_MAGIC: Final = b"FAMILLE1"
# Documents, then check sum of what follows: two groupings, each the code of every document.
_HEAD: Final = struct.Struct("<8sII")
_KEY: Final = struct.Struct("<Q")
# A shorter answer is a formula ("voir la réponse à la question n° …") that says the same to many.
_LEAST_ANSWER_WORDS: Final = 30


def kin_of(question: Question) -> bytes:
    """Return what a question is known by: the key of its answer, the signature of its text."""
    signature, key = fingerprint(question.question_text).signature, 0
    if question.answer_text:
        words, key, _ = fingerprint(question.answer_text)
        key = key if words >= _LEAST_ANSWER_WORDS else 0
    return _KEY.pack(key) + signature if key or signature else b""


def kin_of_each(questions: Sequence[Question]) -> list[bytes | None]:
    """Return what :func:`kin_of` does of each question, None for nothing."""
    if kernel is None:
        return [kin_of(question) or None for question in questions]
    asked = [question.question_text for question in questions]
    answers = [question.answer_text for question in questions]
    found: list[bytes | None] = kernel.kin(asked, answers, _LEAST_ANSWER_WORDS)
    return found


@dataclass(frozen=True)
class Grouping:
    """Documents in groups of at least two: ``codes`` gives each one's group, 0 for none."""

    codes: "array[int]"

    @property
    def size(self) -> int:
        """One more than the highest code."""
        return max(self.codes, default=0) + 1

    @cached_property
    def _members(self) -> dict[int, list[int]]:
        members: dict[int, list[int]] = {}
        for number, code in enumerate(self.codes):
            if code:
                members.setdefault(code, []).append(number)
        return members

    def family(self, number: int) -> int:
        """Return a number that only the documents of one group share."""
        return self.codes[number] or -1 - number

    def members(self, number: int) -> Sequence[int]:
        """Return the documents of the group of one, itself among them; only itself if alone."""
        code = self.codes[number]
        return self._members[code] if code else (number,)


@dataclass(frozen=True)
class Families:
    """Which documents are nearly the same (``near``, shared answers included) and share answers."""

    near: Grouping
    answers: Grouping

    def collapse(self, executor: Executor) -> CollapseCodes | None:
        """Return the codes under which hits collapse, None where there is no family."""
        size = self.near.size
        if size == 1:
            return None
        codes = memoryview(self.near.codes)
        return CollapseCodes(
            tuple(
                codes[base : base + reader.doc_count_all()].tobytes()
                for reader, base in executor.leaves
            ),
            size,
        )


def families_of(executor: Executor, documents: int) -> Families:
    """Return the families of an index of so many documents.

    Besides what it returns it holds 170 bytes a document.
    """
    leaves = executor.leaves
    order = _oldest_first(leaves)
    ranks = array("I", [NOWHERE]) * documents
    for rank, number in enumerate(order):
        ranks[number] = rank
    signatures, keys = bytearray(BINS * len(order)), array("Q", bytes(8 * len(order)))
    for reader, base in leaves:
        places = ranks[base : base + reader.doc_count_all()]
        scatter_values(reader, "kin", places, slice(0, _KEY.size), keys)
        scatter_values(reader, "kin", places, slice(_KEY.size, _KEY.size + BINS), signatures)
    if sys.byteorder == "big":
        keys.byteswap()
    near = leaders(signatures, keys)
    joined = compress(enumerate(near), map(ne, near, count()))
    return Families(
        _grouping(joined, order, documents), _grouping(_same_key(keys), order, documents)
    )


def _oldest_first(leaves: Sequence[tuple[IndexReader, int]]) -> "array[int]":
    """Return the live documents by day and identifier; those without a date come first.

    They would else follow those that copy them.
    """
    readers = [reader for reader, _ in leaves]
    keys: list[int] = []
    columns = [reader.column_reader("uid", translate=False) for reader in readers]
    for reader, uids in zip(readers, value_ranks(columns), strict=True):
        days = column_numbers(reader, "asked")
        keys += [day << 32 | uid for day, uid in zip(days, uids, strict=True)]
    live = [base + local for reader, base in leaves for local in live_numbers(reader)]
    live.sort(key=keys.__getitem__)
    return array("I", live)


def _same_key(keys: "array[int]") -> Iterator[tuple[int, int]]:
    """Yield each document that is not the first of its key, and the first; 0 is no key."""
    first: dict[int, int] = {}
    for rank in compress(range(len(keys)), keys):
        leader = first.setdefault(keys[rank], rank)
        if leader != rank:
            yield rank, leader


def _grouping(joined: Iterable[tuple[int, int]], order: Sequence[int], documents: int) -> Grouping:
    """Number the groups of ranks, each with its leader's, in the order of their first followers."""
    codes = array("I", bytes(4 * documents))
    groups = 0
    for rank, leader in joined:
        if not codes[order[leader]]:
            groups += 1
            codes[order[leader]] = groups
        codes[order[rank]] = codes[order[leader]]
    return Grouping(codes)


def write_families(folder: Path, families: Families) -> None:
    """Write the file of a generation's folder."""
    content = families.near.codes.tobytes() + families.answers.codes.tobytes()
    with replaced(folder / FILE) as stream:
        stream.write(_HEAD.pack(_MAGIC, len(families.near.codes), crc32(content)) + content)


def read_families(folder: Path, documents: int) -> Families:
    """Read the file of a generation's folder; an index of before there was one has no families.

    Raises:
        IndexDamaged: it is not what was written for an index of so many documents.
    """
    path = folder / FILE
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        empty = array("I", bytes(4 * documents))
        return Families(Grouping(empty), Grouping(empty))
    except OSError as error:
        raise IndexDamaged(f"{path} est illisible ({error}). {MENDING}") from error
    head, rest = content[: _HEAD.size], content[_HEAD.size :]
    expected = _HEAD.pack(_MAGIC, documents, crc32(rest))
    if head != expected or len(rest) != 8 * documents:
        raise IndexDamaged(f"{path} n'est pas ce qui a été écrit. {MENDING}")
    codes = array("I", rest)
    return Families(Grouping(codes[:documents]), Grouping(codes[documents:]))
