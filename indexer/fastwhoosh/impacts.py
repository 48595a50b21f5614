"""At most four pairs (tf, norm) that bound every score in a block of postings.

A pair bounds a posting when its tf is at least as large and its norm at most as large. The pairs
are the Pareto front of the block, joined until they fit; the rule is part of the format, so that
every writer gives the same bytes.

>>> impacts([1, 3, 300, 3], [5, 9, 40, 7])
((1, 5), (3, 7), (255, 40), (255, 40))
"""

from collections.abc import Iterable
from typing import Final

Impact = tuple[int, int]

PAIRS: Final = 4
# The largest tf that a byte holds; it stands for itself and everything above.
MANY: Final = 255


def impacts(tfs: Iterable[int], norms: Iterable[int]) -> tuple[Impact, ...]:
    """Return the four pairs of a block, by ascending tf.

    Args:
        tfs: the frequency of each posting, at least one posting.
        norms: the norm byte of each posting's document.
    """
    pairs = front({(min(tf, MANY), norm) for tf, norm in zip(tfs, norms, strict=True)})
    while len(pairs) > PAIRS:
        at = min(range(len(pairs) - 1), key=lambda place: _loss(pairs[place], pairs[place + 1]))
        pairs[at : at + 2] = [(pairs[at + 1][0], pairs[at][1])]
    return tuple(pairs + pairs[-1:] * (PAIRS - len(pairs)))


def front(pairs: Iterable[Impact]) -> list[Impact]:
    """Return the pairs that no other one bounds, by ascending tf (and so by ascending norm)."""
    kept: list[Impact] = []
    for pair in sorted(pairs, key=lambda pair: (-pair[0], pair[1])):
        if not kept or pair[1] < kept[-1][1]:
            kept.append(pair)
    return kept[::-1]


def bounded(tf: int, norm: int, pairs: Iterable[Impact]) -> bool:
    """Whether one of the pairs bounds a posting."""
    return any(min(tf, MANY) <= most and norm >= least for most, least in pairs)


def _loss(lower: Impact, upper: Impact) -> int:
    return (upper[0] - lower[0] + 1) * (upper[1] - lower[1] + 1)
