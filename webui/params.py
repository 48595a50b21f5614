"""URL ↔ Search: one parameter a filter, one canonical form, defaults left out.

Every link of a page is a :class:`Search` changed by a function of this module and written by
:func:`query_string`; nothing else knows how a search looks in a URL.

>>> typed = MultiDict([("tri", "pertinence"), ("q", " loup "), ("du", "03/2019")])
>>> query_string(search_from_args(typed))
'q=loup&du=2019-03'
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from indexer.errors import BadParameter
from indexer.french.acronyms import key_of
from indexer.search.meanings import choice_of
from indexer.search.ranges import parse_days, written_date, written_days
from indexer.search.request import (
    FILTERS,
    FORMS,
    MAX_PAGE,
    MAX_PAGE_SIZE,
    SORTS,
    DateRange,
    Search,
    canonical_value,
    date_range,
)
from indexer.search.results import Synonym
from indexer.search.statistics import BY_YEAR, DEFAULT_GROUPING, GROUPINGS

ASKED: Final = ("du", "au")
ANSWERED: Final = ("reponse_du", "reponse_au")
SINGLE: Final = (
    "q", "formes", *ASKED, *ANSWERED, "delai", "champ", "tri", "page", "taille", "groupees",
)  # fmt: skip
WITHOUT: Final = "sans"
WITH: Final = "avec"
BY_DATE: Final = "recentes"

_DEFAULT: Final = Search(grouped=True)
_NO: Final = "non"
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LONGEST_NUMBER: Final = 9


def new_search(**fields: Any) -> Search:
    """Return a search as pages make it: one question a family, the others a link away."""
    return replace(_DEFAULT, **fields)


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
        delay=parse_days(clean(args.get("delai", "")), "delai"),
        exact=_is_exact(clean(args.get("formes", ""))),
        sort=_sort(clean(args.get("tri", "")), text),
        scope=clean(args.get("champ", "")) or _DEFAULT.scope,
        page=_number(args, "page", _DEFAULT.page, MAX_PAGE),
        size=_number(args, "taille", _DEFAULT.size, MAX_PAGE_SIZE),
        grouped=_is_grouped(clean(args.get("groupees", ""))),
        family=clean(args.get("famille", "")).upper(),
        without_synonyms=_acronyms(args.getlist(WITHOUT)),
        synonyms=_acronyms(args.getlist(WITH)),
    )


def _is_exact(given: str) -> bool:
    if given and given not in FORMS:
        raise BadParameter("formes", given, tuple(FORMS))
    return given == "exactes"


def _sort(given: str, text: str) -> str:
    if given and given not in SORTS:
        raise BadParameter("tri", given, tuple(SORTS))
    if not text and given == _DEFAULT.sort:
        return BY_DATE
    return given or default_sort(text)


def _is_grouped(given: str) -> bool:
    if given not in ("", _NO):
        raise BadParameter("groupees", given, (_NO,))
    return given != _NO


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
    pairs = [("q", search.text), ("formes", "exactes" if search.exact else "")]
    pairs += _period_pairs(search.asked, ASKED)
    pairs += _period_pairs(search.answered, ANSWERED)
    pairs.append(("delai", written_days(search.delay)))
    pairs += [(name, value) for name in FILTERS for value in search.filters.get(name, ())]
    if search.scope != _DEFAULT.scope:
        pairs.append(("champ", search.scope))
    pairs += [(WITHOUT, acronym) for acronym in search.without_synonyms]
    pairs += [(WITH, choice) for choice in search.synonyms]
    if search.sort != default_sort(search.text):
        pairs.append(("tri", search.sort))
    if search.family:
        pairs.append(("famille", search.family))
    elif not search.grouped:
        pairs.append(("groupees", _NO))
    if search.page != _DEFAULT.page:
        pairs.append(("page", str(search.page)))
    if search.size != _DEFAULT.size:
        pairs.append(("taille", str(search.size)))
    return [(name, value) for name, value in pairs if value]


def grouping_from_args(args: MultiDict[str, str]) -> str:
    """Read what the rows of statistics are told apart by.

    Raises:
        BadParameter: nothing can be counted by that.
    """
    by = clean(args.get("par", "")) or DEFAULT_GROUPING
    if by not in GROUPINGS:
        raise BadParameter("par", by, tuple(GROUPINGS))
    return by


def statistics_query(search: Search, by: str) -> str:
    """Return the parameters of statistics; order and pages of the search mean nothing to them."""
    plain = replace(search, sort=default_sort(search.text), page=1, size=_DEFAULT.size)
    pairs = [("par", by)] if by != DEFAULT_GROUPING else []
    return urlencode([*canonical_query(plain), *pairs])


def _period_pairs(period: DateRange, names: tuple[str, str]) -> list[tuple[str, str]]:
    return [
        (names[0], written_date(period.first, last_day=False)),
        (names[1], written_date(period.last, last_day=True)),
    ]


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


def with_forms(search: Search, *, exact: bool) -> Search:
    """Return the same search for exact forms only, or for variants too, from its first page."""
    return replace(search, exact=exact, page=1)


def with_family(search: Search, family: str) -> Search:
    """Return the search for all questions of one family, ``""`` for those of any."""
    return replace(search, family=family, page=1)


def ungrouped(search: Search, *, grouped: bool = False) -> Search:
    """Return the search that shows all questions of each family, or one of each."""
    return replace(search, grouped=grouped, page=1)


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


def with_row(search: Search, by: str, value: str) -> Search:
    """Return the search for the questions of one row of its statistics."""
    if by != BY_YEAR:
        return replace(search, filters={**search.filters, by: (value,)}, page=1)
    return within(search, date(int(value), 1, 1), date(int(value), 12, 31))


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


def within(search: Search, first: date, last: date, name: str = "asked") -> Search:
    """Return the search for what was ``asked``, or ``answered``, in a part of its own period.

    Days that are not in that period leave it as it is.
    """
    if name == "answered":
        return replace(search, answered=_common(search.answered, first, last), page=1)
    return replace(search, asked=_common(search.asked, first, last), page=1)


def _common(known: DateRange, first: date, last: date) -> DateRange:
    first, last = max(first, known.first or first), min(last, known.last or last)
    return DateRange(first, last) if first <= last else known


def is_filtered(search: Search) -> bool:
    """Tell whether anything but its words narrows a search."""
    dated = bool(search.asked or search.answered or search.delay)
    return bool(search.filters) or dated or search.scope != _DEFAULT.scope
