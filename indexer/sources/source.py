"""What a source is: a way to recognise a document and to read questions from it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from indexer.errors import BadRecord
from indexer.question import Question
from indexer.sources.documents import Document


@dataclass(frozen=True, slots=True)
class Actor:
    """A member of parliament from the official files of actors: reference and printed name."""

    ref: str
    name: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """A file of a folder or an archive that no source recognises, as a README beside the data."""

    where: str
    reason: str


Item = Question | Actor | BadRecord | Ignored


@dataclass(frozen=True, slots=True)
class Source:
    """One format.

    ``recognise`` looks at a document's name and first bytes only. ``parse`` yields questions in
    the order of the document, and a :class:`BadRecord` for each that it has to leave out; it may
    raise :class:`BadRecord` where the whole document is unusable.
    """

    name: str
    label: str
    recognise: Callable[[Document], bool]
    parse: Callable[[Document], Iterator[Item]]
