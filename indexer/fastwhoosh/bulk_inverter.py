"""The words of documents in, the sections of fields out: natively, or in plain Python.

Both give the same bytes. The plain one has no texts (a lexicon is native): its fields get their
terms one by one, as Whoosh's analyzers give them.
"""

from array import array
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from whoosh.util.numeric import byte_to_length, length_to_byte

from indexer.native import kernel

# The length that each norm byte stands for.
LENGTHS: Final = array("I", map(byte_to_length, range(256))).tobytes()


class Inverted(NamedTuple):
    """A field's numbers and sections; ``norms`` is None where the field is not scorable."""

    kind: int
    terms: int
    length: int
    min_length: int
    max_length: int
    blob: bytes
    offsets: bytes
    infos: bytes
    postings: bytes
    positions: bytes
    norms: bytes | None


def new_inverter() -> Any:
    """Return an inverter: the native one where it is compiled."""
    if kernel is None:
        return PlainInverter()
    return kernel.Inverter(LENGTHS)


class PlainInverter:
    pass
