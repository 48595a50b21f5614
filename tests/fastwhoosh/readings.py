"""When the compiled reading of a request and the obvious one give the same."""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from indexer.fastwhoosh import interpreted
from indexer.fastwhoosh.executor import Executor
from indexer.fastwhoosh.request import SCORE, Answer, CollapseCodes, Request
from tests.fastwhoosh.rankings import is_near

_ALL: Final = 1_000_000
Found = Sequence[tuple[float, int]]


def check_readings(
    executor: Executor, request: Request, run: Callable[[Request], Answer] | None = None
) -> Answer:
    """Fail unless both readings of a request give the same; return the compiled one's answer.

    ``run`` answers it instead of the executor.
    """
    found = (run or executor.run)(request)
    whole = _read(executor, request._replace(collapse=None))
    collapsed = _read(executor, request) if request.collapse else whole
    assert found._replace(hits=[], others=[]) == collapsed._replace(hits=[], others=[])
    expected = collapsed.hits[request.first : request.first + request.limit]
    assert len(found.hits) == len(expected)
    _check_scores(whole, found)
    _check_order(executor, request, expected, found.hits)
    if request.collapse:
        _check_others(request.collapse, whole, found)
    else:
        assert found.others == []
    return found


def _read(executor: Executor, request: Request) -> Answer:
    """Return all that a request finds, read the obvious way."""
    return interpreted.answer(
        executor.leaves,
        request._replace(first=0, limit=_ALL),
        lambda name: executor.table(name).segments,
    )


def _check_others(collapse: CollapseCodes, whole: Answer, found: Answer) -> None:
    """Each hit stands for all of its code, and no two for the same ones."""
    joined = memoryview(b"".join(collapse.codes)).cast("I")
    codes = [code if code < collapse.size else 0 for code in joined]
    counts = Counter(codes[number] for _, number in whole.hits)
    shown = [codes[number] for _, number in found.hits]
    assert found.others == [counts[code] - 1 if code else 0 for code in shown]
    assert all(count == 1 for code, count in Counter(shown).items() if code)


def _check_scores(whole: Answer, found: Answer) -> None:
    scores = {number: score for score, number in whole.hits}
    for score, number in found.hits:
        assert is_near(scores[number], score)


def _check_order(executor: Executor, request: Request, expected: Found, hits: Found) -> None:
    """Scores may differ by rounding, which may change the order of two hits.

    Then their keys after the score change places too.
    """
    told = request.order.index(SCORE) + 1 if SCORE in request.order else len(request.order)
    wanted = _sort_keys(executor, request, expected)
    got = _sort_keys(executor, request, hits)
    for one, other in zip(wanted, got, strict=True):
        assert all(map(is_near, one[:told], other[:told]))
    assert all(before < after for before, after in pairwise(got))


def _sort_keys(executor: Executor, request: Request, hits: Found) -> list[tuple[float, ...]]:
    kept = {number: score for score, number in hits}
    key = interpreted._sort_keys(executor.leaves, request.order, kept)
    return [key(number) for _, number in hits]
