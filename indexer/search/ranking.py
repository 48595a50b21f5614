"""The ranking formula: BM25F over three parts of a question, with what carries meaning on top.

A word scores in its stem form, which carries recall, and again in its exact form, which carries
meaning (*traite* against *traité*, *traitement*). Words typed side by side that stand side by side
earn more than the same words apart. Each constant says its reason; none was tuned on single
queries, and ``tests/relevance`` of a later version judges them together.

>>> round(idf(10, 1000), 3)
4.557
"""

from collections.abc import Mapping, Sequence
from math import ceil, log
from typing import Final

# Parts of a question, and how much a word in it weighs. Title and headings say what the question
# is about in a few words; the question is the member's own; the answer may serve many questions.
PART_WEIGHTS: Final[Mapping[str, float]] = {"title": 3.0, "question": 1.5, "answer": 1.0}

# Saturation of repeated words: the usual value; texts are long and repeat their subject.
K1: Final = 1.2

# Length normalisation: titles hardly vary; an exchange is long because it is an exchange.
B: Final[Mapping[str, float]] = {"title": 0.3, "question": 0.6, "answer": 0.6}

# The exact form counts as much as the stem: of 639 questions, 6 hold *traite*, 92 its light stem.
EXACT_WEIGHT: Final = 0.5

# The whole typed text, stop words included, standing as it was typed.
PHRASE_WEIGHT: Final = 1.0

# Neighbouring words of the query that stand next to each other as typed, or within a few words:
# the proportions of the sequential dependence model (Metzler & Croft 2005), scaled to BM25.
ORDERED_PAIR_WEIGHT: Final = 0.4
NEAR_PAIR_WEIGHT: Final = 0.2
NEAR_WINDOW: Final = 8

# A match of a pattern or of a misspelt word says less than the word itself.
EXPANSION_WEIGHT: Final = 0.6
# A pattern or misspelling stands for at most this many words of the vocabulary, commonest first.
MAX_EXPANSIONS: Final = 400


# When fewer questions than a page hold all words, those follow that hold words which say at least
# this share of what all say, an unknown word saying nothing.
ENOUGH_HITS: Final = 10
WANTED_SHARE: Final = 0.5
_WEIGHTS: Final = 1_000

# Feedback: the words that the best hits share weigh this much beside the typed ones.
FEEDBACK_HITS: Final = 8
FEEDBACK_WORDS: Final = 25
FEEDBACK_LEAST: Final = 2
FEEDBACK_WEIGHT: Final = 1.0
_FEEDBACK_POWER: Final = 2

# Related questions, which hold too few of the words to be counted, fill a short list up to here,
# each with at least this share of the best score.
RELATED_UNTIL: Final = 50
RELATED_SHARE: Final = 0.1


# A word of more than a third of the questions (*ministre*, *attention*, *demande*, *mesures*) says
# next to nothing: it has this idf, and every word's is taken less it.
_COMMON: Final = 1.0
_LEAST_INFORMATION: Final = 0.05


def words_wanted(information: Sequence[float]) -> tuple[tuple[int, ...], int]:
    """Return what each word counts for, and how much a question must hold to follow.

    Args:
        information: what each word says (its idf), 0.0 for one that no question holds.

    >>> words_wanted([6.0, 2.0, 0.0])
    ((750, 250, 1), 500)
    """
    total = sum(information) or 1.0
    weights = tuple(max(1, round(_WEIGHTS * said / total)) for said in information)
    known = sum(weight for weight, said in zip(weights, information, strict=True) if said)
    return weights, max(1, ceil(WANTED_SHARE * known))


def feedback_weight(relative_score: float) -> float:
    """Return what a hit counts for in feedback, by its score relative to the best one's."""
    return float(relative_score**_FEEDBACK_POWER)


def idf(documents_with_word: int, documents: int) -> float:
    """Return the inverse document frequency: never negative, 0.0 only where nothing is."""
    frequency = min(documents_with_word, documents)
    return log(1 + (documents - frequency + 0.5) / (frequency + 0.5))


def information(documents_with_word: int, documents: int) -> float:
    """Return how much a word says about a subject: its idf less what a common word has.

    >>> round(information(10, 1000), 3), information(500, 1000)
    (3.557, 0.05)
    """
    return max(_LEAST_INFORMATION, idf(documents_with_word, documents) - _COMMON)


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
