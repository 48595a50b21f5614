"""The questions beside one: of its family, recalled by it or recalling it, or like it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A question beside another one: of its family, like it, recalled by it.

    ``shares_answer`` tells that both were given the same answer; ``shared`` are the words, as they
    are written in it, for which it is shown.
    """

    uid: str
    chamber: str
    kind: str
    legislature: int
    number: int
    title: str
    author: str | None
    date_asked: date | None
    status: str
    shares_answer: bool = False
    shared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a question, oldest first, at most so many as an engine says.

    ``family`` are the others that are nearly the same or share an answer, ``family_size`` how many
    they are, ``same_answer`` how many share the answer. ``recalls`` are those that it names,
    ``recalled_by`` those that name it; ``unknown`` are those of its author that it names and that
    are not there, as (kind if it is said, number).
    """

    family: tuple[Neighbour, ...] = ()
    family_size: int = 0
    same_answer: int = 0
    recalls: tuple[Neighbour, ...] = ()
    recalled_by: tuple[Neighbour, ...] = ()
    unknown: tuple[tuple[str | None, int], ...] = ()


def neighbour_json(neighbour: Neighbour) -> dict[str, Any]:
    """Return the JSON form of a question beside another one."""
    asked = neighbour.date_asked
    return asdict(neighbour) | {
        "date_asked": asked.isoformat() if asked else None,
        "shared": list(neighbour.shared),
    }


def surroundings_json(around: Surroundings, similar: Sequence[Neighbour]) -> dict[str, Any]:
    """Return the JSON form of what stands around a question, the same for command and API."""
    return {
        "family": [neighbour_json(other) for other in around.family],
        "family_size": around.family_size,
        "same_answer": around.same_answer,
        "recalls": [neighbour_json(other) for other in around.recalls],
        "recalled_by": [neighbour_json(other) for other in around.recalled_by],
        "unknown": [{"kind": kind, "number": number} for kind, number in around.unknown],
        "similar": [neighbour_json(other) for other in similar],
    }
