"""Damage of the index's files, said to users: which file, and how to mend it.

The files of an index are checked where they are read, so damage may show at any search. The engine
passes what then comes on as the :class:`~indexer.errors.IndexDamaged` that commands and pages know.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from indexer.errors import IndexDamaged
from indexer.fastwhoosh.errors import Malformed, SegmentError
from indexer.native import kernel

MENDING: Final = "Lancez « questions index --full »."
#: What reading the segments of an index raises where they are not what was written.
DAMAGE: Final[tuple[type[Exception], ...]] = (
    SegmentError,
    Malformed,
    *((kernel.Damaged,) if kernel else ()),
)


def said(error: Exception) -> IndexDamaged:
    """Return the sentence of :func:`damage_said` for one of ``DAMAGE``."""
    return IndexDamaged(f"{str(error).removesuffix('.')}. {MENDING}")


@contextmanager
def damage_said() -> Iterator[None]:
    """Turn damage that a reader of segments finds into a sentence that says how to mend it.

    Also a decorator of functions that are no generators.

    >>> with damage_said():
    ...     raise SegmentError("a.fws", "bloc coupé")
    Traceback (most recent call last):
    indexer.errors.IndexDamaged: a.fws : bloc coupé. Lancez « questions index --full ».

    Raises:
        IndexDamaged: with the file's name.
    """
    try:
        yield
    except DAMAGE as error:
        raise said(error) from error
    except UnicodeDecodeError as error:  # whoever decodes a word or a value knows no file
        raise IndexDamaged(
            "L'index contient un texte illisible ; « questions check --deep » nomme le fichier. "
            f"{MENDING}"
        ) from error
