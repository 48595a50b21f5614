"""What can be wrong with the files of a fast index, said so that a reader can act.

::

    SegmentError (ValueError)      str(error) is a French sentence that names the file
    ├── DamagedSegment             the bytes are not what was written
    └── NewerFormat                written by a newer version of this program
    UnsupportedField (TypeError)   the schema asks for what the format does not hold

:class:`Malformed` is what the decoders raise, who know bytes and no file; whoever opened the file
turns it into a :class:`DamagedSegment` with :func:`naming`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


class SegmentError(ValueError):
    """A file cannot be read.

    Args:
        path: the file.
        reason: what is wrong, a French clause without the final stop.
    """

    def __init__(self, path: Path | str, reason: str) -> None:
        self.path = Path(path)
        self.reason = reason
        super().__init__(f"{self.path} : {reason}.")


class DamagedSegment(SegmentError):
    """The bytes of the file are not what was written."""


class NewerFormat(SegmentError):
    """The file has a format version that this program does not know.

    Args:
        path: the file.
        version: the version that it names.
        known: the versions that can be read.
    """

    def __init__(self, path: Path | str, version: int, known: Sequence[int]) -> None:
        self.version = version
        versions = ", ".join(map(str, known))
        super().__init__(path, f"format {version} inconnu de ce programme, qui lit : {versions}")


class UnsupportedField(TypeError):
    """A field or value that the format does not hold; the message names the field."""


class Malformed(ValueError):
    """Bytes that break the format; the message is a French clause."""


@contextmanager
def naming(path: Path | str, part: str = "") -> Iterator[None]:
    """Turn what a decoder finds malformed into the damage of a file, or of a part of it.

    >>> with naming("a.fws", "champ « texte »"):
    ...     raise Malformed("bloc coupé")
    Traceback (most recent call last):
    indexer.fastwhoosh.errors.DamagedSegment: a.fws : champ « texte » : bloc coupé.
    """
    try:
        yield
    except Malformed as error:
        reason = f"{part} : {error}" if part else str(error)
        raise DamagedSegment(path, reason) from error
