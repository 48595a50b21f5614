"""Text to tokens, in the two forms that a search needs, with offsets into the text as it stands.

Words are cut at Unicode word boundaries (UAX #29) as Lucene's standard tokenizer does, with what
French and this corpus need on top: elided articles are stripped, ``C.G.T.`` is ``CGT``, ``30 000``
is one number whatever its spaces, and a hyphenated word stands as its parts and, at the place of
the first, as the whole without hyphens.

Native code reads a text where it is compiled, by the rules of :mod:`indexer.french.cutting`.

>>> [(token.exact, token.stem) for token in analyse("L'état des lois")]
[('état', 'etat'), ('des', None), ('lois', 'loi')]
>>> [token.exact for token in analyse("la micro-entreprise")]
['la', 'microentreprise', 'micro', 'entreprise']
"""

from functools import lru_cache

from indexer.french.cutting import Token, tokens_in_python
from indexer.french.forms import exact_form, fold, stem_form
from indexer.french.lexicon import shared_lexicon

__all__ = ["Token", "analyse", "exact_form", "fold", "stem_form"]


# A query is analysed several times while it is read.
@lru_cache(maxsize=64)
def analyse(text: str) -> tuple[Token, ...]:
    """Return the tokens of a text, in order of position, a compound before its parts."""
    lexicon = shared_lexicon()
    return tuple(tokens_in_python(text) if lexicon is None else lexicon.tokens(text))
