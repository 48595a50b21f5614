"""A marker made ready for native code, once a query."""

from functools import lru_cache
from typing import TYPE_CHECKING

from indexer.french.lexicon import shared_lexicon
from indexer.native import kernel
from indexer.search.marker import CHAIN_WIDTH, Marker, Span
from indexer.search.results import Piece

if TYPE_CHECKING:
    from indexer.native._kernel import Lexicon, Matcher


def native_matcher(marker: Marker) -> "Matcher | None":
    """Return the matcher of a marker over the shared lexicon; None where nothing was compiled."""
    lexicon = shared_lexicon()
    return None if lexicon is None else _matcher(marker, lexicon)


@lru_cache(maxsize=16)
def _matcher(marker: Marker, lexicon: "Lexicon") -> "Matcher":
    assert kernel is not None
    made: Matcher = kernel.Matcher(
        lexicon,
        tuple(marker.stems),
        tuple(marker.exacts),
        marker.phrases,
        marker.slops,
        chains=marker.chains,
        width=CHAIN_WIDTH,
        piece=Piece,
        span=Span,
    )
    return made
