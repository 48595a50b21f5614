"""URL ↔ Search: one parameter a filter, one canonical form, defaults left out.

Every link of a page is a :class:`Search` changed by a function of this module and written by
:func:`query_string`; nothing else knows how a search looks in a URL.

>>> typed = MultiDict([("tri", "pertinence"), ("q", " loup "), ("du", "03/2019")])
>>> query_string(search_from_args(typed))
'q=loup&du=2019-03'
"""

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Final
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from indexer.errors import BadParameter
from indexer.french.acronyms import key_of
from indexer.search.meanings import choice_of
from indexer.search.request import (
    FILTERS,
    MAX_PAGE,
    MAX_PAGE_SIZE,
    SORTS,
    DateRange,
    Search,
    canonical_value,
    date_range,
)
from indexer.search.results import Synonym

ASKED: Final = ("du", "au")
ANSWERED: Final = ("reponse_du", "reponse_au")
SINGLE: Final = ("q", *ASKED, *ANSWERED, "champ", "tri", "page", "taille")
WITHOUT: Final = "sans"
WITH: Final = "avec"
BY_DATE: Final = "recentes"

_DEFAULT: Final = Search()
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LONGEST_NUMBER: Final = 9
_DECEMBER: Final = 12


def clean(text: str) -> str:
    """Return text in which every run of spaces and control characters is one space."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def unbroken(text: str) -> str:
    """Return text as it is being typed, with a space for each control character."""
    return _CONTROLS.sub(" ", text).lstrip()


def search_from_args(args: MultiDict[str, str]) -> Search:
    """Read a search from the parameters of a URL; those that are not ours are ignored.

    Without words nothing is more relevant than anything else: the newest come first.

    Raises:
        BadParameter: a value that its parameter cannot have.
    """
    text = clean(args.get("q", ""))
    return Search(
        text=text,
        filters=_filters(args),
        asked=_period(args, ASKED),
        answered=_period(args, ANSWERED),
        sort=_sort(clean(args.get("tri", "")), text),
        scope=clean(args.get("champ", "")) or _DEFAULT.scope,
        page=_number(args, "page", _DEFAULT.page, MAX_PAGE),
        size=_number(args, "taille", _DEFAULT.size, MAX_PAGE_SIZE),
        without_synonyms=_acronyms(args.getlist(WITHOUT)),
        synonyms=_acronyms(args.getlist(WITH)),
    )


def _sort(given: str, text: str) -> str:
    if given and given not in SORTS:
        raise BadParameter("tri", given, tuple(SORTS))
    if not text and given == _DEFAULT.sort:
        return BY_DATE
    return given or default_sort(text)


def default_sort(text: str) -> str:
    """Return the order of results that nobody asked another one for."""
    return _DEFAULT.sort if text else BY_DATE


def _filters(args: MultiDict[str, str]) -> dict[str, tuple[str, ...]]:
    wanted = {name: _values(name, args.getlist(name)) for name in FILTERS}
    return {name: values for name, values in wanted.items() if values}


def _values(name: str, given: Iterable[str]) -> tuple[str, ...]:
    values = {canonical_value(name, _CONTROLS.sub(" ", value)) for value in given}
    return tuple(sorted(values - {""}))


def _acronyms(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({clean(value) for value in given} - {""}))


def _period(args: MultiDict[str, str], names: tuple[str, str]) -> DateRange:
    first, last = (clean(args.get(name, "")) for name in names)
    period = date_range(first, last, names)
    if period.first and period.last and period.first > period.last:
        raise BadParameter(names[0], first, f"une date qui ne suit pas celle de fin, {last}")
    return period


def _number(args: MultiDict[str, str], name: str, default: int, highest: int) -> int:
    given = clean(args.get(name, ""))
    if not given:
        return default
    if given.isascii() and given.isdigit() and len(given) <= _LONGEST_NUMBER:
        number = int(given)
        if 1 <= number <= highest:
            return number
    raise BadParameter(name, given, f"un nombre de 1 à {highest}")


def canonical_query(search: Search) -> list[tuple[str, str]]:
    """Return the parameters of a search, in their fixed order; ``search_from_args`` reads them."""
    pairs = [("q", search.text)]
    pairs += _period_pairs(search.asked, ASKED)
    pairs += _period_pairs(search.answered, ANSWERED)
    pairs += [(name, value) for name in FILTERS for value in search.filters.get(name, ())]
    if search.scope != _DEFAULT.scope:
        pairs.append(("champ", search.scope))
    pairs += [(WITHOUT, acronym) for acronym in search.without_synonyms]
    pairs += [(WITH, choice) for choice in search.synonyms]
    if search.sort != default_sort(search.text):
        pairs.append(("tri", search.sort))
    if search.page != _DEFAULT.page:
        pairs.append(("page", str(search.page)))
    if search.size != _DEFAULT.size:
        pairs.append(("taille", str(search.size)))
    return [(name, value) for name, value in pairs if value]


def _period_pairs(period: DateRange, names: tuple[str, str]) -> list[tuple[str, str]]:
    return [
        (names[0], written_date(period.first, last_day=False)),
        (names[1], written_date(period.last, last_day=True)),
    ]


def written_date(day: date | None, *, last_day: bool) -> str:
    """Return the shortest ISO form that ``parse_date`` reads as this day, ``""`` for None."""
    if day is None:
        return ""
    month_end = monthrange(day.year, day.month)[1]
    if day.day != (month_end if last_day else 1):
        return day.isoformat()
    if day.month != (_DECEMBER if last_day else 1):
        return f"{day.year:04d}-{day.month:02d}"
    return f"{day.year:04d}"


def query_string(search: Search) -> str:
    """Return the canonical parameters as the text behind ``?``."""
    return urlencode(canonical_query(search))


def with_page(search: Search, page: int) -> Search:
    """Return the same search at another page."""
    return replace(search, page=page)


def with_sort(search: Search, sort: str) -> Search:
    """Return the same search in another order, from its first page."""
    return replace(search, sort=sort, page=1)


def with_scope(search: Search, scope: str) -> Search:
    """Return the same search in another part of the questions, from its first page."""
    return replace(search, scope=scope, page=1)


def with_text(search: Search, text: str) -> Search:
    """Return the same search for other words, from its first page."""
    text = clean(text)
    sort = default_sort(text) if search.sort == default_sort(search.text) else search.sort
    return replace(search, text=text, sort=sort, page=1, without_synonyms=(), synonyms=())


def with_value(search: Search, name: str, value: str) -> Search:
    """Return the search with one more value wanted of a filter."""
    values = sorted({*search.filters.get(name, ()), canonical_value(name, value)})
    return replace(search, filters={**search.filters, name: tuple(values)}, page=1)


def without_value(search: Search, name: str, value: str) -> Search:
    """Return the search with one value less wanted of a filter."""
    unwanted = canonical_value(name, value)
    values = tuple(kept for kept in search.filters.get(name, ()) if kept != unwanted)
    others = {key: kept for key, kept in search.filters.items() if key != name}
    return replace(search, filters={**others, name: values} if values else others, page=1)


def without_synonym(search: Search, synonym: Synonym) -> Search:
    """Return the search in which an acronym stands for itself only."""
    unchosen = _unchosen(search, synonym.key)
    kept = unchosen.without_synonyms
    return replace(unchosen, without_synonyms=tuple(sorted({*kept, synonym.key})))


def with_synonym(search: Search, synonym: Synonym) -> Search:
    """Return the search in which an acronym has a meaning: that one, where several were offered."""
    unchosen = _unchosen(search, synonym.key)
    if synonym.state != "offered":
        return unchosen
    choice = choice_of(synonym.key, synonym.meaning)
    return replace(unchosen, synonyms=tuple(sorted({*unchosen.synonyms, choice})))


def _unchosen(search: Search, key: str) -> Search:
    """Return the search that says nothing of an acronym, from its first page."""
    without = tuple(each for each in search.without_synonyms if key_of(each) != key)
    chosen = tuple(each for each in search.synonyms if key_of(each.partition(":")[0]) != key)
    return replace(search, without_synonyms=without, synonyms=chosen, page=1)


def without_filters(search: Search) -> Search:
    """Return the search for the same words among all questions."""
    return Search(
        text=search.text,
        sort=search.sort,
        size=search.size,
        without_synonyms=search.without_synonyms,
        synonyms=search.synonyms,
    )


def without_dates(search: Search) -> Search:
    """Return the search without its two periods."""
    return replace(search, asked=DateRange(), answered=DateRange(), page=1)


def is_filtered(search: Search) -> bool:
    """Tell whether anything but its words narrows a search."""
    dated = bool(search.asked or search.answered)
    return bool(search.filters) or dated or search.scope != _DEFAULT.scope
