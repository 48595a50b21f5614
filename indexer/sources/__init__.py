"""Readers of every form in which people have questions; one module a source.

:data:`SOURCES` is the table of them and :func:`read` the one door: it finds what a path holds,
recognises each document and lets its source parse it. Nothing that a document holds makes it
raise: what cannot be used comes out as a :class:`~indexer.errors.BadRecord`.

::

    for item in read(Path("Questions_gouvernement_XVI.json.zip")):
        print(item)
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from indexer.errors import BadRecord, SourceError, UnsafeArchive
from indexer.interchange import InvalidRecord, from_record, to_record
from indexer.question import Question
from indexer.sources import (
    acteurs,
    assemblee_csv,
    assemblee_fiche,
    assemblee_html,
    assemblee_json,
    assemblee_xml,
    interchange_lines,
    nosdeputes,
    page_text,
    senat_csv,
    senat_html,
)
from indexer.sources.documents import Document, printable
from indexer.sources.documents import documents as documents_in
from indexer.sources.source import Ignored, Item, Source

# The most official first: open data published as such, then the institutions' own pages (the same
# database, but made for the eye: abbreviated and re-flowed), then what others made of either.
# The Sénat's two stand each behind the Assemblée's source of the same rank; as no question is of
# both chambers, only their order matters: the CSV is the Sénat's open data, the pages its site.
# Interchange files precede the Assemblée's CSV, which cuts its texts, and NosDéputés.fr, which
# copies some fields only. A name from the files of actors is the official one: they come first.
SOURCES: Final[tuple[Source, ...]] = (
    acteurs.SOURCE,
    assemblee_json.SOURCE,
    assemblee_xml.SOURCE,
    assemblee_fiche.SOURCE,
    senat_csv.SOURCE,
    assemblee_html.SOURCE,
    senat_html.SOURCE,
    interchange_lines.SOURCE,
    assemblee_csv.SOURCE,
    nosdeputes.SOURCE,
    page_text.SOURCE,
)
PRECEDENCE: Final[tuple[str, ...]] = tuple(source.name for source in SOURCES)


def recognise(document: Document) -> Source | None:
    """Return the first source that knows the document's form, None if none does."""
    return next((source for source in SOURCES if source.recognise(document)), None)


def read(path: Path) -> Iterator[Item]:
    """Yield all that a file, an archive or a folder holds.

    Questions name their source in ``sources`` and ``source``. A file that no source recognises is
    a BadRecord where it is the path itself, and Ignored where it only stands among others.
    """
    # Unlike Path.is_dir, this says no to an impossible name, which then is a file not found.
    named = not os.path.isdir(path)  # noqa: PTH112  # see above
    refused: str | None = None
    for document in documents_in(path):
        if isinstance(document, BadRecord):
            yield document
        elif document.archive is None or document.archive != refused:
            for item in _guarded(document, named=named and document.archive is None):
                if isinstance(item, UnsafeArchive):
                    refused = document.archive
                    yield BadRecord(document.name, _reason(document, item))
                else:
                    yield item


def _guarded(document: Document, *, named: bool) -> Iterator[Item | UnsafeArchive]:
    """Yield the items of a document, and as the last one what stopped its reading.

    The one place where everything is caught: parsers of three libraries read bytes that anyone
    may have made, and their ways to fail (recursion, memory, encodings, their own bugs) are no
    closed list. One document must not cost the import of the others.
    """
    try:
        yield from _items(document, named=named)
    except UnsafeArchive as error:
        yield error
    except BadRecord as error:
        yield error
    except SourceError as error:
        yield BadRecord(document.name, _reason(document, error))
    except Exception as error:  # noqa: BLE001  # see the docstring
        reason = printable(f"{type(error).__name__} : {error}")
        yield BadRecord(document.name, f"lecture impossible ({reason})")


def _reason(document: Document, error: SourceError) -> str:
    return str(error).removeprefix(f"{document.name} : ")


def _items(document: Document, *, named: bool) -> Iterator[Item]:
    source = recognise(document)
    if source is None:
        known = " ; ".join(entry.label for entry in SOURCES)
        reason = f"format non reconnu. Formats connus : {known}"
        yield BadRecord(document.name, reason) if named else Ignored(document.name, reason)
        return
    for item in source.parse(document):
        yield _stamped(item, source, document) if isinstance(item, Question) else item


def _stamped(question: Question, source: Source, document: Document) -> Question | BadRecord:
    """Return the question with its source, as its text form gives it back."""
    if not question.sources:
        name = question.source or source.name
        question = replace(question, sources=(source.name,), source=name)
    try:
        return from_record(to_record(question))
    except InvalidRecord as error:
        return BadRecord(f"{document.name}, {question.uid}", str(error))
