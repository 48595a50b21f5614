"""What may stand before a colon in a typed query: parts of a question, filters, dates, the delay.

>>> read_field("date", "2019", []).last
datetime.date(2019, 12, 31)
>>> read_field("type", "qe", [])
Filtered(name='type', value='QE')
"""

from collections.abc import Mapping
from typing import Final, Literal

from indexer.errors import BadParameter
from indexer.search.ranges import parse_date, parse_days, parse_period
from indexer.search.request import FILTERS, canonical_value
from indexer.search.tree import Delay, Filtered, Node, Period, Scope

SCOPE_FIELDS: Final[Mapping[str, Scope]] = {
    "titre": "titre",
    "question": "question",
    "reponse": "reponse",
    "tout": "tout",
}
DELAY: Final = "delai"
_ASKED: Final = ("du", "au", "date")
_ANSWERED: Final = tuple(f"reponse_{name}" for name in _ASKED)
DATE_FIELDS: Final = (*_ASKED, *_ANSWERED)
FIELDS: Final = (*SCOPE_FIELDS, *FILTERS, *DATE_FIELDS, DELAY)

_NOT_IN_VALUE: Final = str.maketrans(dict.fromkeys('"“”„«»', " "))


def read_field(name: str, typed: str, notices: list[str]) -> Node | None:
    """Return what ``name:typed`` keeps, None where the value is none, which notices tell.

    Args:
        name: one of :data:`FIELDS` that is no part of a question.
        typed: the value, without quotes around it.
        notices: French sentences are added to it.
    """
    value = " ".join(typed.translate(_NOT_IN_VALUE).split())
    if not value:
        notices.append(f"« {name}: » est sans valeur : ignoré.")
        return None
    try:
        if name in DATE_FIELDS:
            return _period(name, value)
        if name == DELAY:
            days = parse_days(value, name)
            return Delay(days.low, days.high)
    except BadParameter as error:
        notices.append(f"{error} Ce filtre est ignoré.")
        return None
    return _filter(name, value, notices)


def _filter(name: str, value: str, notices: list[str]) -> Filtered:
    spec = FILTERS[name]
    chosen = canonical_value(name, value.rstrip("*") or value)
    if spec.values and chosen not in spec.values:
        known = ", ".join(spec.values)
        notices.append(f"{name}:{value} ne désigne rien ; valeurs possibles : {known}.")
    return Filtered(name, chosen)


def _period(name: str, value: str) -> Period:
    field: Literal["asked", "answered"] = "answered" if name in _ANSWERED else "asked"
    if name.endswith("du"):
        return Period(field, parse_date(value, name, last_day=False), None)
    if name.endswith("au"):
        return Period(field, None, parse_date(value, name, last_day=True))
    period = parse_period(value, name)
    return Period(field, period.first, period.last)


def contradictions(nodes: tuple[Node, ...]) -> list[str]:
    """Tell of values that no question has together: each has one value of a closed filter."""
    asked: dict[str, list[str]] = {}
    for node in nodes:
        if isinstance(node, Filtered) and (FILTERS[node.name].values or node.name == "legislature"):
            asked.setdefault(node.name, []).append(node.value)
    return [
        f"Aucune question n'a à la fois {name}:{f' et {name}:'.join(values)} ; "
        f"pour l'un ou l'autre : {name}:({' OU '.join(values)})."
        for name, given in asked.items()
        if len(values := list(dict.fromkeys(given))) > 1
    ]
