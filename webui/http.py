"""What every answer carries, and what an error looks like: HTTP, and nothing of questions.

An error becomes a French page, or a problem document (RFC 9457) where the route or the client
speaks JSON. Words that somebody searched for are never logged: a failure is logged as the name of
its exception, its endpoint and its stack, without the message, which may quote them.
"""

import hashlib
import traceback
from collections.abc import Callable
from typing import Any, Final

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    RequestEntityTooLarge,
    RequestURITooLarge,
)

from indexer import __version__
from indexer.errors import BadParameter, IndexingError, UnknownQuestion
from webui.renderers import html, json

_SECURITY_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # The address of a page holds what was searched for: other sites are not told.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
    ),
}
# Longer than any search that the form can make; it bounds the work of reading one.
_MAX_QUERY_STRING: Final = 8 * 1024
_RETRY_SECONDS: Final = 60
_FIRST_ERROR: Final = 400
_HTML: Final = "text/html"
_JSON_TYPES: Final = ("application/json", "application/problem+json")

_TITLES: Final = {
    400: "Demande incomprise",
    404: "Page introuvable",
    405: "Méthode refusée",
    413: "Demande trop volumineuse",
    414: "Adresse trop longue",
    500: "Erreur du site",
    503: "Index indisponible",
}
_DETAILS: Final = {
    400: "Le serveur n’a pas compris cette demande.",
    404: "Il n’y a pas de page à cette adresse.",
    405: "Les pages de ce site se lisent (GET, HEAD) ; elles ne reçoivent rien d’autre.",
    413: "Les pages de ce site ne reçoivent pas de contenu.",
    414: "Cette adresse est trop longue pour être une recherche.",
    500: "Une erreur inattendue s’est produite. Elle a été consignée, sans les mots cherchés.",
}


def register(app: Flask) -> None:
    """Give an application its headers, its limits and its errors."""
    app.before_request(_refuse_unreadable)
    app.after_request(_add_headers)
    app.register_error_handler(BadParameter, _bad_parameter)
    app.register_error_handler(UnknownQuestion, _unknown_question)
    app.register_error_handler(IndexingError, _no_index)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def revalidated(generation: str, render: Callable[[], Response | str]) -> Response:
    """Answer 304 where the client holds this very page, else render it with its ETag.

    The body of an address changes only with the index and with the program: the tag is made of
    these three, and nothing is searched to compute it. The whole query string is in it, not only
    its canonical form, because the form of a page shows what was typed.
    """
    named = (__version__, generation, request.path, request.query_string.decode("latin-1"))
    tag = hashlib.sha256("\n".join(named).encode()).hexdigest()[:32]
    if request.if_none_match.contains_weak(tag):
        response = Response(status=304)
    else:
        response = current_app.make_response(render())
    response.set_etag(tag, weak=True)
    # Kept by the reader's own browser only, and asked for again each time.
    response.cache_control.private = True
    response.cache_control.no_cache = True
    return response


def _refuse_unreadable() -> None:
    """Refuse what no page of the site can make; raw bytes that are not UTF-8 break ``args``."""
    if (request.content_length or 0) > current_app.config["MAX_CONTENT_LENGTH"]:
        raise RequestEntityTooLarge
    if len(request.query_string) > _MAX_QUERY_STRING:
        raise RequestURITooLarge
    try:
        request.query_string.decode()
    except UnicodeDecodeError as error:
        raise BadRequest from error


def _add_headers(response: Response) -> Response:
    for name, value in _SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if response.status_code >= _FIRST_ERROR:
        response.cache_control.no_store = True
        response.vary.add("Accept")
    return response


def _wants_json() -> bool:
    if request.path.endswith(".json") or request.path == "/healthz":
        return True
    return request.accept_mimetypes.best_match((_HTML, *_JSON_TYPES), _HTML) != _HTML


def _error(status: int, detail: str, title: str | None = None, **more: Any) -> Response:
    title = title or _TITLES.get(status, "Demande refusée")
    if _wants_json():
        return json.problem(status, title, detail, **more)
    page = html.error_page(status, title, detail)
    return Response(page, status)


def _bad_parameter(error: BadParameter) -> Response:
    if not _wants_json():
        return Response(html.bad_search_page(request.args, error), _FIRST_ERROR)
    valid = error.valid if isinstance(error.valid, str) else list(error.valid)
    return _error(
        400,
        str(error),
        "Paramètre refusé",
        parameter=error.parameter,
        value=error.value,
        valid=valid,
    )


def _unknown_question(error: UnknownQuestion) -> Response:
    if not error.candidates:
        return _error(404, str(error), "Question introuvable")
    title = "Plusieurs questions portent ce numéro"
    if _wants_json():
        return json.problem(300, title, str(error), candidates=list(error.candidates))
    return Response(html.choices_page(error.reference, error.candidates), 300)


def _no_index(error: IndexingError) -> Response:
    response = _error(503, str(error))
    response.headers["Retry-After"] = str(_RETRY_SECONDS)
    return response


def _http_error(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < _FIRST_ERROR or error.response is not None:
        return error
    detail = _DETAILS.get(error.code, "Le serveur ne peut pas donner suite à cette demande.")
    response = _error(error.code, detail)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:
    stack = "".join(traceback.format_tb(error.__traceback__))
    name = type(error).__name__
    current_app.logger.error("%s while answering %s\n%s", name, request.endpoint, stack)
    return _error(500, _DETAILS[500])
