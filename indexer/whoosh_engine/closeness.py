"""Words that stand together, as plans: phrases, and what plain words earn by standing close."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from indexer.fastwhoosh import plan
from indexer.fastwhoosh.plan import Node as Plan
from indexer.fastwhoosh.plan import Positional
from indexer.french.analysis import stem_form
from indexer.search import ranking
from indexer.whoosh_engine.schema import PARTS
from indexer.whoosh_engine.snapshot import Snapshot

_PARTS_OF_SCOPE: Final = {
    "tout": PARTS,
    "titre": ("title",),
    "question": ("question",),
    "reponse": ("answer",),
}


def parts_of(scope: str) -> tuple[str, ...]:
    """Return the parts of a question that a scope of ``request.SCOPES`` means."""
    return _PARTS_OF_SCOPE[scope]


def together(
    snapshot: Snapshot, words: Sequence[str], form: str, parts: Sequence[str], weight: float = 1.0
) -> Positional:
    """Return the plan of words that stand side by side; it scores as one rare word."""
    return _placed(snapshot, tuple(zip(range(len(words)), words, strict=True)), form, parts, weight)


def _placed(
    snapshot: Snapshot,
    words: Sequence[tuple[int, str]],
    form: str,
    parts: Sequence[str],
    weight: float,
) -> Positional:
    """Return the plan of words that stand at such places, counted from the first."""
    offsets, texts = zip(*words, strict=True)
    lines = snapshot.weighing.lines(texts, form, parts, offsets)
    said = sum(snapshot.information(word, form) for word in dict.fromkeys(texts))
    return Positional(lines, weight * said, ranking.K1, plan.ORDERED, 0)


def bonuses(snapshot: Snapshot, plain: Sequence[str], parts: Sequence[str]) -> Iterator[Plan]:
    """Yield what plain words earn by standing as they were typed, or close together."""
    placed = [(place, stem) for place, word in enumerate(plain) if (stem := stem_form(word))]
    if len(placed) < 2:  # noqa: PLR2004  # a pair takes two
        return
    yield together(snapshot, plain, "exact", parts, ranking.PHRASE_WEIGHT)
    for (before, first), (after, second) in pairwise(placed):
        if first != second:
            words = ((0, first), (after - before, second))
            pair = _placed(snapshot, words, "stem", parts, 1.0)
            yield pair._replace(factor=ranking.ORDERED_PAIR_WEIGHT * pair.factor)
            yield pair._replace(
                factor=ranking.NEAR_PAIR_WEIGHT * pair.factor,
                mode=plan.NEAR,
                width=ranking.NEAR_WINDOW,
            )
