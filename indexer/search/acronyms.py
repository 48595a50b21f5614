"""Which acronym stands for words of a query, and which words for its acronyms.

``AESH`` also finds *accompagnants d'élèves en situation de handicap*, and these words also find
``AESH``. Meanings come from the corpus, counted, and from a small file. One that is far ahead of
the others is used; where none is, all are offered. What is used is shown, and can be switched off.

>>> from indexer.search.meanings import FILE_ONLY
>>> tree, synonyms = widened(Word("caf"), "CAF", FILE_ONLY)
>>> tree.others[0].stems, synonyms[0].state
(('cais', 'aloc', 'familial'), 'used')
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, Literal

from indexer.french.acronyms import key_of, stems_of
from indexer.french.forms import stem_form
from indexer.search.meanings import (
    Dictionary,
    Meaning,
    all_meanings,
    are_same,
    families_of,
    is_word,
    keys_of_file,
)
from indexer.search.results import Synonym
from indexer.search.synonyms import said_otherwise
from indexer.search.tree import All, Any, Chain, Compound, Node, Word

# A meaning is used unasked where it is given this many times as often as any other.
_CLEARLY: Final = 5
# Wordings of a meaning that are searched, and the least share of the commonest that each must have.
_MOST_WORDINGS: Final = 3
_LEAST_SHARE: Final = 0.1
# Meanings offered where none is clear.
_MOST_OFFERED: Final = 4
# Words of a query that are looked at.
_MOST_WORDS: Final = 64
_CAPITALS: Final = re.compile(r"(?<!\w)[A-ZÀ-Þ][A-ZÀ-Þ0-9.\-]+[a-z]?(?!\w)")


def widened(
    tree: Node | None,
    text: str,
    dictionary: Dictionary,
    without: Sequence[str] = (),
    chosen: Sequence[str] = (),
) -> tuple[Node | None, tuple[Synonym, ...]]:
    """Return the tree of a query with what its words also stand for.

    Args:
        tree: the query.
        text: as it was typed: capitals tell an acronym from a word.
        dictionary: of the corpus.
        without: acronyms that are to stand for themselves only.
        chosen: meanings that are wanted, each as :func:`choice_of` writes it.
    """
    if tree is None:
        return None, ()
    widener = _Widener(text, dictionary, without, chosen)
    return widener.node(tree), tuple(widener.synonyms.values())


class _Widener:
    """Walks one tree; ``synonyms`` are what it found, used or not, in the order of the words."""

    def __init__(
        self, text: str, dictionary: Dictionary, without: Sequence[str], chosen: Sequence[str]
    ) -> None:
        self.dictionary = dictionary
        self.synonyms: dict[tuple[str, tuple[str, ...]], Synonym] = {}
        self._capitals = _typed_in_capitals(text)
        self._without = frozenset(map(key_of, without))
        pairs = [choice.partition(":") for choice in chosen]
        self._chosen = frozenset((key_of(key), stems_of(meaning)) for key, _, meaning in pairs)
        self._words_left = _MOST_WORDS

    def node(self, node: Node) -> Node:
        """Return a node with what its words also stand for; what is excluded stays as it is."""
        match node:
            case All(children):
                return All(tuple(self._side_by_side(children)))
            case Any(children):
                return Any(tuple(map(self.node, children)))
            case Word(text, "variants") | Compound(_, text):
                _, otherwise = self._otherwise(*self._words((node,)))
                others = self._meanings(key_of(text)) + otherwise
                return node if others == node.others else replace(node, others=others)
            case _:
                return node

    def _side_by_side(self, children: Sequence[Node]) -> Iterator[Node]:
        place = 0
        while place < len(children):
            words, ends = self._words(children[place:])
            length, keys = self._spelt_out(words, ends)
            others: tuple[Word | Chain, ...] = tuple(Word(key, "exact") for key in keys)
            if not keys:
                length, others = self._otherwise(words, ends)
            if length < 2:  # noqa: PLR2004  # one word has acronyms too
                yield self.node(children[place])
                place += 1
                continue
            for child in children[place : place + length]:
                assert isinstance(child, Word | Compound)
                yield replace(child, others=others)
            place += length

    def _words(self, children: Sequence[Node]) -> tuple[tuple[str, ...], dict[int, int]]:
        return _words_of_nodes(children) if self._words_left > 0 else ((), {})

    def _spelt_out(
        self, words: Sequence[str], ends: Mapping[int, int]
    ) -> tuple[int, tuple[str, ...]]:
        """Return how many nodes spell out a meaning, and the acronyms that stand for it."""
        self._words_left -= 1
        if self._words_left <= 0 or len(words) < 2:  # noqa: PLR2004  # a meaning has two words or more
            return 0, ()
        stems = tuple([stem_form(word) or word for word in words])
        first, second = stems[0], stems[1]
        found = {**self.dictionary.keys(first, second)}
        for meaning, keys in keys_of_file(first, second).items():
            found[meaning] = tuple(dict.fromkeys((*found.get(meaning, ()), *keys)))
        for meaning in sorted(found, key=lambda stems: (-len(stems), stems)):
            if stems[: len(meaning)] == meaning and len(meaning) in ends:
                used = tuple(key for key in found[meaning] if self._stands_for(key, meaning))
                if used:
                    return ends[len(meaning)], used
        return 0, ()

    def _otherwise(
        self, words: Sequence[str], ends: Mapping[int, int]
    ) -> tuple[int, tuple[Chain, ...]]:
        """Return how many nodes are said otherwise in official texts, and how."""
        self._words_left -= 1
        saying = said_otherwise(words) if self._words_left > 0 else None
        if saying is None or len(saying.words) not in ends:
            return 0, ()
        key = key_of(saying.text)
        is_used = key not in self._without
        state: Literal["used", "removed"] = "used" if is_used else "removed"
        synonym = Synonym(key, saying.text, ", ".join(saying.others), 0, state)
        self.synonyms.setdefault((key, saying.stems), synonym)
        chains = tuple(Chain(stems_of(other)) for other in saying.others) if is_used else ()
        return ends[len(saying.words)], chains

    def _stands_for(self, key: str, stems: tuple[str, ...]) -> bool:
        """Tell whether an acronym is to be searched for a meaning that was typed."""
        if is_word(self.dictionary, key):
            return False
        used, offered = self._sorted_out(key)
        is_used = any(are_same(stems, meaning.stems) for meaning in used)
        for meaning in used if is_used else offered:
            if are_same(stems, meaning.stems):
                self._tell(meaning, is_used=is_used)
                break
        return is_used and key not in self._without

    def _meanings(self, key: str) -> tuple[Chain, ...]:
        """Return what is to be searched for an acronym that was typed."""
        self._words_left -= 1
        if self._words_left <= 0 or len(key) < 2 or stem_form(key) is None:  # noqa: PLR2004  # one letter is none
            return ()
        used, offered = self._sorted_out(key)
        if not (used or offered) or (key not in self._capitals and is_word(self.dictionary, key)):
            return ()
        for meaning in used[:1] or offered:
            self._tell(meaning, is_used=bool(used))
        if key in self._without:
            return ()
        return tuple(Chain(meaning.stems) for meaning in used)

    def _tell(self, meaning: Meaning, *, is_used: bool) -> None:
        synonym = Synonym(meaning.key, meaning.acronym, meaning.text, meaning.count, "offered")
        if is_used:
            is_removed = meaning.key in self._without
            synonym = replace(synonym, state="removed" if is_removed else "used")
        self.synonyms.setdefault((meaning.key, meaning.stems), synonym)

    def _sorted_out(self, key: str) -> tuple[Sequence[Meaning], Sequence[Meaning]]:
        """Return the wordings of the meaning to be used; where none is clear, those to offer."""
        meanings = all_meanings(self.dictionary, key)
        wanted = [meaning for meaning in meanings if (key, meaning.stems) in self._chosen]
        if wanted:
            return wanted, ()
        families = families_of(meanings)
        if not families:
            return (), ()
        weights = [sum(meaning.weight for meaning in family) for family in families]
        if len(families) > 1 and weights[0] < _CLEARLY * weights[1]:
            return (), [family[0] for family in families[:_MOST_OFFERED]]
        best = families[0]
        least = best[0].weight * _LEAST_SHARE
        return [meaning for meaning in best[:_MOST_WORDINGS] if meaning.weight >= least], ()


def _typed_in_capitals(text: str) -> frozenset[str]:
    """Return the acronyms that capitals show; none where everything is in capitals."""
    if text.isupper() and " " in text:
        return frozenset()
    return frozenset(key_of(match[0]) for match in _CAPITALS.finditer(text))


def _words_of_nodes(children: Sequence[Node]) -> tuple[tuple[str, ...], dict[int, int]]:
    """Return the words of neighbouring plain nodes, and how many nodes have given so many words.

    Stop words are left out.
    """
    words: list[str] = []
    ends: dict[int, int] = {}
    scope = getattr(children[0], "scope", None)
    for number, child in enumerate(children[:_MOST_WORDS], 1):
        if isinstance(child, Word) and child.form == "variants" and child.scope == scope:
            parts: tuple[str, ...] = (child.text,)
        elif isinstance(child, Compound) and child.scope == scope:
            parts = child.parts
        else:
            break
        words.extend(part for part in parts if stem_form(part))
        ends[len(words)] = number
    return tuple(words), ends
