"""Words that the best hits of a search share, and that its text does not say: relevance feedback.

What stands often in the first hits and seldom elsewhere is likely to be about the same subject:
*femmes battues* brings *violences*, *conjugales*. Whoever asked for exact words gets none of this.
Native code reads the hits where it is compiled.

>>> likely_words([(1.0, ("Des loups gris",)), (1.0, ("Le loup",))], least=2)
{'loup': 1.5}
"""

from collections.abc import Callable, Mapping, Sequence
from heapq import nsmallest
from operator import mul
from typing import NamedTuple

from indexer.french.analysis import analyse
from indexer.french.lexicon import shared_lexicon
from indexer.native import kernel
from indexer.search import ranking

Document = tuple[float, tuple[str, ...]]


class Related(NamedTuple):
    """A stem that the best hits share, and its part of what all of them weigh together."""

    stem: str
    share: float


def likely_words(documents: Sequence[Document], least: int) -> Mapping[str, float]:
    """Return stem → weight of the stems that stand in at least some of the documents.

    Args:
        documents: weight and texts of each.
        least: documents that a stem must stand in.

    Returns:
        The sum, over the documents, of their weight by the stem's share of their words.
    """
    lexicon = shared_lexicon()
    if kernel is None or lexicon is None:
        return likely_words_in_python(documents, least)
    texts = tuple(texts for _, texts in documents)
    found: Mapping[str, float] = kernel.likely(
        lexicon, texts, tuple(weight for weight, _ in documents), least
    )
    return found


def likely_words_in_python(documents: Sequence[Document], least: int) -> dict[str, float]:
    """Return what :func:`likely_words` does, without native code."""
    weights: dict[str, float] = {}
    holding: dict[str, int] = {}
    for weight, texts in documents:
        tokens = [token for text in texts for token in analyse(text)]
        stems = [token.stem for token in tokens if token.stem is not None and not token.compound]
        for stem in stems:
            weights[stem] = weights.get(stem, 0.0) + weight / len(stems)
        for stem in set(stems):
            holding[stem] = holding.get(stem, 0) + 1
    return {stem: weight for stem, weight in weights.items() if holding[stem] >= least}


def related_words(
    hits: Sequence[Document], informations: Callable[[Sequence[str]], Sequence[float]]
) -> tuple[Related, ...]:
    """Return the words that say most about the best hits, those that say most first.

    Args:
        hits: score and texts of each, the best first.
        informations: how much each of some stems says.
    """
    if not hits or hits[0][0] <= 0:
        return ()
    best = hits[0][0]
    documents = [(ranking.feedback_weight(score / best), texts) for score, texts in hits]
    likely = likely_words(documents, min(ranking.FEEDBACK_LEAST, len(documents)))
    # Negative, so that the words that say most come first, and equal ones in their own order.
    said = [-weight for weight in map(mul, likely.values(), informations([*likely]))]
    telling = nsmallest(ranking.FEEDBACK_WORDS, zip(said, likely, strict=True))
    total = sum([weight for weight, _ in telling])
    return tuple([Related(stem, weight / total) for weight, stem in telling if total])
