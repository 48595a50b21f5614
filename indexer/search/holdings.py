"""Which words some texts hold, and in which forms: what a page says about its hits.

>>> missing_words(("Les loups", "le mouton"), ("loup", "agneau"))
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


def missing_words(texts: Sequence[str], words: Sequence[str]) -> tuple[str, ...]:
    """Return those of some exact forms that no text holds, in any form of the same stem."""
    wanted = tuple(stem_form(word) or word for word in words)
    if not wanted:
        return ()
    lexicon = shared_lexicon()
    if kernel is None or lexicon is None:
        held = held_in_python(texts, wanted)
    else:
        held = kernel.holds(lexicon, tuple(texts), wanted)
    return tuple(word for word, holds in zip(words, held, strict=True) if not holds)


def lacking_words(texts: Sequence[str], words: Sequence[Word | Compound]) -> tuple[str, ...]:
    """Return those of some plain words that no text holds, nor anything that stands for them.

    A compound is held whole or by its parts.

    >>> lacking_words(("La CAF",), (Word("loup"), Word("caisse", others=(Word("caf", "exact"),))))
    ('loup',)
    >>> lacking_words(("Un porte avions",), (Compound(("porte", "avions"), "porteavions"),))
    ()
    """
    spelt = [spelling for word in words for spelling in (word.whole, *word.parts)]
    absent = frozenset(missing_words(texts, spelt))
    lacking = [
        "-".join(word.parts)
        for word in words
        if word.whole in absent and absent.intersection(word.parts)
        if not _hold_others(texts, word)
    ]
    return tuple(dict.fromkeys(lacking))


def _hold_others(texts: Sequence[str], word: Word | Compound) -> bool:
    marker = stand_in(word.others)
    return bool(marker) and any(spans(text, marker) for text in texts)


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
