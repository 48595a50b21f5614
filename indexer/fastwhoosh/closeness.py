"""How often the terms of a line stand together, from their positions: the obvious reading.

>>> together = plan.Positional((), 1.0, 1.2, plan.ORDERED, 0)
>>> line = plan.Line("text", (b"loup", b"gris"), (0, 1), 1.0, 0.75, 100.0)
>>> standing_together(together, line, [[3, 9], [4, 12]])
1
"""

from collections.abc import Callable, Sequence
from typing import Final

from indexer.fastwhoosh import plan
from indexer.fastwhoosh.plan import Line, Positional

Places = Sequence[Sequence[int]]


def standing_together(node: Positional, line: Line, places: Places) -> int:
    """Return how often the terms stand together.

    ``places`` are the positions of each term, ascending.
    """
    return _COUNTS[node.mode](node, line, places)


def _ordered(_: Positional, line: Line, places: Places) -> int:
    starts = [
        {position - offset for position in positions if position >= offset}
        for positions, offset in zip(places, line.offsets, strict=True)
    ]
    return len(starts[0].intersection(*starts[1:]))


def _chain(node: Positional, _: Line, places: Places) -> int:
    reached = set(places[0])
    for positions in places[1:]:
        reached = {
            position
            for position in positions
            if any(1 <= position - before <= node.width for before in reached)
        }
    return int(bool(reached))


def _windows(node: Positional, _: Line, places: Places) -> int:
    events = sorted(
        (position, term) for term, positions in enumerate(places) for position in positions
    )
    last: dict[int, int] = {}
    count = 0
    for position, term in events:
        last[term] = position
        if len(last) == len(places) and position - min(last.values()) < node.width:
            count += 1
            last.clear()
    return count


def _near(node: Positional, _: Line, places: Places) -> int:
    if len(places) != 2:  # noqa: PLR2004  # nearness is of two terms
        return 0
    first, second = places
    return sum(
        any(other != position and abs(other - position) <= node.width for other in second)
        for position in first
    )


_COUNTS: Final[dict[int, Callable[[Positional, Line, Places], int]]] = {
    plan.ORDERED: _ordered,
    plan.CHAIN: _chain,
    plan.WINDOW: _windows,
    plan.NEAR: _near,
}
