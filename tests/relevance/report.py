"""The tables of a run, as Markdown: the figures of README.md are printed here, never typed."""

from collections.abc import Iterator
from typing import Any, Final

from tests.relevance.engines import OURS
from tests.relevance.measuring import MAIN, MEASURES, Figures, difference
from tests.relevance.running import Results

_TITLES: Final = {"RR": "MRR"}


def report(results: Results) -> str:
    """Return the table of a set: an engine a row, and how far ours is from the best peer."""
    collection = results.collection
    head = ["engine", *(_TITLES.get(name, name) for name in MEASURES)]
    rows = [
        [name, *(f"{reached.means[measure]:.3f}" for measure in MEASURES)]
        for name, reached in results.figures.items()
    ]
    if collection.pooled:
        head.append("judged@10")
        for row, reached in zip(rows, results.figures.values(), strict=True):
            row.append(f"{reached.judged:.0%}")
    sizes = f"{len(collection.topics)} queries, {len(collection.questions)} documents"
    title = f"### {collection.name}: {sizes}, {sum(results.seconds.values()):.0f} s"
    return "\n".join([title, "", *_table(head, rows), *_standing(results.figures)])


def _standing(reached: dict[str, Figures]) -> Iterator[str]:
    peer = best_peer(reached)
    if OURS not in reached or peer is None:
        return
    gain = difference(reached[OURS], reached[peer])
    yield ""
    yield (
        f"ours − {peer}, {MAIN}: {gain.mean:+.3f} ± {gain.margin:.3f} (95 %, paired),"
        f" {reached[OURS].main / reached[peer].main - 1:+.1%}"
    )


def best_peer(reached: dict[str, Figures]) -> str | None:
    """Return the peer with the highest main measure, None where there is no peer."""
    peers = [name for name in reached if not name.startswith(OURS)]
    return max(peers, key=lambda name: reached[name].main, default=None)


def per_query(results: Results) -> str:
    """Return the main measure of every query, those where ours loses most first."""
    reached, topics = results.figures, results.collection.topics
    peer = best_peer(reached)

    def gain(query: str) -> float:
        ours = reached[OURS].per_query[query] if OURS in reached else 0.0
        return ours - (reached[peer].per_query[query] if peer else 0.0)

    rows = [
        [query, *(f"{each.per_query[query]:.2f}" for each in reached.values()), topics[query]]
        for query in sorted(topics, key=gain)
    ]
    return "\n".join(_table([MAIN, *reached, "query"], rows))


def as_json(results: Results) -> dict[str, Any]:
    """Return the figures as JSON has them."""
    return {
        name: {"means": dict(reached.means), "per_query": dict(reached.per_query)}
        for name, reached in results.figures.items()
    }


def _table(head: list[str], rows: list[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join('---' if place == 0 else '---:' for place in range(len(head)))}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"
