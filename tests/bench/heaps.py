"""How vocabulary grows with text: Heaps' law V = K n^beta, fitted on the real documents.

>>> law = fit([(10, 20.0), (1000, 200.0)])
>>> round(law.k, 3), round(law.beta, 3), round(law.vocabulary(100_000))
(6.325, 0.5, 2000)
"""

import math
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

# The curve bends in its beginning: the law is fitted on the last five doublings, whose slope is
# what a larger corpus goes on with, and weighs each of them alike.
_DOUBLINGS: Final = 5
_STEP: Final = 2**0.25


class Heaps(NamedTuple):
    """V = k n^beta words in n tokens; ``error`` is the root mean square of ln V - ln fit."""

    k: float
    beta: float
    error: float

    def vocabulary(self, tokens: int) -> float:
        """Return the size of the vocabulary that the law foresees."""
        return float(self.k * tokens**self.beta)


def fit(points: Sequence[tuple[int, float]]) -> Heaps:
    """Fit the law to (tokens, vocabulary) by least squares of the logarithms."""
    xs = [math.log(tokens) for tokens, _ in points]
    ys = [math.log(size) for _, size in points]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - mean_x) ** 2 for x in xs)
    beta = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread
    shift = mean_y - beta * mean_x
    residuals = [(y - shift - beta * x) ** 2 for x, y in zip(xs, ys, strict=True)]
    return Heaps(math.exp(shift), beta, math.sqrt(sum(residuals) / len(residuals)))


class Growth:
    """The vocabulary of a stream of documents: its size now and the curve so far."""

    def __init__(self) -> None:
        self.tokens = 0
        self.words: set[str] = set()
        self.points: list[tuple[int, int]] = []
        self._next = 1.0

    def add(self, words: Iterable[str]) -> None:
        """Count the words of one document."""
        listed = list(words)
        self.tokens += len(listed)
        self.words.update(listed)
        if self.tokens >= self._next:
            self.points.append((self.tokens, len(self.words)))
            self._next = max(self._next, self.tokens) * _STEP

    def law(self) -> Heaps:
        """Return the law fitted on what was counted, its last point included."""
        points = [*self.points, (self.tokens, len(self.words))]
        first = self.tokens / 2**_DOUBLINGS
        return fit([(n, float(v)) for n, v in points if n >= first])
