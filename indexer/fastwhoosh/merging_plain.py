"""Merging the terms of a field in plain Python: what runs where nothing was compiled.

Slow and obvious, and the reference of the native merger: the same arguments, the same bytes.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from heapq import merge as in_order
from itertools import chain, groupby
from operator import itemgetter
from typing import Final, NamedTuple

from indexer.fastwhoosh.bulk_documents import KINDS, POSITIONS
from indexer.fastwhoosh.decoding import FieldReader
from indexer.fastwhoosh.encoding import FieldEncoder, FieldSections
from indexer.fastwhoosh.errors import Malformed

GONE: Final = 2**32 - 1


class FieldInput(NamedTuple):
    """A field of one segment: its sections, and where its documents go.

    Document d becomes ``base`` + d, or what the u32 array ``numbers`` says (2**32 - 1: nothing).
    """

    kind: int
    docs: int
    base: int
    terms: int
    blob: memoryview
    offsets: memoryview
    infos: memoryview
    postings: memoryview
    positions: memoryview
    numbers: bytes | None


# A document, its tf and, where kept, positions.
_Posting = tuple[int, int, list[int]]


def merge_fields(  # noqa: PLR0917 - as the native one
    kind: int,
    docs: int,
    norms: bytes | None,
    inputs: Sequence[FieldInput],
    put_postings: Callable[[bytes], object],
    put_positions: Callable[[bytes], object],
) -> tuple[int, bytes, bytes, bytes]:
    """Merge fields; give postings and positions away, return T, blob, offsets and infos.

    Raises:
        Malformed: an input is not what was written; the message begins with its place and a colon.
        ValueError: documents do not ascend from input to input or lie outside of ``docs``.
    """
    encoder = FieldEncoder(KINDS[kind], norms)
    readers = [_reader(number, given) for number, given in enumerate(inputs)]
    listed = in_order(*(_terms(number, reader) for number, reader in enumerate(readers)))
    for term, places in groupby(listed, key=itemgetter(0)):
        postings = list(
            chain.from_iterable(
                _postings(number, inputs[number], readers[number], place)
                for _, number, place in places
            )
        )
        if not postings:
            continue
        if postings[-1][0] >= docs:
            raise ValueError("a document lies outside of the segment")
        documents, tfs, positions = zip(*postings, strict=True)
        kept = list(chain.from_iterable(positions)) if kind == POSITIONS else None
        encoder.add(term, documents, tfs, kept)
    sections = encoder.finish()
    put_postings(bytes(sections.postings))
    put_positions(bytes(sections.positions))
    return sections.terms, bytes(sections.blob), bytes(sections.offsets), bytes(sections.infos)


@contextmanager
def _of_input(number: int) -> Iterator[None]:
    try:
        yield
    except Malformed as error:
        raise Malformed(f"{number}: {error}") from error


def _reader(number: int, given: FieldInput) -> FieldReader:
    sections = FieldSections(KINDS[given.kind], given.terms, *given[4:9], norms=None)
    with _of_input(number):
        return FieldReader(sections, given.docs)


def _terms(number: int, reader: FieldReader) -> Iterator[tuple[bytes, int, int]]:
    before: bytes | None = None
    for place in range(reader.terms):
        with _of_input(number):
            term = reader.term(place)
            if before is not None and term <= before:
                raise Malformed("termes désordonnés")
        before = term
        yield term, number, place


def _postings(
    number: int, given: FieldInput, reader: FieldReader, place: int
) -> Iterator[_Posting]:
    numbers = memoryview(given.numbers).cast("I") if given.numbers is not None else None
    with _of_input(number):
        documents, tfs = reader.postings(place)
        positions = reader.positions(place) if given.kind == POSITIONS else [[]] * len(documents)
    for document, tf, own in zip(documents, tfs, positions, strict=True):
        renumbered = given.base + document if numbers is None else numbers[document]
        if renumbered != GONE:
            yield renumbered, tf, own
