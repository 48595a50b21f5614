"""Reads everything that an index holds and says what is wrong with it.

Opening a segment checks its directory, reading a block checks that block. This is for when one
wants to be sure of all of it: every check sum first, then whether the bytes mean something, which
also finds what a wrong writer wrote. It never raises, whatever the bytes are.

::

    for problem in check_deep("dossier"):
        print(problem)
"""

from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.index import _DEF_INDEX_NAME, TOC

from indexer.fastwhoosh import contents
from indexer.fastwhoosh.checking_fields import field_problems, never_raising
from indexer.fastwhoosh.columns import CodesReader, NumberReader
from indexer.fastwhoosh.errors import Malformed
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
    yield from never_raising(where, _index_problems, Path(folder), indexname)


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
            yield from never_raising(where, _deletion_problems, folder, segment)
            yield from never_raising(where, _segment_problems, folder, segment)
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
        yield from never_raising(where, field_problems, file, name)
    for name in file.directory["columns"]:
        where = f"{file.path} : colonne « {name} »"
        yield from never_raising(where, _column_problems, file, name)
    yield from never_raising(str(file.path), _stored_problems, file)


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
