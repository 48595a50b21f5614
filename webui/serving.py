"""The engine of an application: given, or opened when the first request needs it.

An index that is not there yet is looked for again at the next request, so that a site may be
started before its index is built.
"""

from threading import Lock
from typing import cast

from flask import Flask, current_app

from indexer.search.engine import Engine
from indexer.settings import Settings

_EXTENSION = "questions"


class EngineSource:
    """Holds the engine of one application; safe between threads."""

    def __init__(self, settings: Settings | None, engine: Engine | None) -> None:
        self._settings = settings
        self._engine = engine
        self._lock = Lock()

    def attach(self, app: Flask) -> None:
        """Make it the one that :func:`engine` asks in this application."""
        app.extensions[_EXTENSION] = self

    def get(self) -> Engine:
        """Return the engine, opened if need be.

        Raises:
            IndexingError: there is no index, or none that can be used.
        """
        with self._lock:
            if self._engine is None:
                self._engine = _open(self._settings or Settings.from_environment())
            return self._engine


def _open(settings: Settings) -> Engine:
    # Start-up cost: an application that is given its engine never loads the other one.
    from indexer.whoosh_engine import open_engine  # noqa: PLC0415  # start-up cost

    return open_engine(settings)


def engine() -> Engine:
    """Return the engine of the running application."""
    return cast("EngineSource", current_app.extensions[_EXTENSION]).get()
