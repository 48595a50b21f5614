"""Results as JSON: the same for the command line and the site."""

from dataclasses import asdict
from typing import Any

from indexer.search.advice import advice_json
from indexer.search.neighbours import neighbour_json
from indexer.search.results import Hit, IndexInfo, Months, Passage, Results


def working_json(info: IndexInfo) -> dict[str, Any]:
    """Return how an index works, the same for ``questions status`` and the health check."""
    return {
        "native": info.native,
        "why_not_native": info.why_not_native,
        "segments": [asdict(segment) for segment in info.segments],
        "fallbacks": dict(info.fallbacks),
    }


def as_json(results: Results) -> dict[str, Any]:
    """Return the JSON form of results, the same for the command line and the API."""
    return {
        "query": results.search.text,
        "understood": {
            "text": results.understood.text,
            "ignored": list(results.understood.ignored),
            "variants": {word: list(forms) for word, forms in results.understood.variants},
            "notices": list(results.understood.notices),
            "exact": results.search.exact,
            "questions": list(results.understood.named),
            "expansions": [asdict(synonym) for synonym in results.understood.expansions],
        },
        "total": results.total,
        "total_all_words": results.total_all_words,
        "total_related": results.total_related,
        "groups": results.groups,
        "page": results.search.page,
        "pages": results.pages,
        "took_ms": round(results.took_ms, 2),
        "generation": results.generation,
        **advice_json(results.suggestion, results.help),
        "hits": [_hit_json(hit) for hit in results.hits],
        "facets": {
            facet.name: [
                {"value": value.value, "label": value.label, "count": value.count}
                for value in facet.values
            ]
            for facet in results.facets
        },
        "timeline": {
            "asked": _months_json(results.timeline.asked),
            "answered": _months_json(results.timeline.answered),
        },
    }


def _months_json(months: Months) -> dict[str, int]:
    return {f"{year:04d}-{month:02d}": count for year, month, count in months.known()}


def _hit_json(hit: Hit) -> dict[str, Any]:
    return {
        "uid": hit.uid,
        "chamber": hit.chamber,
        "kind": hit.kind,
        "legislature": hit.legislature,
        "number": hit.number,
        "author": hit.author,
        "group": hit.group,
        "ministry_asked": hit.ministry_asked,
        "ministry_answering": hit.ministry_answering,
        "date_asked": hit.date_asked.isoformat() if hit.date_asked else None,
        "date_answered": hit.date_answered.isoformat() if hit.date_answered else None,
        "status": hit.status,
        "delay_days": hit.delay_days,
        "title": "".join(piece.text for piece in hit.title) or None,
        "score": round(hit.score, 6),
        "source_url": hit.source_url,
        "missing": list(hit.missing),
        "others_of_family": hit.others,
        "recalls": neighbour_json(hit.recalled) if hit.recalled else None,
        "related": hit.related,
        "passages": {
            "question": [_passage_json(passage) for passage in hit.question],
            "answer": [_passage_json(passage) for passage in hit.answer],
        },
        "speakers": {
            "question": [passage.speaker for passage in hit.question],
            "answer": [passage.speaker for passage in hit.answer],
        },
    }


def _passage_json(passage: Passage) -> list[list[Any]]:
    return [[piece.text, piece.is_match] for piece in passage.pieces]
