"""The tables of a run, as Markdown: the figures of README.md are printed here, never typed."""

from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from typing import Final

from tests.bench import targets
from tests.bench.engines import OURS, PEER, PEER_FROM_TEXT
from tests.bench.measuring import Built
from tests.bench.results import Results
from tests.bench.timing import Timed

_NONE: Final = "—"
_DECIMALS_BELOW: Final = 100
Row = Sequence[str]


def report(results: Results) -> str:
    """Return the whole report."""
    parts = (_head, _corpus, _shapes, _indexing, _others, _throughput, _absent)
    return "\n\n".join(text for part in parts if (text := "\n".join(part(results))))


def _table(head: Row, rows: Iterable[Row]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join('---' if place == 0 else '---:' for place in range(len(head)))}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _head(results: Results) -> Iterator[str]:
    machine, facts = results.machine, results.facts
    versions = ", ".join(f"{name} {version}" for name, version in machine.versions.items())
    yield f"**{_number(facts.documents)} documents**, {machine.date}, {machine.processor},"
    yield f"{machine.processors} processors, {machine.system}; {versions}."


def _corpus(results: Results) -> Iterator[str]:
    facts = results.facts
    k, beta, error = facts.heaps
    yield (
        f"Corpus: {_number(facts.real)} real documents and"
        f" {_number(facts.documents - facts.real)} generated, {facts.text_mb:.0f} MB of text,"
        f" {_number(facts.tokens)} words, {_number(facts.words)} distinct,"
        f" {_number(facts.stems)} stems, {facts.hapax:.0%} of them in one document."
    )
    yield (
        f"Heaps' law on the real documents: V = {k:.2f} n^{beta:.3f}"
        f" (rms error of ln V {error:.3f})."
    )
    curve = facts.growth[:: -max(1, len(facts.growth) // 6)][:6][::-1]
    points = [*curve, (facts.tokens, facts.words)]
    steps = (f"{_number(n)} → {_number(v)} ({_number(int(k * n**beta))})" for n, v in points)
    yield f"Words → distinct words (law): {', '.join(steps)}."


def _shapes(results: Results) -> Iterator[str]:
    if not results.shapes:
        return
    names = list(dict.fromkeys(name for timed in results.shapes.values() for name in timed))
    yield "Microseconds a query, medians; in brackets how many queries where not all were run:"
    yield ""
    head = ["shape", "hits", *(_headed(name, results) for name in names)]
    rows = (_shape_row(shape, timed, names) for shape, timed in results.shapes.items())
    yield from _table([*head, f"{PEER} / ours", "target", ""], rows)
    for name, count in results.fallbacks.items():
        yield ""
        yield f"Searches that {name} left to slower matchers: {count}."


def _headed(name: str, results: Results) -> str:
    held = next(build.documents for build in results.builds if build.engine == name)
    part = "" if held == results.facts.documents else f" ({_number(held)} documents)"
    segments = results.segments.get(name, 1)
    return f"{name}{part}, {segments} segment{'s' if segments > 1 else ''}"


def _shape_row(shape: str, timed: dict[str, Timed], names: Sequence[str]) -> Row:
    label, target = targets.SHAPE_TARGETS[shape]
    asked = max(len(each.microseconds) for each in timed.values())
    counts = [timed[name].counts for name in (OURS, PEER) if name in timed]
    hits = _number(int(median(counts[0]))) if counts else _NONE
    cells = [_cell(timed.get(name), asked) for name in names]
    ratio = _ratio(_median(timed, PEER), _median(timed, OURS))
    return [label, hits, *cells, *_verdict(ratio, target)]


def _cell(timed: Timed | None, asked: int) -> str:
    if timed is None or not timed.microseconds:
        return _NONE
    ran = len(timed.microseconds)
    return f"{_number(median(timed.microseconds))}{f' ({ran})' if ran < asked else ''}"


def _median(timed: dict[str, Timed], name: str) -> float | None:
    return median(timed[name].microseconds) if name in timed else None


def _ratio(theirs: float | None, ours: float | None) -> float | None:
    return theirs / ours if theirs and ours else None


def _verdict(ratio: float | None, target: float) -> Row:
    if ratio is None:
        return [_NONE, f"≥ {target:g}", ""]
    return [f"{ratio:.2f}", f"≥ {target:g}", "met" if ratio >= target else "missed"]


def _indexing(results: Results) -> Iterator[str]:
    yield "Indexing, documents a second, and size:"
    yield ""
    names = list(dict.fromkeys(build.engine for build in results.builds))
    procs = sorted({build.procs for build in results.builds})
    by_key = {(build.engine, build.procs): build for build in results.builds}
    head = ["engine", *(f"{n} at once" for n in procs), "MB", "bytes a document", "documents"]
    yield from _table(head, (_indexing_row(by_key, name, procs) for name in names))
    yield ""
    yield from _indexing_ratios(by_key, procs)


Builds = dict[tuple[str, int], Built]


def _indexing_row(builds: Builds, name: str, procs: Sequence[int]) -> Row:
    rates = [_number(builds[name, n].rate) if (name, n) in builds else _NONE for n in procs]
    one = next(builds[name, n] for n in procs if (name, n) in builds)
    size = f"{one.mb * 1e6 / one.documents:.0f}"
    return [name, *rates, f"{one.mb:.1f}", size, _number(one.documents)]


def _indexing_ratios(builds: Builds, procs: Sequence[int]) -> Iterator[str]:
    for n in procs:
        for peer in (PEER, PEER_FROM_TEXT):
            ours, theirs = builds.get((OURS, n)), builds.get((peer, n))
            if ours and theirs:
                verdict = _verdict(ours.rate / theirs.rate, targets.INDEXING_TARGETS[n])
                yield f"- indexing, {n} at once, ours / {peer}: {' '.join(verdict)}"
    ours, theirs = builds.get((OURS, procs[0])), builds.get((PEER, procs[0]))
    if ours and theirs:
        verdict = _verdict(theirs.mb / ours.mb, targets.SIZE_TARGET)
        yield f"- size, {PEER} / ours: {' '.join(verdict)}"


def _others(results: Results) -> Iterator[str]:
    names = list(dict.fromkeys([*results.start_up, *results.memory, *results.commits]))
    if not names:
        return
    yield "A fresh process that asks once; memory after all queries; 100 documents until seen:"
    yield ""
    head = ["engine", "start-up, ms", "PSS, MB", "anonymous, MB", "commit, ms"]
    yield from _table(head, (_other_row(results, name) for name in names))
    ratio = _ratio(results.commits.get(PEER), results.commits.get(OURS))
    if ratio is not None:
        yield ""
        verdict = " ".join(_verdict(ratio, targets.COMMIT_TARGET))
        yield f"- commit, {PEER} / ours: {verdict}"


def _other_row(results: Results, name: str) -> Row:
    memory = results.memory.get(name, {})
    figures = (
        results.start_up.get(name),
        memory.get("pss"),
        memory.get("anonymous"),
        results.commits.get(name),
    )
    return [name, *(_NONE if figure is None else f"{figure:.1f}" for figure in figures)]


def _throughput(results: Results) -> Iterator[str]:
    if not results.throughput:
        return
    yield "Queries a second over a mix of the first six shapes:"
    yield ""
    workers = list(next(iter(results.throughput.values())))
    rows = (
        [name, *(_number(rates[each]) for each in workers)]
        for name, rates in results.throughput.items()
    )
    yield from _table(["engine", *workers], rows)


def _absent(results: Results) -> Iterator[str]:
    for name, reason in results.absent.items():
        yield f"{name} is left out: {reason}."


def _number(value: float) -> str:
    """Return a number with its thousands apart, and a decimal where it is a small measure."""
    return (
        f"{value:,.1f}" if isinstance(value, float) and value < _DECIMALS_BELOW else f"{value:,.0f}"
    )
