"""The tree that a typed query is read into: frozen nodes, free of any engine.

Forms of a word: ``variants`` (its stem, ranked with its exact form), ``exact``, ``pattern``
(``*`` any characters, ``?`` one) and ``fuzzy`` (at most ``distance`` typing errors).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

Form = Literal["variants", "exact", "pattern", "fuzzy"]
Scope = Literal["tout", "titre", "question", "reponse"]


@dataclass(frozen=True, slots=True)
class Word:
    """One word, in its exact form (or a pattern of it), wanted in a scope.

    ``others`` also stand for it, with less weight: acronyms, or what an acronym means.
    """

    text: str
    form: Form = "variants"
    scope: Scope = "tout"
    distance: int = 0
    others: "tuple[Word | Chain, ...]" = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """The word as the parts of a :class:`Compound`: itself."""
        return (self.text,)

    @property
    def whole(self) -> str:
        """The word as the whole of a :class:`Compound`: itself."""
        return self.text


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words side by side, in this order, stop words counted.

    With ``slop`` above 0 they stand in any order, with at most ``slop`` other words between them
    in all. ``variants`` finds the stems of the words.
    """

    words: tuple[str, ...]
    slop: int = 0
    form: Literal["variants", "exact"] = "exact"
    scope: Scope = "tout"


@dataclass(frozen=True, slots=True)
class Chain:
    """Stems in this order, with at most a few little words between two: what an acronym means."""

    stems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compound:
    """A hyphenated word: its parts side by side, or the whole written without hyphens.

    ``others`` also stand for it, as for a :class:`Word`.
    """

    parts: tuple[str, ...]
    whole: str
    scope: Scope = "tout"
    others: tuple[Word | Chain, ...] = ()


@dataclass(frozen=True, slots=True)
class Filtered:
    """A filter in the text: ``auteur:anato``."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Period:
    """A range of dates in the text; ``field`` is ``asked`` or ``answered``."""

    field: Literal["asked", "answered"]
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Delay:
    """A range of the delay of the answer in the text, in days."""

    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class All:
    """Every child."""

    children: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one child."""

    children: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """What the child does not find."""

    child: "Node"


Node = Word | Phrase | Compound | Filtered | Period | Delay | All | Any | Not


def all_of(nodes: Iterable[Node | None]) -> Node | None:
    """Return what every node finds: no All in an All, none of a single node, None of nothing."""
    flat: list[Node] = []
    for node in nodes:
        if node is not None:
            flat.extend(node.children if isinstance(node, All) else (node,))
    if len(flat) <= 1:
        return flat[0] if flat else None
    return All(tuple(flat))


def any_of(nodes: Iterable[Node | None]) -> Node | None:
    """Return what at least one node finds: none of a single node, None of nothing."""
    known = tuple(node for node in nodes if node is not None)
    if len(known) <= 1:
        return known[0] if known else None
    return Any(known)


def wanted_leaves(node: Node | None) -> Iterator[Node]:
    """Yield the leaves of a tree that are not excluded, in typed order."""
    if isinstance(node, All | Any):
        for child in node.children:
            yield from wanted_leaves(child)
    elif node is not None and not isinstance(node, Not):
        yield node


@dataclass(frozen=True, slots=True)
class Query:
    """What was understood of a text.

    ``tree`` is None where nothing is asked. ``plain`` are the exact forms of the plain words in
    typed order, stop words included: they earn the phrase and closeness bonus. ``ignored`` are
    words left out, ``notices`` French sentences for what was read otherwise than it stands.
    """

    tree: Node | None
    plain: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
