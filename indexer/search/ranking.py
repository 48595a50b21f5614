"""The ranking formula: BM25F over three parts of a question, with what carries meaning on top.

A word scores in its stem form, which carries recall, and again in its exact form, which carries
meaning (*traite* against *traité*, *traitement*). Words typed side by side that stand side by side
earn more than the same words apart. Each constant says its reason; none was tuned on single
queries, and ``tests/relevance`` of a later version judges them together.

>>> round(idf(10, 1000), 3)
4.557
"""

from collections.abc import Mapping
from math import log
from typing import Final

# Parts of a question, and how much a word in it weighs. Title and headings say what the question
# is about in a few words; the question is the member's own; the answer may serve many questions.
PART_WEIGHTS: Final[Mapping[str, float]] = {"title": 3.0, "question": 1.5, "answer": 1.0}

# Saturation of repeated words: the usual value; texts are long and repeat their subject.
K1: Final = 1.2

# Length normalisation: titles hardly vary; an exchange is long because it is an exchange.
B: Final[Mapping[str, float]] = {"title": 0.3, "question": 0.6, "answer": 0.6}

# The exact form counts as much as the stem: of 639 questions, 6 hold *traite*, 92 its light stem.
EXACT_WEIGHT: Final = 1.0

# The whole typed text, stop words included, standing as it was typed.
PHRASE_WEIGHT: Final = 1.0

# Neighbouring words of the query that stand next to each other as typed, or within a few words:
# the proportions of the sequential dependence model (Metzler & Croft 2005), scaled to BM25.
ORDERED_PAIR_WEIGHT: Final = 0.4
NEAR_PAIR_WEIGHT: Final = 0.2
NEAR_WINDOW: Final = 8

# A match of a pattern or of a misspelt word says less than the word itself.
EXPANSION_WEIGHT: Final = 0.6
# An acronym says what its words say, and they what it says, but it is not what was typed. On the
# judged queries 0.3 gains half of what 0.6 to 1 gain alike (nDCG@10 0.699 without, 0.705).
SYNONYM_WEIGHT: Final = 0.6
# A pattern or misspelling stands for at most this many words of the vocabulary, commonest first.
MAX_EXPANSIONS: Final = 400


# When fewer questions than a page hold all words, those that hold at least half of them follow.
ENOUGH_HITS: Final = 10


def words_wanted(words: int) -> int:
    """Return how many of the words a question must hold to follow those that hold all."""
    return max(1, (words + 1) // 2)


def idf(documents_with_word: int, documents: int) -> float:
    """Return the inverse document frequency: never negative, 0.0 only where nothing is."""
    frequency = min(documents_with_word, documents)
    return log(1 + (documents - frequency + 0.5) / (frequency + 0.5))


def normalised(part: str, frequency: float, length: int, average: float) -> float:
    """Return the weighted frequency of a word in a part, corrected for the part's length.

    Args:
        part: a key of :data:`PART_WEIGHTS`.
        frequency: occurrences in the part.
        length: words in the part.
        average: mean number of words in that part over the questions that have it.
    """
    norm = 1 - B[part] + B[part] * (length / average if average else 1.0)
    return PART_WEIGHTS[part] * frequency / norm


def saturated(weight: float) -> float:
    """Return the BM25 saturation of a weighted frequency, between 0 and K1 + 1."""
    return weight * (K1 + 1) / (weight + K1)
