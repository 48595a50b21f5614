"""The ranking formula: BM25F over three parts of a question, with what carries meaning on top.

A word scores in its stem form, which carries recall, and again in its exact form, which carries
meaning (*traite* against *traité*, *traitement*). Words typed side by side that stand side by side
earn more than the same words apart. The words that the best hits share are asked for in a second
pass (relevance feedback).

Figures are nDCG@10, where one constant changed and nothing else, on four sets: J, 65 judged queries
over 2,758 real questions; K, 21 others, judged roughly; T, 150 titles that ask for their question,
the titles being taken out of the index; P, 320 questions of PIAF over 761 paragraphs. They were
measured while the formula grew, so that only the figures of one sentence compare. Values were taken
from flat regions and checked on both halves of J, never fitted to single queries.

>>> round(idf(10, 1000), 3)
4.557
"""

from collections.abc import Mapping, Sequence
from math import ceil, log
from typing import Final

# Parts of a question, and how much a word in it weighs. Title and headings say what the question
# is about in a few words; the question is the member's own; the answer may serve many questions.
# An answer as heavy as the question: J 0.786 → 0.766, K 0.820 → 0.785. A title of 2, 4 or 6: J and
# K within 0.007.
PART_WEIGHTS: Final[Mapping[str, float]] = {"title": 3.0, "question": 1.5, "answer": 1.0}

# Saturation of repeated words: the usual value; texts are long and repeat their subject.
# 0.9: J 0.786 → 0.777; 1.5 and 2.0: J −0.002, T −0.005 to −0.011.
K1: Final = 1.2

# Length normalisation: titles hardly vary; an exchange is long because it is an exchange. 0.4 and
# 0.75 are within 0.002 on J. Lengths are relative to the texts that there are: relative to all
# questions, most of which have no answer, T was 0.799 instead of 0.850.
B: Final[Mapping[str, float]] = {"title": 0.3, "question": 0.6, "answer": 0.6}

# Half of what the stem earns: of 639 questions, 6 hold *traite*, 92 its light stem. None: J 0.786 →
# 0.775, K 0.820 → 0.794; as much as the stem: K → 0.791; twice: J → 0.774, K → 0.763.
EXACT_WEIGHT: Final = 0.5

# The whole typed text, stop words included, standing as it was typed. Without: T 0.847 → 0.826, the
# others within 0.003; twice as much gains nothing more.
PHRASE_WEIGHT: Final = 1.0

# Neighbouring words of the query that stand next to each other as typed, or within a few words:
# the proportions of the sequential dependence model (Metzler & Croft 2005), scaled to BM25. Without
# both: K 0.820 → 0.766, J and T unmoved; twice as much: J −0.005, K −0.017. Windows of 4 to 15
# words: within 0.003.
ORDERED_PAIR_WEIGHT: Final = 0.4
NEAR_PAIR_WEIGHT: Final = 0.2
NEAR_WINDOW: Final = 8

# A match of a pattern or of a misspelt word says less than the word itself.
EXPANSION_WEIGHT: Final = 0.6
# An acronym says what its words say, and they what it says, but it is not what was typed. Without
# feedback: J 0.699 → 0.705, half of that with 0.3, as much with 1. With feedback, which finds many
# of these questions too: J 0.788 → 0.789, T 0.833 → 0.834; 0.3 and 1: J within 0.002.
SYNONYM_WEIGHT: Final = 0.6
# A pattern or misspelling stands for at most this many words of the vocabulary, commonest first.
MAX_EXPANSIONS: Final = 400


# When fewer questions than a page hold all words, those count that hold words which say at least
# this share of what all say, an unknown word saying nothing. Counted words instead, half of them
# wanted: P 0.52 instead of 0.81. Shares of 0.3, 0.4, 0.5, 0.6: J 0.791, 0.784, 0.788, 0.796 and K
# 0.815, 0.815, 0.803, 0.810.
ENOUGH_HITS: Final = 10
WANTED_SHARE: Final = 0.6
_WEIGHTS: Final = 1_000

# Feedback, as relevance models do (Lavrenko & Croft 2001; RM3): the words of the best hits, by
# their share of each hit's words, what they say, and the square of the hit's relative score; all
# of them together weigh as much as the typed words do. Without: J 0.764 → 0.788 and R@50 0.837 →
# 0.893, K R@50 0.961 → 0.994, T 0.838 → 0.843, P 0.825 → 0.808. Half the weight: J 0.782, P
# 0.820; twice: J 0.786, P 0.794. 5 to 12 hits, 15 to 40 words: J within 0.004, and within 0.004 of
# U, 45 queries judged later; fewer of both take less time. Words of a single
# hit among several: J −0.008. Sentences around the matches instead of whole hits, or a third
# pass: nothing.
# Hits that hold an acronym's meaning only teach as others do; its words left out: J −0.002.
FEEDBACK_HITS: Final = 6
FEEDBACK_WORDS: Final = 18
FEEDBACK_LEAST: Final = 2
FEEDBACK_WEIGHT: Final = 1.0
# A long text says more itself: as many typed words are matched at most. Without this bound: J as it
# was, T −0.008, P −0.006.
_MOST_MATCHED: Final = 3
_FEEDBACK_POWER: Final = 2

# Related questions, which hold too few of the words to be counted, fill a short list up to here,
# each with at least this share of the best score: 0.2 costs J 0.006 and 0.023 of R@50. They stand
# among the others by score: behind them, J 0.788 → 0.767.
RELATED_UNTIL: Final = 50
RELATED_SHARE: Final = 0.1
# A question is related by a word that says at least this share of what the most telling one says,
# not by *mesures* or *prises* alone: J and T as they were; with 0.35, J −0.010.
TELLING_SHARE: Final = 0.2


# A word of more than a third of the questions (*ministre*, *attention*, *demande*, *mesures*) says
# next to nothing: it has this idf, and every word's is taken less it. Nothing taken off: J 0.773 →
# 0.763, P 0.811 → 0.806; 0.5 to 1.5: J within 0.003; 2.0: J +0.009, T −0.016.
_COMMON: Final = 1.0
_LEAST_INFORMATION: Final = 0.05


def words_wanted(information: Sequence[float]) -> tuple[tuple[int, ...], int]:
    """Return what each word counts for, and how much a question must hold to follow.

    Args:
        information: what each word says (its idf), 0.0 for one that no question holds.

    >>> words_wanted([6.0, 2.0, 0.0])
    ((750, 250, 1), 600)
    """
    total = sum(information) or 1.0
    weights = tuple(max(1, round(_WEIGHTS * said / total)) for said in information)
    known = sum(weight for weight, said in zip(weights, information, strict=True) if said)
    return weights, max(1, ceil(WANTED_SHARE * known))


def telling(information: Sequence[float]) -> tuple[bool, ...]:
    """Return which words make a question related that holds none of the others.

    >>> telling([6.0, 2.0, 0.05])
    (True, True, False)
    """
    least = TELLING_SHARE * max(information, default=0.0)
    return tuple(said >= least for said in information)


def feedback_total(words: int) -> float:
    """Return what all words of feedback weigh together, beside so many typed words."""
    return FEEDBACK_WEIGHT * min(words, _MOST_MATCHED)


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
