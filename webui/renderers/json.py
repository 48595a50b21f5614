"""The JSON format: the same objects as the command line prints."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from flask import Response, jsonify

from indexer.interchange import to_record
from indexer.question import Question
from indexer.search.neighbours import Neighbour, Surroundings, surroundings_json
from indexer.search.request import FILTERS
from indexer.search.results import IndexInfo, Results
from indexer.search.results_json import as_json, working_json
from indexer.search.statistics import Statistics
from indexer.search.statistics import as_json as statistics_json
from indexer.search.suggest import Suggestion
from webui.renderers import typography


def results(found: Results) -> Response:
    """Return a page of results."""
    return jsonify(as_json(found))


def statistics(found: Statistics) -> Response:
    """Return statistics."""
    return jsonify(statistics_json(found))


def suggestions(typed: str, found: Sequence[Suggestion]) -> Response:
    """Return completions of a text, each with what it is in French."""
    listed = [{**asdict(each), "what": _what(each)} for each in found]
    return jsonify({"query": typed, "suggestions": listed})


def _what(suggestion: Suggestion) -> str:
    names = {"valeur": ""} | {name: spec.label.lower() for name, spec in FILTERS.items()}
    name = names.get(suggestion.kind, suggestion.kind)
    return " · ".join(filter(None, (name, typography.counted(suggestion.count, "question"))))


def question(record: Question) -> Response:
    """Return the interchange record of a question."""
    return jsonify(to_record(record))


def surroundings(around: Surroundings, similar: Sequence[Neighbour]) -> Response:
    """Return the questions around one."""
    return jsonify(surroundings_json(around, similar))


def health(info: IndexInfo) -> Response:
    """Return the state of a site that can answer."""
    return jsonify(
        {
            "status": "ok",
            "generation": info.generation,
            "questions": info.questions,
            **working_json(info),
        }
    )


def problem(status: int, title: str, detail: str, **more: Any) -> Response:
    """Return a problem document (RFC 9457); ``more`` are its extension members."""
    response = jsonify(
        {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    )
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response
