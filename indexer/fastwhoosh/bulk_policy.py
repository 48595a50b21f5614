"""Which segments are to become one: few enough for searching, and no document merged too often.

>>> plan([Size(50_000, 0), Size(50_000, 30_000), Size(0, 100)])
[[1], [2]]
>>> plan([Size(100_000, 0)] * 4 + [Size(100, 0)] * 3)
[[4, 5, 6]]
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from whoosh import writing

from indexer.fastwhoosh.directory import MAX_DOCS

# More segments than this are merged until KEPT are left: about four large ones and a small one.
MOST: Final = 6
KEPT: Final = 5
# Neighbours in size are joined first; a small one joins a large one only for want of better.
_ALIKE: Final = 4
# A segment with more deleted than this share is written anew.
_DELETED: Final = 1 / 3


@dataclass(frozen=True)
class Size:
    """The documents of a segment: those that live, and those that are deleted."""

    live: int
    deleted: int

    @property
    def is_stale(self) -> bool:
        """Whether the segment should be written anew, without its deleted documents."""
        return self.deleted > (self.live + self.deleted) * _DELETED


@dataclass(frozen=True)
class _Group:
    live: int
    members: tuple[int, ...]


def plan(sizes: list[Size], *, optimize: bool = False) -> list[list[int]]:
    """Return groups of segments, by their places, each of which is to become one segment.

    A group of one is to be written anew. Segments in no group stay as they are.
    """
    if optimize:
        return _all(sizes)
    groups = [_Group(size.live, (place,)) for place, size in enumerate(sizes)]
    if len(groups) > MOST:
        groups = _joined(groups)
    wanted = [
        sorted(group.members)
        for group in groups
        if len(group.members) > 1 or sizes[group.members[0]].is_stale
    ]
    return sorted(wanted)


def _all(sizes: list[Size]) -> list[list[int]]:
    """Return one group of all segments, or as few as the format allows."""
    groups: list[list[int]] = []
    live = MAX_DOCS + 1  # no group yet that has room
    for place, size in enumerate(sizes):
        live += size.live
        if live > MAX_DOCS:
            groups.append([])
            live = size.live
        groups[-1].append(place)
    return [group for group in groups if len(group) > 1 or sizes[group[0]].deleted]


def _joined(groups: list[_Group]) -> list[_Group]:
    groups = sorted(groups, key=lambda group: (group.live, group.members))
    while len(groups) > KEPT:
        place = _place_to_join(groups)
        low, high = groups[place : place + 2]
        if low.live + high.live > MAX_DOCS:
            break
        groups[place : place + 2] = [_Group(low.live + high.live, low.members + high.members)]
        groups.sort(key=lambda group: (group.live, group.members))
    return groups


def _place_to_join(groups: list[_Group]) -> int:
    """Return the place of the smallest group that has one like it next, else of the likest."""
    ratios = [(high.live + 1) / (low.live + 1) for low, high in pairwise(groups)]
    for place, ratio in enumerate(ratios):
        if ratio <= _ALIKE:
            return place
    return ratios.index(min(ratios))


def policy_of(
    writer: writing.SegmentWriter,
    mergetype: Any,
    optimize: bool | None,  # noqa: FBT001 - as given to commit
    merge: bool | None,  # noqa: FBT001  # Whoosh's signature
) -> str:
    """Return ``all``, ``some`` or ``none`` from what Whoosh lets one say in three ways."""
    mergetype = writer.mergetype if mergetype is None else mergetype
    named = {writing.OPTIMIZE: "all", writing.MERGE_SMALL: "some", writing.NO_MERGE: "none"}
    if mergetype is not None:
        if mergetype not in named:
            raise ValueError("Fonction de fusion inconnue : OPTIMIZE, MERGE_SMALL ou NO_MERGE")
        return named[mergetype]
    if writer.optimize if optimize is None else optimize:
        return "all"
    return "some" if (writer.merge if merge is None else merge) else "none"
