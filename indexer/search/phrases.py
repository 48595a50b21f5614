"""Phrases that titles and headings go on with: what a beginning of a phrase is completed to.

>>> phrases_after(["La traite des êtres humains", "Lutte contre la traite des êtres humains"],
...               "traite d")
{'traite des êtres humains': 2}
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from indexer.french.analysis import Token, analyse
from indexer.french.forms import fold

# Fewer lines that say it make no phrase.
_LEAST: Final = 2
# Words that are added to those that are typed.
_MOST_ADDED: Final = 6
# Where this share of the lines that hold a phrase goes on alike, only the longer one is kept.
_GOES_ON: Final = 0.6
_BREAKS: Final = frozenset('.;:!?()[]«»"/–—…\n')


def phrases_after(lines: Iterable[str], prefix: str) -> dict[str, int]:
    """Count the phrases of some lines that begin with a prefix, as each is written first.

    A phrase ends with a word that carries meaning, and holds two of them.

    Args:
        lines: titles, headings.
        prefix: plain words (:func:`indexer.search.suggest.plain`), the last one begun.
    """
    counts: Counter[str] = Counter()
    written: dict[str, str] = {}
    for line in lines:
        found = dict(_phrases(line, prefix))
        counts.update(found.keys())
        written = {**found, **written}
    return {
        _in_lower_case(written[key]): count
        for key, count in counts.items()
        if count >= _LEAST and not _goes_on(key, count, counts)
    }


def _phrases(line: str, prefix: str) -> Iterator[tuple[str, str]]:
    """Yield the phrases of a line that begin with a prefix, each plain and as it is written."""
    words = [token for token in analyse(line) if not token.compound]
    folded = [_folded(word.exact) for word in words]
    first, *_ = typed = prefix.split()
    for start in range(len(words)):
        if not folded[start].startswith(first):
            continue
        if not " ".join((*folded[start : start + len(typed)], "")).startswith(prefix):
            continue
        for end in _ends(line, words, start, len(typed)):
            yield " ".join(folded[start : end + 1]), line[words[start].start : words[end].end]


_folded: Final = lru_cache(maxsize=50_000)(fold)


def _ends(line: str, words: Sequence[Token], start: int, typed: int) -> Iterator[int]:
    meant = 0
    for end in range(start, min(start + typed + _MOST_ADDED, len(words))):
        if end > start and _BREAKS & {*line[words[end - 1].end : words[end].start]}:
            return
        meant += words[end].stem is not None
        # Something is added, and the phrase has two words that carry meaning.
        if end >= start + typed - 1 and words[end].stem and meant > 1:
            yield end


def _in_lower_case(text: str) -> str:
    """Return a phrase as it stands within a sentence: titles shout, or begin with a capital."""
    if text.isupper():
        return text.lower()
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _goes_on(key: str, count: int, counts: Mapping[str, int]) -> bool:
    longer = f"{key} "
    return any(
        other.startswith(longer) and times >= _GOES_ON * count for other, times in counts.items()
    )
