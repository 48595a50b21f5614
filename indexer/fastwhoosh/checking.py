"""Reads everything that an index holds and says what is wrong with it.

Opening a segment checks its directory, reading a block checks that block. This is for when one
wants to be sure of all of it: every check sum first, then whether the bytes mean something, which
also finds what a wrong writer wrote. It never raises, whatever the bytes are.

::

    for problem in check_deep("dossier"):
        print(problem)
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.index import _DEF_INDEX_NAME, TOC

from indexer.fastwhoosh import contents
from indexer.fastwhoosh.columns import CodesReader, NumberReader
from indexer.fastwhoosh.decoding import FieldReader, field_sections
from indexer.fastwhoosh.errors import Malformed, SegmentError
from indexer.fastwhoosh.impacts import impacts
from indexer.fastwhoosh.lengths import check_lengths, check_occurrences
from indexer.fastwhoosh.packing import LARGEST, Buffer
from indexer.fastwhoosh.segment import FastSegment, detach
from indexer.fastwhoosh.segmentfile import SegmentFile
from indexer.fastwhoosh.stored import StoredReader, StoredSections


def check_deep(folder: Path | str, indexname: str = _DEF_INDEX_NAME) -> Iterator[str]:
    """Check all segments that the current table of contents names.

    Args:
        folder: the folder of the index.
        indexname: Whoosh's name of the index.

    Yields:
        A French sentence for each problem; nothing where all is right.
    """
    where = f"Index {folder}"
    yield from _never_raising(where, _index_problems, Path(folder), indexname)


def _never_raising(
    where: str, find: Callable[..., Iterable[str]], *arguments: Any
) -> Iterator[str]:
    try:
        yield from find(*arguments)
    except SegmentError as error:
        yield str(error)
    except Malformed as error:
        yield f"{where} : {error}."
    except Exception as error:  # noqa: BLE001 - Whoosh unpickles what it reads: anything can come
        yield f"{where} : illisible ({type(error).__name__} : {error})."


class _ClosingStorage(FileStorage):  # type: ignore[misc]  # Whoosh has no types
    """Closes what Whoosh leaves open where it fails to read."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder), readonly=True)
        self._opened: list[Any] = []

    def open_file(self, name: str, **options: Any) -> Any:
        file = super().open_file(name, **options)
        self._opened.append(file)
        return file

    def close(self) -> None:
        for file in self._opened:
            if not file.is_closed:
                file.close()


def _index_problems(folder: Path, indexname: str) -> Iterator[str]:
    with closing(_ClosingStorage(folder)) as storage:
        contents.verify_latest(storage, indexname)
        toc = TOC.read(storage, indexname)
    for segment in toc.segments:
        if isinstance(segment, FastSegment):
            where = f"Segment {segment.segment_id()}"
            yield from _never_raising(where, _deletion_problems, folder, segment)
            yield from _never_raising(where, _segment_problems, folder, segment)
        else:
            yield f"Segment {segment!r} : d’un autre format, non vérifié."


def _deletion_problems(folder: Path, segment: FastSegment) -> Iterator[str]:
    segment.folder = folder
    stated = segment.deleted_count()
    bits = segment.deletion_bits()
    if bits and segment.doc_count_all() % 8 and bits[-1] >> segment.doc_count_all() % 8:
        yield f"Segment {segment.segment_id()} : suppressions au delà du dernier document."
    if segment.deleted_count() != stated:
        yield (
            f"Segment {segment.segment_id()} : {stated} suppressions annoncées, "
            f"{segment.deleted_count()} trouvées."
        )


def _segment_problems(folder: Path, segment: FastSegment) -> Iterator[str]:
    file = segment.attach(folder)
    try:
        broken = list(file.broken_sections())
        yield from (f"{file.path} : {name} : somme de contrôle fausse." for name in broken)
        if not broken:
            yield from _content_problems(file)
    finally:
        detach(file)


def _content_problems(file: SegmentFile) -> Iterator[str]:
    for name in file.directory["fields"]:
        where = f"{file.path} : champ « {name} »"
        yield from _never_raising(where, _field_problems, file, name)
    for name in file.directory["columns"]:
        where = f"{file.path} : colonne « {name} »"
        yield from _never_raising(where, _column_problems, file, name)
    yield from _never_raising(str(file.path), _stored_problems, file)


def _field_problems(file: SegmentFile, name: str) -> Iterator[str]:
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
        yield from _never_raising(within, _record_problems, reader, place, occurrences)
    entry = file.directory["fields"][name]
    yield from _never_raising(where, _length_problems, entry, reader.sections.norms, occurrences)


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
    return ()


def _length_problems(
    entry: dict[str, Any], norms: Buffer | None, occurrences: list[int]
) -> Iterable[str]:
    if norms is not None:
        check_lengths(entry, norms, len(occurrences))
        check_occurrences(entry, norms, occurrences)
    return ()


def _column_problems(file: SegmentFile, name: str) -> Iterable[str]:
    entry: dict[str, Any] = file.directory["columns"][name]
    if entry["type"] == "number":
        NumberReader(file, entry)
    elif entry["type"] == "codes":
        reader = CodesReader(file, name)
        values = [reader.value(code) for code in range(reader.values)]
        if any(a >= b for a, b in pairwise(values)):
            raise Malformed("valeurs désordonnées")
        if any(reader.code(doc) >= reader.values for doc in range(file.docs)):
            raise Malformed("valeur inconnue")
    return ()


def _stored_problems(file: SegmentFile) -> Iterator[str]:
    stored = file.directory["stored"]
    sections = StoredSections(
        dictionary=file.section(stored["dict"]),
        index=file.section(stored["index"]),
        data=file.section(stored["data"]),
    )
    reader = StoredReader(sections, file.docs)
    for doc in range(file.docs):
        if not isinstance(reader[doc], dict):
            yield f"{file.path} : document {doc} : ce n’est pas un enregistrement."
