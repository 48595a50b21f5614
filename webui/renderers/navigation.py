"""The links of a page of results: chips, facets, orders, pages; each is a search written as a URL.

Nothing here makes markup, and no URL is glued together anywhere else.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from flask import url_for

from indexer.question import CHAMBERS, Reference, parse_reference
from indexer.search.request import (
    FILTERS,
    FORMS,
    MAX_PAGE,
    SCOPES,
    SORTS,
    DateRange,
    NumberRange,
    Search,
)
from indexer.search.results import Facet, FacetValue, Results, Synonym
from indexer.search.tree import Filtered
from indexer.search.wording import describe
from webui import params
from webui.renderers.typography import days, designation, ordinal, period

# In the order in which they help to narrow a list; names that are not here come last.
_FACET_ORDER: Final = (
    "statut", "type", "legislature", "chambre", "portefeuille", "ministere", "ministere_reponse",
)  # fmt: skip
_VALUES_IN_SIGHT: Final = 6
_PAGES_AROUND: Final = 2


@dataclass(frozen=True, slots=True)
class Link:
    """A link with what it says; ``count`` where it leads to so many questions."""

    label: str
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Chip:
    """An active filter: its name, its value in words, and the address of the search without it."""

    name: str
    value: str
    url: str


@dataclass(frozen=True, slots=True)
class FacetView:
    """A facet as lists of links: those in sight, those folded away, and how many more there are."""

    name: str
    label: str
    links: tuple[Link, ...]
    folded: tuple[Link, ...]
    others: int


def results_url(search: Search) -> str:
    """Return the address of a page of results."""
    return _address(url_for("site.results"), search)


def question_url(uid: str, search: Search) -> str:
    """Return the address of a question that remembers the search that led to it."""
    return _address(url_for("site.question", reference=uid), search)


def statistics_url(search: Search, by: str) -> str:
    """Return the address of the statistics of what a search finds, by a grouping."""
    query = params.statistics_query(search, by)
    path = url_for("site.statistics")
    return f"{path}?{query}" if query else path


def _address(path: str, search: Search) -> str:
    query = params.query_string(search)
    return f"{path}?{query}" if query else path


def text_url(text: str) -> str:
    """Return the address of a search for some words, for examples."""
    return results_url(params.new_search(text=text))


def named_links(uids: Sequence[str], search: Search) -> list[Link]:
    """Return the questions that a typed number names, each by its full designation."""
    parsed = [(uid, parse_reference(uid)) for uid in uids]
    return [
        Link(_full_designation(found), question_url(uid, search)) for uid, found in parsed if found
    ]


def _full_designation(reference: Reference) -> str:
    pieces = [designation(reference.kind or "", reference.number)]
    if reference.legislature:
        pieces.append(f"{ordinal(reference.legislature)} législature")
    if reference.chamber and reference.chamber != "AN":
        pieces.append(CHAMBERS[reference.chamber])
    return ", ".join(pieces)


def filter_examples(facets: Sequence[Facet]) -> dict[str, str]:
    """Return for each facet that has values its commonest one, as it is typed in a query."""
    return {
        facet.name: describe(Filtered(facet.name, facet.values[0].value))
        for facet in facets
        if facet.values and facet.values[0].count
    }


def value_url(name: str, value: str) -> str:
    """Return the address of all questions that have a value of a filter, the newest first."""
    return results_url(params.with_value(params.new_search(sort=params.BY_DATE), name, value))


def chips(
    search: Search, facets: Sequence[Facet], address: Callable[[Search], str] = results_url
) -> list[Chip]:
    """Return the active filters in the order of the form; ``address`` is that of a page."""
    ranges = (*_periods(search), *_delays(search))
    words = (*_forms(search), *_scope(search))
    active = (*ranges, *words, *_filters(search, facets), *_families(search))
    return [Chip(name, value, address(rest)) for name, value, rest in active]


# An active filter: its name, its value in words, and the search without it.
_Active = tuple[str, str, Search]


def _periods(search: Search) -> Iterator[_Active]:
    if search.asked:
        yield "Posée", period(search.asked), replace(search, asked=DateRange(), page=1)
    if search.answered:
        yield "Répondue", period(search.answered), replace(search, answered=DateRange(), page=1)


def _delays(search: Search) -> Iterator[_Active]:
    if search.delay:
        yield "Délai de réponse", days(search.delay), replace(search, delay=NumberRange(), page=1)


def _forms(search: Search) -> Iterator[_Active]:
    if search.exact:
        yield "Mots", FORMS["exactes"].lower(), params.with_forms(search, exact=False)


def _scope(search: Search) -> Iterator[_Active]:
    whole = Search().scope
    if search.scope != whole:
        yield "Chercher dans", SCOPES[search.scope], params.with_scope(search, whole)


def _families(search: Search) -> Iterator[_Active]:
    if search.family:
        label = _reference_label(search.family)
        yield "Presque identiques à", label, params.with_family(search, "")
    elif not search.grouped:
        label = "Questions presque identiques"
        yield label, "toutes montrées", params.ungrouped(search, grouped=True)


def _reference_label(uid: str) -> str:
    found = parse_reference(uid)
    return designation(found.kind, found.number) if found and found.kind else uid


def family_url(uid: str, search: Search) -> str:
    """Return the address of all questions of a family that a search finds."""
    return results_url(params.with_family(search, uid))


def _filters(search: Search, facets: Sequence[Facet]) -> Iterator[_Active]:
    labels = {(facet.name, value.value): value.label for facet in facets for value in facet.values}
    for name, spec in FILTERS.items():
        for value in search.filters.get(name, ()):
            label = labels.get((name, value)) or value_label(name, value)
            yield spec.label, label, params.without_value(search, name, value)


def synonym_url(synonym: Synonym, search: Search) -> str:
    """Return the address of the search that treats an acronym the other way."""
    change = params.without_synonym if synonym.state == "used" else params.with_synonym
    return results_url(change(search, synonym))


def value_label(name: str, value: str) -> str:
    """Return a filter's value in words, where the table or its meaning gives some."""
    if name == "legislature" and value.isascii() and value.isdigit():
        return ordinal(int(value))
    return FILTERS[name].values.get(value, value)


def facets(results: Results) -> list[FacetView]:
    """Return the facets that leave a choice, the most useful first."""
    views = [_facet_view(results.search, facet) for facet in results.facets if _is_choice(facet)]
    known = {name: place for place, name in enumerate(_FACET_ORDER)}
    return sorted(views, key=lambda view: known.get(view.name, len(known)))


def _is_choice(facet: Facet) -> bool:
    selected = any(value.selected for value in facet.values)
    return facet.name in FILTERS and (len(facet.values) + facet.others > 1 or selected)


def _facet_view(search: Search, facet: Facet) -> FacetView:
    selected = [value for value in facet.values if value.selected]
    others = [value for value in facet.values if not value.selected]
    room = max(_VALUES_IN_SIGHT - len(selected), 0)
    # One value alone is not worth folding away.
    room = len(others) if len(others) == room + 1 else room
    seen = [_facet_link(search, facet.name, value) for value in (*selected, *others[:room])]
    folded = [_facet_link(search, facet.name, value) for value in others[room:]]
    return FacetView(facet.name, facet.label, tuple(seen), tuple(folded), facet.others)


def _facet_link(search: Search, name: str, value: FacetValue) -> Link:
    change = params.without_value if value.selected else params.with_value
    label = value.label if value.label != value.value else value_label(name, value.value)
    url = results_url(change(search, name, value.value))
    return Link(label, url, value.selected, value.count)


def sorts(search: Search) -> list[Link]:
    """Return the orders that a list may be read in; relevance needs words."""
    return [
        Link(label, results_url(params.with_sort(search, sort)), sort == search.sort)
        for sort, label in SORTS.items()
        if search.text or sort != Search().sort
    ]


def pages(results: Results) -> list[Link | None]:
    """Return the pages around the one shown, the first and the last; None is a gap."""
    links: list[Link | None] = []
    before = 0
    for page in _page_numbers(results.search.page, last_page(results)):
        if page != before + 1:
            links.append(None)
        current = page == results.search.page
        links.append(Link(str(page), page_url(results, page), current))
        before = page
    return links


def last_page(results: Results) -> int:
    """Return the number of the last page that may be asked for."""
    return min(results.pages, MAX_PAGE)


def _page_numbers(page: int, last: int) -> list[int]:
    if last < 1:
        return []
    around = range(max(page - _PAGES_AROUND, 1), min(page + _PAGES_AROUND, last) + 1)
    return sorted({1, *around, last})


def page_url(results: Results, page: int) -> str:
    """Return the address of another page of the same results."""
    return results_url(params.with_page(results.search, page))
