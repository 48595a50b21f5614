"""Segments of several windows: what the native scorer leaves out of them changes no hit."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from whoosh import fields

from indexer.fastwhoosh import interpreted, plan
from indexer.fastwhoosh.executor import Executor
from indexer.fastwhoosh.index import create_in
from indexer.fastwhoosh.request import FacetCodes, OrderKey, Request
from indexer.native import COMPILED
from tests.fastwhoosh.readings import check_readings

pytestmark = pytest.mark.skipif(
    not COMPILED, reason="compares native code with the reading in Python"
)

# More than the native scorer takes at a time.
DOCS = 4500
SEVERAL_WINDOWS = 18_000
WORDS = [f"w{number}" for number in range(40)]
# From words that most documents hold to words of a few.
SHARES = [1 / (1 + number) for number in range(len(WORDS))]
PLANS = 25


def test_a_word_that_all_documents_hold_twice_scores_as_read_in_python(tmp_path: Path) -> None:
    schema = fields.Schema(title=fields.KEYWORD(scorable=True), text=fields.KEYWORD(scorable=True))
    index = create_in(tmp_path, schema)
    with index.writer() as writer:
        for number in range(DOCS):
            writer.add_document(title="de " * (1 + number % 5), text="de " * (1 + number % 7))
    parts = tuple(plan.Part(name, b"de", 1.0, 0.5, 3.0) for name in ("title", "text"))
    word = plan.Word((plan.Group(parts, 2.0, 1.2),))
    request = Request(plan.Any((word, plan.Range("none", 0, 1, 1.0))), 0, DOCS)
    with index.searcher() as searcher:
        executor = Executor(searcher)
        expected = interpreted.answer(executor.leaves, request, lambda _: ())
        assert executor.run(request).total == DOCS
        for (score, _), (right, _) in zip(executor.run(request).hits, expected.hits, strict=True):
            assert score == pytest.approx(right, abs=1e-9)


@pytest.fixture(scope="module")
def executor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Executor]:
    """An index of two segments, one of several windows, with deletions in the other."""
    rng = random.Random(11)
    schema = fields.Schema(
        id=fields.ID(unique=True),
        title=fields.TEXT(phrase=True),
        text=fields.TEXT(phrase=True),
        day=fields.NUMERIC(int, signed=False, sortable=True),
        group=fields.ID(sortable=True),
    )
    index = create_in(tmp_path_factory.mktemp("windows"), schema)
    for count in (SEVERAL_WINDOWS, DOCS):
        with index.writer() as writer:
            for number in range(count):
                text = [
                    word for word, share in zip(WORDS, SHARES, strict=True) if rng.random() < share
                ]
                text += rng.choices(text or WORDS, k=rng.randrange(14))
                rng.shuffle(text)
                writer.add_document(
                    id=f"{count}-{number}",
                    title=" ".join(rng.choices(WORDS, SHARES, k=rng.randrange(4))),
                    text=" ".join(text),
                    day=number // 3 if count == DOCS else rng.randrange(2000),
                    group=f"g{rng.randrange(5)}",
                )
    with index.writer() as writer:
        for number in range(0, DOCS, 7):
            writer.delete_by_term("id", f"{DOCS}-{number}")
    with index.searcher() as searcher:
        yield Executor(searcher)


def _word(rng: random.Random) -> plan.Word:
    """Return a word of one or two fields, and sometimes what it adds where it stands."""
    term = rng.choice(WORDS).encode()
    parts = (plan.Part("text", term, 1.0, 0.7, 12.0), plan.Part("title", term, 2.5, 0.3, 2.0))
    group = plan.Group(parts[: rng.randint(1, 2)], rng.uniform(0.5, 6), 1.2)
    more = plan.Group(group.parts[:1], rng.uniform(0.1, 2), 1.2)
    return plan.Word((group, more)[: rng.randint(1, 2)], rng.choice([0.0, 0.0, 1.5]))


def _pair(rng: random.Random) -> plan.Positional:
    terms = tuple(word.encode() for word in rng.sample(WORDS[:12], 2))
    line = plan.Line("text", terms, (0, 1), 1.0, 0.7, 12.0)
    mode, width = rng.choice([(plan.ORDERED, 0), (plan.NEAR, 4), (plan.CHAIN, 2), (plan.WINDOW, 3)])
    return plan.Positional((line,), rng.uniform(0.1, 3), 1.2, mode, width)


def _plan(rng: random.Random) -> plan.Node:
    words: tuple[plan.Node, ...] = tuple(_word(rng) for _ in range(rng.randint(2, 7)))
    # Pairs of words that are there, which match nothing more, and of words that are not.
    words += tuple(_pair(rng) for _ in range(rng.choice([0, 0, 2])))
    some = plan.Any(words, at_least=rng.choice([1, 1, 1, 2]))
    maybe = tuple(_pair(rng) for _ in range(rng.randrange(3)))
    node: plan.Node = plan.All((some,), maybe=maybe) if rng.random() < 0.6 else some
    if rng.random() < 0.3:
        node = plan.All((node, plan.Range("day", 100, rng.randrange(200, 2000))))
    return node


@pytest.mark.parametrize("seed", range(PLANS))
def test_the_best_of_many_windows_are_those_read_in_python(executor: Executor, seed: int) -> None:
    rng = random.Random(seed)
    node = _plan(rng)
    limit, first = rng.choice([(10, 0), (1, 0), (30, 5), (10, 990), (400, 0)])
    table = executor.table("group")
    facets = (FacetCodes("group", table.maps, len(table.values)),) if rng.random() < 0.5 else ()
    check_readings(executor, Request(node, first, limit, facets=facets))


@pytest.mark.parametrize("zero_as", [None, 5000, -1])
@pytest.mark.parametrize("descending", [True, False])
def test_the_first_of_many_zones_are_those_read_in_python(
    executor: Executor, descending: bool, zero_as: int | None
) -> None:
    rng = random.Random(3)
    order = (OrderKey("day", descending, zero_as),)
    for node in (plan.Any((_word(rng), _word(rng))), plan.Every()):
        for limit in (1, 10, 300):
            check_readings(executor, Request(node, 0, limit, order))
