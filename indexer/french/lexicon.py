"""The native reading of French texts: this project's words, given to the compiled Lexicon.

The rules stay in Python (:mod:`indexer.french.cutting`), which native code asks once for each
surface that is not plain, and once for the stem of each word; it keeps the answers.
"""

from functools import cache
from typing import TYPE_CHECKING, Final

from indexer.french.cutting import Token, surface_words
from indexer.french.forms import STEMMER
from indexer.french.specification import specification
from indexer.native import kernel

if TYPE_CHECKING:
    from indexer.native._kernel import Lexicon

# The shared lexicon takes about 250 bytes a word with its surfaces; real texts of fifteen years
# hold some 400,000 words, most of them once.
MAX_SHARED_WORDS: Final = 250_000


def new_lexicon(surfaces: int = 1_000_000) -> "Lexicon | None":
    """Return a new native lexicon of this analysis; None where nothing was compiled.

    Its tokens are those of :func:`indexer.french.analysis.analyse`. ``surfaces`` bounds how many
    different written words it remembers; its words stay as long as it lives.
    """
    if kernel is None:
        return None
    lists = specification()
    native: Lexicon = kernel.Lexicon(
        lists.elisions,
        lists.whole_words,
        surface_words,
        STEMMER,
        token=Token,
        surfaces=surfaces,
    )
    return native


@cache
def _shared() -> "Lexicon | None":
    return new_lexicon(MAX_SHARED_WORDS)


def shared_lexicon() -> "Lexicon | None":
    """Return the lexicon of the whole process, begun anew when it holds too many words."""
    lexicon = _shared()
    if lexicon is not None and len(lexicon) > MAX_SHARED_WORDS:
        _shared.cache_clear()
        lexicon = _shared()
    return lexicon
