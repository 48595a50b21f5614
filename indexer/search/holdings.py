"""Which words some texts hold, and in which forms: what a page says about its hits.

>>> Missing(("loup", "agneau")).of(("Les loups", "le mouton"))
('agneau',)
>>> variant_forms(("Les loups, le Loup", "un loup"), Marker(stems=frozenset({"loup"})))
{'loup': {'loups': 1, 'loup': 2}}
"""

from collections.abc import Mapping, Sequence

from indexer.french.analysis import analyse, stem_form
from indexer.french.lexicon import shared_lexicon
from indexer.native import kernel
from indexer.search.marker import Marker, stand_in
from indexer.search.matcher import native_matcher
from indexer.search.passages import spans
from indexer.search.tree import Compound, Word


class Missing:
    """Tells which of some exact forms texts do not hold, in any form of the same stem."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._wanted = tuple([stem_form(word) or word for word in words])

    def of(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        """Return the forms that no text holds."""
        if not self._wanted:
            return ()
        lexicon = shared_lexicon()
        if kernel is None or lexicon is None:
            held = held_in_python(texts, self._wanted)
        else:
            held = kernel.holds(lexicon, texts, self._wanted)
        if all(held):
            return ()
        return tuple([word for word, holds in zip(self._words, held, strict=True) if not holds])


class Lacking:
    """Tells which plain words of a query texts lack, and anything that stands for them.

    A compound is held whole or by its parts.

    >>> words = Word("loup"), Word("caisse", others=(Word("caf", "exact"),))
    >>> Lacking(words).of(("La CAF",))
    ('loup',)
    >>> Lacking((Compound(("porte", "avions"), "porteavions"),)).of(("Un porte avions",))
    ()
    """

    def __init__(self, words: Sequence[Word | Compound]) -> None:
        spelt = [spelling for word in words for spelling in (word.whole, *word.parts)]
        self._missing = Missing(spelt)
        self._words = [
            ("-".join(word.parts), word.whole, frozenset(word.parts), stand_in(word.others))
            for word in words
        ]

    def of(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        """Return the words that no text holds, each once."""
        absent = self._missing.of(texts)
        if not absent:
            return ()
        lacking = [
            shown
            for shown, whole, parts, others in self._words
            if whole in absent and not parts.isdisjoint(absent)
            if not (others and any(spans(text, others) for text in texts))
        ]
        return tuple(dict.fromkeys(lacking))


def held_in_python(texts: Sequence[str], wanted: Sequence[str]) -> list[bool]:
    """Return for each word whether a text holds it, as exact form or as stem."""
    held: set[str] = set()
    for text in texts:
        for token in analyse(text):
            held.add(token.exact)
            if token.stem:
                held.add(token.stem)
    return [word in held for word in wanted]


def variant_forms(texts: Sequence[str], marker: Marker) -> Mapping[str, Mapping[str, int]]:
    """Count the exact forms that stand for each stem of a marker, in the order of the texts."""
    matcher = native_matcher(marker)
    return forms_in_python(texts, marker) if matcher is None else matcher.forms(tuple(texts))


def forms_in_python(texts: Sequence[str], marker: Marker) -> dict[str, dict[str, int]]:
    """Count the forms as :func:`variant_forms` does, without native code."""
    counts: dict[str, dict[str, int]] = {}
    for text in texts:
        for token in analyse(text):
            if token.stem is not None and token.stem in marker.stems:
                forms = counts.setdefault(token.stem, {})
                forms[token.exact] = forms.get(token.exact, 0) + 1
    return counts
