"""The compiled reading of plans against the obvious one, over real segments."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from indexer.fastwhoosh import plan
from indexer.fastwhoosh.executor import Executor
from indexer.fastwhoosh.index import create_in
from indexer.fastwhoosh.plan import Node
from indexer.fastwhoosh.request import Request
from indexer.native import COMPILED
from tests.fastwhoosh.random_indexes import Shape, Words, new_schema, write_history
from tests.fastwhoosh.random_plans import PlanGenerator
from tests.fastwhoosh.readings import check_readings

pytestmark = pytest.mark.skipif(not COMPILED, reason="the extension is not compiled")

SHAPES: Final = {
    "empty": Shape((0, 1), 10, (0, 3)),
    "one": Shape((700,), 60, (0, 1, 3, 8, 60)),
    "segments": Shape((400, 150, 64, 1), 40, (0, 2, 5, 20), share=0.4),
    "dense": Shape((900, 500), 14, (3, 8, 12), share=0.1, rich=False),
    "windows": Shape((4500, 2100), 300, (1, 2, 4, 7), share=0.05, rich=False),
}
_REQUESTS: Final = 110


@pytest.fixture(scope="module", params=SHAPES)
def shaped(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Executor, Words]]:
    index, words = build(tmp_path_factory.mktemp(request.param), 7, SHAPES[request.param])
    with index.searcher() as searcher:
        yield Executor(searcher), words


def build(folder: Path, seed: int, shape: Shape) -> tuple[Any, Words]:
    """Write a fast index of random documents."""
    index = create_in(folder / "index", new_schema())
    return index, write_history((index,), seed, shape)


def test_both_readings_of_any_plan_are_the_same(shaped: tuple[Executor, Words]) -> None:
    executor, words = shaped
    generator = PlanGenerator(random.Random(1), words, executor)
    for _ in range(_REQUESTS):
        check_readings(executor, generator.request())


def test_requests_of_one_search_are_answered_as_any_others(shaped: tuple[Executor, Words]) -> None:
    executor, words = shaped
    generator = PlanGenerator(random.Random(3), words, executor)
    rng = random.Random(4)
    for _ in range(_REQUESTS // 5):
        run = executor.holding()
        known: list[Node] = [generator.node() for _ in range(4)]
        for _ in range(5):
            known.append(_made_of(rng, known))
            asked = generator.request()._replace(plan=known[-1])
            assert check_readings(executor, asked, run) == executor.run(asked)


def _made_of(rng: random.Random, known: Sequence[Node]) -> Node:
    """Draw a plan of others, some of which may stand in it twice."""
    one, *rest = (rng.choice(known) for _ in range(rng.randint(2, 5)))
    if rng.random() < 0.2:
        return one
    if rng.random() < 0.4:
        return plan.Any((one, *rest), rng.choice((1, 1, 2)))
    places = [rng.choice("aabc") for _ in rest]
    wanted, without, maybe = (
        tuple(node for node, place in zip(rest, places, strict=True) if place == kind)
        for kind in "abc"
    )
    return plan.All((one, *wanted), without, maybe)


def test_words_and_lines_alone_are_the_same(shaped: tuple[Executor, Words]) -> None:
    executor, words = shaped
    generator = PlanGenerator(random.Random(2), words, executor)
    for _ in range(_REQUESTS // 2):
        for node in (generator.word(), generator.positional()):
            check_readings(executor, Request(node, limit=20))
