"""Reads all that a segment holds of a field and says what is wrong with it.

>>> list(never_raising("Ici", lambda: iter([1 / 0])))
['Ici : illisible (ZeroDivisionError : division by zero).']
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from indexer.fastwhoosh.decoding import FieldReader, field_sections
from indexer.fastwhoosh.errors import Malformed, SegmentError
from indexer.fastwhoosh.impacts import impacts
from indexer.fastwhoosh.lengths import check_lengths, check_occurrences
from indexer.fastwhoosh.packing import LARGEST, Buffer
from indexer.fastwhoosh.segmentfile import SegmentFile


def never_raising(where: str, find: Callable[..., Iterable[str]], *arguments: Any) -> Iterator[str]:
    """Yield the problems that are found, and as the last one what ended the finding, if it did."""
    try:
        yield from find(*arguments)
    except SegmentError as error:
        yield str(error)
    except Malformed as error:
        yield f"{where} : {error}."
    except Exception as error:  # noqa: BLE001 - Whoosh unpickles what it reads: anything can come
        yield f"{where} : illisible ({type(error).__name__} : {error})."


def field_problems(file: SegmentFile, name: str) -> Iterator[str]:
    """Yield a French sentence for each problem of a field, after its check sums.

    Raises:
        Malformed: its sections have not the sizes that its terms ask for.
    """
    reader = FieldReader(field_sections(file, name), file.docs)
    where = f"{file.path} : champ « {name} »"
    occurrences = [0] * file.docs
    last: bytes | None = None
    for place in range(reader.terms):
        term = reader.term(place)
        if last is not None and term <= last:
            yield f"{where} : le terme {term!r} vient après {last!r}."
        last = term
        within = f"{where}, terme {term!r}"
        yield from never_raising(within, _record_problems, reader, place, occurrences)
    entry = file.directory["fields"][name]
    yield from never_raising(where, _length_problems, entry, reader.sections.norms, occurrences)


def _record_problems(reader: FieldReader, place: int, counted: list[int]) -> Iterable[str]:
    """Check the postings of a term and add its occurrences to those of each document."""
    entry = reader.entry(place)
    record = reader.record(place)
    norms = reader.sections.norms
    occurrences, before = 0, -1
    for number in range(record.blocks):
        block = record.load(number)
        if block.docs[0] <= before:
            raise Malformed("documents désordonnés")
        before = block.docs[-1]
        occurrences += sum(block.tfs)
        for doc, tf in zip(block.docs, block.tfs, strict=True):
            counted[doc] += tf
        bytes_ = [0 if norms is None else norms[doc] for doc in block.docs]
        if record.impacts(number) != impacts(block.tfs, bytes_):
            raise Malformed(f"les bornes du bloc {number} ne sont pas les siennes")
        if reader.sections.kind == "positions":
            record.positions(number, block.tfs)
    if min(occurrences, LARGEST) != entry.cf:
        raise Malformed(f"{entry.cf} occurrences annoncées, {occurrences} trouvées")
    if record.end() != _next_offset(reader, place):
        raise Malformed("la liste suivante ne commence pas où celle-ci finit")
    return ()


def _next_offset(reader: FieldReader, place: int) -> int:
    is_last = place + 1 == reader.terms
    return len(reader.sections.postings) if is_last else reader.entry(place + 1).offset


def _length_problems(
    entry: dict[str, Any], norms: Buffer | None, occurrences: list[int]
) -> Iterable[str]:
    if norms is not None:
        check_lengths(entry, norms, len(occurrences))
        check_occurrences(entry, norms, occurrences)
    return ()
