"""The HTML format: what each template is given.

Markup is born in the templates and nowhere else.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import Flask, render_template, url_for
from werkzeug.datastructures import MultiDict

from indexer.errors import BadParameter
from indexer.question import CHAMBERS, KINDS, STATUSES, Reference, parse_reference
from indexer.search.language import VERSION
from indexer.search.neighbours import Neighbour, Surroundings
from indexer.search.ranking import MAX_EXPANSIONS
from indexer.search.request import FILTERS, FORMS, MAX_PAGE_SIZE, SCOPES, SORTS, Search
from indexer.search.results import IndexInfo, MarkedQuestion, Results
from indexer.search.statistics import DEFAULT_GROUPING, Statistics
from webui.charts import charts
from webui.form import FIELD_LABELS, Form, form_from_args
from webui.params import BY_DATE, canonical_query, is_filtered, new_search, ungrouped, with_forms
from webui.renderers import holdings, navigation, record, statistics, typography
from webui.serving import engine

_PAGE_SIZES: Final = (10, 20, 50, 100)
_LONGEST_TITLE: Final = 80
OLDEST_FIRST: Final = "anciennes"


def register(app: Flask) -> None:
    """Give the templates of an application their filters and functions."""
    app.jinja_env.filters.update(typography.FILTERS)
    app.jinja_env.filters.update(spoken=record.spoken, source_label=record.source_label)
    app.jinja_env.globals.update(
        FILTERS=FILTERS, FORMS=FORMS, SCOPES=SCOPES, SORTS=SORTS, KINDS=KINDS, STATUSES=STATUSES,
        CHAMBERS=CHAMBERS, text_url=navigation.text_url,
        value_url=navigation.value_url, question_url=navigation.question_url,
        family_url=navigation.family_url,
        results_url=navigation.results_url, FIELD_LABELS=FIELD_LABELS,
        designation=typography.designation, synonym_url=navigation.synonym_url,
        ministries=record.ministries, page_sizes=_page_sizes,
    )  # fmt: skip


def _page_sizes(given: str) -> list[tuple[str, str]]:
    """Return the choices of a page's length, the one that was asked for among them."""
    sizes = set(_PAGE_SIZES)
    if given.isascii() and given.isdigit() and 1 <= int(given[:4]) <= MAX_PAGE_SIZE:
        sizes.add(int(given[:4]))
    default = Search().size
    ordered = [default, *sorted(sizes - {default})]
    return [(str(size), str(size)) for size in ordered]


def _render(template: str, **context: Any) -> str:
    context.setdefault("info", _info_if_any())
    return render_template(template, **context)


def _info_if_any() -> IndexInfo | None:
    """Describe the index, unless that is what fails: an error page must not fail in its turn."""
    try:
        return engine().info()
    except Exception:  # noqa: BLE001  # whatever it is, the page that is asked for comes first
        return None


def start_page(info: IndexInfo) -> str:
    """Render the start page."""
    kinds, rows = holdings.holdings(info)
    return _render("accueil.html", info=info, form=Form(), kinds=kinds, rows=rows)


def results_page(results: Results, args: MultiDict[str, str]) -> str:
    """Render one page of results."""
    search = results.search
    return _render(
        "recherche.html",
        results=results,
        search=search,
        form=form_from_args(args),
        heading=_heading(results),
        chips=navigation.chips(search, results.facets),
        charts=charts(search, results.timeline),
        statistics_url=navigation.statistics_url(search, DEFAULT_GROUPING),
        clear_url=navigation.results_url(new_search(text=search.text)),
        facets=navigation.facets(results),
        sorts=navigation.sorts(search),
        pages=navigation.pages(results),
        last_page=navigation.last_page(results),
        ungrouped_url=navigation.results_url(ungrouped(search)),
        page_url=navigation.page_url,
        named=navigation.named_links(results.understood.named, search),
        other_forms_url=navigation.results_url(with_forms(search, exact=not search.exact)),
        listing=not search.text and not is_filtered(search),
        partial_from=_first_partial(results),
        wordless_from=next((at for at, hit in enumerate(results.hits) if hit.wordless), None),
        canonical=navigation.results_url(search),
    )


def _heading(results: Results) -> str:
    """Return how many questions were found, and for which words."""
    found = typography.counted(results.total, "question") if results.total else "Aucune question"
    text = results.search.text
    if not text:
        return found
    shown = text if len(text) <= _LONGEST_TITLE else f"{text[:_LONGEST_TITLE].rstrip()}…"
    return typography.punctuated(f"{found} pour « ") + shown + typography.punctuated(" »")


def _first_partial(results: Results) -> int | None:
    """Return the place, on this page, of the first hit that lacks a word of the query.

    None in the order of relevance, where such hits stand among the others.
    """
    if results.total_all_words >= results.total or results.search.sort == Search().sort:
        return None
    shown_before = (results.search.page - 1) * results.search.size
    place = max(results.groups_all_words - shown_before, 0)
    return place if place < len(results.hits) else None


def statistics_page(found: Statistics) -> str:
    """Render the statistics of what a search finds."""
    return _render("statistiques.html", **statistics.context(found))


def bad_search_page(args: MultiDict[str, str], error: BadParameter) -> str:
    """Render the form as it was filled in, and what is wrong with it."""
    return _render("recherche_refusee.html", form=form_from_args(args, error), error=error)


def question_page(
    marked: MarkedQuestion, search: Search, around: Surroundings, similar: Sequence[Neighbour]
) -> str:
    """Render a question with what stands around it; ``search`` is what led to it, to go back to."""
    came_from = bool(canonical_query(search))
    return _render(
        "question.html",
        marked=marked,
        record=marked.record,
        around=around,
        similar=similar,
        whole_family_url=navigation.family_url(marked.record.uid, new_search(sort=OLDEST_FIRST)),
        search=search,
        back_url=navigation.results_url(search) if came_from else None,
        canonical=url_for("site.question", reference=marked.record.uid),
        history=record.history(marked.record),
        is_exchange=record.is_exchange(marked.record),
        notice=record.notice(marked.record),
        no_answer=record.no_answer(marked.record),
    )


def choices_page(reference: str, candidates: Sequence[str]) -> str:
    """Render the questions among which a reference leaves a choice."""
    parsed = [(uid, parse_reference(uid)) for uid in candidates]
    choices = [(uid, found) for uid, found in parsed if isinstance(found, Reference)]
    return _render("choix.html", reference=reference, choices=choices)


def help_page() -> str:
    """Render the help, with examples from the index where there is one."""
    filters, number = _help_examples()
    return _render(
        "aide.html",
        language_version=VERSION,
        max_expansions=MAX_EXPANSIONS,
        filter_examples=filters,
        number_example=number,
    )


def _help_examples() -> tuple[Mapping[str, str], str]:
    """Return a filter as it is typed for each facet, and the number of a question."""
    try:
        found = engine().search(Search(sort=BY_DATE, size=1))
    except Exception:  # noqa: BLE001  # the help is there when nothing else is
        return {}, ""
    numbers = [f"{hit.kind} n° {hit.number} {hit.legislature}e" for hit in found.hits]
    return navigation.filter_examples(found.facets), numbers[0] if numbers else ""


def error_page(status: int, title: str, detail: str) -> str:
    """Render an error that is no fault of the search form."""
    return _render("erreur.html", status=status, title=title, detail=detail, form=Form())
