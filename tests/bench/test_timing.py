"""Engines that do not agree stop the run; slow ones repeat less."""

import time
from collections.abc import Callable

import pytest

from tests.bench import model
from tests.bench.model import UNCOUNTED, Answer, Document, Query
from tests.bench.reference import Reference
from tests.bench.timing import Checked, CountsDiffer, time_shape

QUERY = Query(model.COMMON, ("loi",))
SHAPES = frozenset({model.COMMON})
WHOLE = Checked({"one": SHAPES, "other": SHAPES}, {})


def answer(total: int, facets: dict[str, int] | None = None) -> Answer:
    counted = None if facets is None else (facets, facets)
    return Answer(total, [(1.0, place) for place in range(min(10, total))], counted)


def test_equal_counts_pass() -> None:
    WHOLE.check(QUERY, {"one": answer(3), "other": answer(3), "uncounted": Answer(UNCOUNTED, [])})


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (answer(3), answer(4), "one 3, other 4"),
        (answer(3, {"a": 3}), answer(3, {"a": 2, "b": 1}), "facets"),
        (answer(12), Answer(12, []), "other gives 0 hits of 12, 10 are due"),
    ],
)
def test_differences_stop_the_run(one: Answer, other: Answer, said: str) -> None:
    with pytest.raises(CountsDiffer, match=said):
        WHOLE.check(QUERY, {"one": one, "other": other})


def test_an_engine_of_a_part_is_held_to_the_slow_answer() -> None:
    reference = Reference([Document(0, "", "loi", "loi", 1, "", "", "")])
    checked = Checked({"one": SHAPES}, {"part": SHAPES}, reference)
    checked.check(QUERY, {"one": answer(50), "part": answer(1)})
    with pytest.raises(CountsDiffer, match="part 2, reference 1"):
        checked.check(QUERY, {"one": answer(50), "part": answer(2)})


class Stub:
    name = "stub"
    most_documents = None
    most_procs = 1
    shapes = exact = SHAPES

    def __init__(self, run: Callable[[], Answer]) -> None:
        self.run = run

    def prepare(self, query: Query) -> Callable[[], Answer]:
        del query
        return self.run


def test_each_engine_runs_its_share() -> None:
    runs = {"fast": 0, "slow": 0}

    def engine(name: str, seconds: float) -> Stub:
        def run() -> Answer:
            runs[name] += 1
            time.sleep(seconds)
            return answer(3)

        return Stub(run)

    engines = {"fast": engine("fast", 0.0), "slow": engine("slow", 0.25)}
    timed = time_shape(engines, [QUERY, QUERY], 5, Checked(dict.fromkeys(engines, SHAPES), {}))  # type: ignore[arg-type]  # a stub searches, and does nothing else
    assert runs == {"fast": 12, "slow": 4}
    assert timed["slow"].counts == [3, 3]
    assert min(timed["slow"].microseconds) >= 250_000 > max(timed["fast"].microseconds)


def test_an_engine_that_lacks_the_shape_is_left_out() -> None:
    lacking = Stub(lambda: answer(3))
    lacking.shapes = frozenset()
    engines = {"with": Stub(lambda: answer(3)), "without": lacking}
    timed = time_shape(engines, [QUERY], 1, Checked(dict.fromkeys(engines, SHAPES), {}))  # type: ignore[arg-type]  # a stub searches, and does nothing else
    assert list(timed) == ["with"]
