"""The Flask site: pages and JSON over an engine; knows no Whoosh and builds no index.

The way of a request: ``views`` reads the URL through ``params`` into a ``Search``, asks the
engine, and hands the frozen answer to a module of ``renderers``; ``http`` turns errors into
answers and adds what every answer carries.

>>> create_app().url_map.is_endpoint_expecting("site.question", "reference")
True
"""

from flask import Flask
from jinja2 import StrictUndefined

from indexer.search.engine import Engine
from indexer.settings import Settings
from webui import http, views
from webui.renderers import html
from webui.serving import EngineSource

__all__ = ["create_app"]

# No page takes a body: anything larger than a form that strayed here is refused unread.
_MAX_BODY_BYTES = 16 * 1024


def create_app(settings: Settings | None = None, engine: Engine | None = None) -> Flask:
    """Make the site.

    Args:
        settings: where the index is; read from the environment if not given.
        engine: what answers; opened from the settings at the first request if not given.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = _MAX_BODY_BYTES
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.undefined = StrictUndefined
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # of Flask's default provider
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the same
    EngineSource(settings, engine).attach(app)
    html.register(app)
    http.register(app)
    app.register_blueprint(views.site)
    return app
