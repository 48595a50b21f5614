"""The site for a WSGI server: ``gunicorn webui.wsgi:application``.

Nothing is built at import; the first request makes the application, in the worker that serves it.
"""

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from webui import create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment
    from flask import Flask


@cache
def _app() -> "Flask":
    return create_app()


def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer one request; the settings come from the environment."""
    return _app()(environ, start_response)
