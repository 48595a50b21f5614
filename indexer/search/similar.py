"""The words that say what a question is about: what it is compared with others by.

Each word counts by how often the question says it and how rare it is among all questions; headings
count twice. The author's name, numbers, and words that only its own family holds say nothing.

>>> frequencies = {"loup": 10, "question": 900}
>>> words = weighty_stems(("Le loup",), "La question du loup, Mme Untel", "Mme Untel",
...                       lambda stem: frequencies.get(stem, 0), 1000)
>>> [stem for stem, _ in words]
['loup', 'question']
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from math import log
from typing import Final

from indexer.french.analysis import analyse
from indexer.search.marker import Marker
from indexer.search.passages import spans
from indexer.search.ranking import idf

#: Words that a question is compared by, and how many of them another one must hold.
WORDS: Final = 20
LEAST_SHARED: Final = 3
#: Words that are told as the reason.
REASON_WORDS: Final = 5
_HEADING_WEIGHT: Final = 2


def weighty_stems(
    headings: Iterable[str],
    text: str,
    author: str,
    frequency: Callable[[str], int],
    documents: int,
) -> list[tuple[str, float]]:
    """Return the stems that say most of a question, the weightiest first, at most :data:`WORDS`.

    Args:
        headings: title, rubriques.
        text: of the question.
        author: whose name says nothing.
        frequency: documents of other families that hold a stem.
        documents: how many there are.
    """
    counts: Counter[str] = Counter(_stems(text))
    for heading in headings:
        for stem in _stems(heading):
            counts[stem] += _HEADING_WEIGHT
    for stem in _stems(author):
        counts.pop(stem, None)
    weights = [
        (stem, (1 + log(count)) * idf(found, documents))
        for stem, count in counts.items()
        if not stem.isdigit() and (found := frequency(stem)) > 0
    ]
    return sorted(weights, key=lambda pair: (-pair[1], pair[0]))[:WORDS]


def _stems(text: str) -> list[str]:
    return [token.stem for token in analyse(text) if token.stem and not token.compound]


def shared_words(stems: Sequence[str], texts: Iterable[str]) -> tuple[str, ...]:
    """Return which of some stems the texts hold, in their order, as the texts write them first."""
    written: dict[str, str] = {}
    marker = Marker(stems=frozenset(stems))
    for text in texts:
        for span in spans(text, marker):
            written.setdefault(span.word, text[span.start : span.end])
    return tuple(written[stem] for stem in stems if stem in written)[:REASON_WORDS]
