"""The routes: each reads its URL, asks the engine, and hands the answer to a renderer."""

from collections.abc import Callable

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from indexer.errors import BadParameter, UnknownQuestion
from indexer.question import Key, Reference, parse_reference, uid_of
from indexer.search.naming import naming
from indexer.search.request import MAX_QUERY_CHARACTERS, Search
from webui.http import revalidated
from webui.params import (
    clean,
    grouping_from_args,
    new_search,
    query_string,
    search_from_args,
    unbroken,
)
from webui.renderers import html, json
from webui.serving import engine

site = Blueprint("site", __name__)

# More than one looks through.
_SUGGESTIONS = 8
# Longer than the address of any page that a reference can be.
_MAX_REFERENCE = 300


@site.get("/")
def start() -> Response:
    """Show the search form, what the index holds, and examples."""
    info = engine().info()
    return revalidated(info.generation, lambda: html.start_page(info))


@site.get("/recherche")
def results() -> Response:
    """Show one page of results."""
    search = search_from_args(request.args)
    served = engine()
    return revalidated(
        served.info().generation,
        lambda: html.results_page(served.search(search), request.args),
    )


@site.get("/recherche.json")
def results_json() -> Response:
    """Return one page of results as JSON."""
    search = search_from_args(request.args)
    served = engine()
    return revalidated(served.info().generation, lambda: json.results(served.search(search)))


@site.get("/completion.json")
def completion() -> Response:
    """Return how what is being typed may go on; a space at its end counts."""
    typed = unbroken(request.args.get("q", ""))
    served = engine()
    return revalidated(
        served.info().generation,
        lambda: json.suggestions(typed, served.suggest(typed, _SUGGESTIONS)),
    )


@site.get("/statistiques")
def statistics() -> Response:
    """Show answers and delays of all that a search finds."""
    search, by = search_from_args(request.args), grouping_from_args(request.args)
    served = engine()
    return revalidated(
        served.info().generation,
        lambda: html.statistics_page(served.statistics(search, by)),
    )


@site.get("/statistiques.json")
def statistics_json() -> Response:
    """Return answers and delays of all that a search finds as JSON."""
    search, by = search_from_args(request.args), grouping_from_args(request.args)
    served = engine()
    return revalidated(
        served.info().generation, lambda: json.statistics(served.statistics(search, by))
    )


@site.get("/question/<path:reference>/similaires.json", merge_slashes=False)
def similar_json(reference: str) -> AnyResponse:
    """Return what stands around a question: its family, recalls, and what is like it."""
    return _with_key(reference, "site.similar_json", _similar_json)


@site.get("/question/<path:reference>.json", merge_slashes=False)
def question_json(reference: str) -> AnyResponse:
    """Return a question's interchange record."""
    return _with_key(reference, "site.question_json", _question_json)


@site.get("/question/<path:reference>", merge_slashes=False)
def question(reference: str) -> AnyResponse:
    """Show a question, with the words that led to it marked."""
    return _with_key(reference, "site.question", _question_page)


def _with_key(reference: str, endpoint: str, answer: Callable[[Key], AnyResponse]) -> AnyResponse:
    """Answer for the one question that a reference means, at its canonical address only."""
    key = _find(reference)
    uid = uid_of(key)
    if uid != reference:
        kept = query_string(_search_that_led_here())
        return redirect(url_for(endpoint, reference=uid) + (f"?{kept}" if kept else ""))
    return answer(key)


def _find(reference: str) -> Key:
    parsed = _reference(reference) if len(reference) <= _MAX_REFERENCE else None
    keys = engine().find(parsed) if parsed else ()
    if len(keys) != 1:
        raise UnknownQuestion(reference[:_MAX_REFERENCE], [uid_of(key) for key in keys])
    return keys[0]


def _reference(typed: str) -> Reference | None:
    named = naming(typed)
    return named.reference if named else parse_reference(typed)


def _question_page(key: Key) -> AnyResponse:
    search = _search_that_led_here()
    served = engine()

    def render() -> str:
        marked = served.marked(key, search)
        if marked is None:
            raise UnknownQuestion(uid_of(key))
        return html.question_page(marked, search, served.around(key), served.similar(key))

    return revalidated(served.info().generation, render)


def _question_json(key: Key) -> AnyResponse:
    served = engine()

    def render() -> Response:
        record = served.get(key)
        if record is None:
            raise UnknownQuestion(uid_of(key))
        return json.question(record)

    return revalidated(served.info().generation, render)


def _similar_json(key: Key) -> AnyResponse:
    served = engine()
    return revalidated(
        served.info().generation,
        lambda: json.surroundings(served.around(key), served.similar(key)),
    )


def _search_that_led_here() -> Search:
    """Return the search that the address carries along; its words alone if the rest is wrong."""
    try:
        return search_from_args(request.args)
    except BadParameter:
        text = clean(request.args.get("q", ""))[:MAX_QUERY_CHARACTERS]
        return new_search(text=text)


@site.get("/aide")
def help_page() -> str:
    """Explain the query language; works without an index."""
    return html.help_page()


@site.get("/healthz")
def health() -> Response:
    """Tell a supervisor whether the site can answer."""
    response = json.health(engine().info())
    response.cache_control.no_store = True
    return response


@site.get("/robots.txt")
def robots() -> Response:
    """Keep robots out of the endless space of searches; questions are theirs to read."""
    return Response(
        "User-agent: *\nDisallow: /recherche\nDisallow: /statistiques\nDisallow: /completion\n",
        mimetype="text/plain",
    )
