"""What holds of any query: narrower never finds more. Asked of an index of questions.

A search of plain words may add questions that lack some of them; they are told apart, and what is
compared here is what holds every word.
"""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.corpus import sample_corpus
from indexer.french.analysis import analyse
from indexer.search.engine import Engine
from indexer.search.language import parse
from indexer.search.ranges import DateRange, NumberRange
from indexer.search.request import FILTERS, Search
from indexer.search.wording import describe
from indexer.settings import Settings
from indexer.whoosh_engine import open_engine
from indexer.whoosh_engine.schema import filter_values, texts_of

QUESTIONS = list(sample_corpus().questions())
VOCABULARY = sorted(
    {token.exact for q in QUESTIONS for text in texts_of(q).values() for token in analyse(text)}
)
VALUES = sorted(
    {
        (name, value)
        for question in QUESTIONS
        for name, value in filter_values(question).items()
        if value
    }
)
WORDS = st.sampled_from(VOCABULARY)
FILTER = st.sampled_from([f'{name}:"{value}"' for name, value in VALUES])
RANGE = st.sampled_from(["date:2019", "du:2018", "au:06/2022", "reponse_date:2022", "delai:>60"])
LEAVES = st.one_of(
    WORDS,
    WORDS.map(lambda word: f"{word[:4]}*"),
    WORDS.map(lambda word: f"{word}~"),
    WORDS.map(lambda word: f"={word}"),
    st.lists(WORDS, min_size=2, max_size=3).map(lambda words: f'"{" ".join(words)}"'),
    st.lists(WORDS, min_size=2, max_size=3).map(lambda words: f'"{" ".join(words)}"~20'),
    st.lists(WORDS, min_size=2, max_size=3).map(lambda words: f"({' '.join(words)})~20"),
    WORDS.map(lambda word: f"titre:{word}"),
    FILTER,
    RANGE,
)
QUERIES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(" ".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda few: f"({' OU '.join(few)})"),
        inner.map(lambda one: f"-({one})"),
        inner.map(lambda one: f"SAUF {one}"),
    ),
    max_leaves=6,
)
ANYTHING = st.one_of(QUERIES, st.text(max_size=40))
CHECKED = settings(max_examples=250, deadline=None)


@pytest.fixture(scope="module")
def engine(sample_settings: Settings) -> Engine:
    return open_engine(sample_settings)


def held(engine: Engine, text: str = "", **asked: object) -> set[str]:
    """Return what holds every word of a query."""
    # In an order of days, those that hold every word come first.
    search = Search(text=text, size=200, facets=False, sort="anciennes", **asked)  # type: ignore[arg-type]  # values of several types
    results = engine.search(search)
    return {hit.uid for hit in results.hits[: results.total_all_words]}


@CHECKED
@given(ANYTHING)
def test_the_words_shown_find_the_same(engine: Engine, typed: str) -> None:
    shown = describe(parse(typed).tree)
    named = engine.search(Search(text=typed)).understood.named
    if shown and not named:
        assert held(engine, shown) == held(engine, typed)


@CHECKED
@given(ANYTHING, st.sampled_from(VALUES), st.booleans())
def test_a_filter_never_adds(
    engine: Engine, typed: str, value: tuple[str, str], negated: bool
) -> None:
    whole = engine.search(Search(text=typed, size=200))
    filtered = engine.search(Search(text=typed, filters={value[0]: (value[1],)}, size=200))
    counted = {hit.uid for hit in filtered.hits if not hit.related}
    assert counted <= {hit.uid for hit in whole.hits if not hit.related}
    tree = parse(typed).tree
    if tree is not None and not whole.understood.named:
        sign = "-" if negated else ""
        narrowed = f'({describe(tree)}) {sign}{value[0]}:"{value[1]}"'
        assert held(engine, narrowed) <= held(engine, typed)


@CHECKED
@given(ANYTHING, st.integers(2017, 2024), st.integers(0, 200))
def test_a_range_never_adds(engine: Engine, typed: str, year: int, days: int) -> None:
    whole = {hit.uid for hit in engine.search(Search(text=typed, size=200)).hits}
    for narrowed in (
        Search(text=typed, asked=DateRange(date(year, 1, 1), None), size=200),
        Search(text=typed, answered=DateRange(None, date(year, 12, 31)), size=200),
        Search(text=typed, delay=NumberRange(days, None), size=200),
    ):
        assert {hit.uid for hit in engine.search(narrowed).hits if not hit.related} <= whole


def run(question: int, start: int, length: int) -> Sequence[str]:
    texts = list(texts_of(QUESTIONS[question]).values())
    words = [t.exact for text in texts for t in analyse(text) if not t.compound]
    place = start % max(1, len(words) - length)
    return words[place : place + length]


RUNS = st.builds(run, st.integers(0, len(QUESTIONS) - 1), st.integers(0, 2_000), st.integers(2, 5))


@CHECKED
@given(st.one_of(RUNS, st.lists(WORDS, min_size=2, max_size=4)), st.integers(1, 30))
def test_the_nearer_the_words_the_fewer(engine: Engine, words: Sequence[str], slop: int) -> None:
    text = ", ".join(words)  # numbers side by side would be one
    phrase, near = held(engine, f'"{text}"'), held(engine, f'"{text}"~{slop}')
    assert phrase <= near <= held(engine, f"=({text})") <= held(engine, text)
    assert near <= held(engine, f"({text})~{slop}") <= held(engine, text)


@CHECKED
@given(QUERIES.filter(lambda typed: "-" not in typed and "SAUF" not in typed))
def test_exact_forms_are_among_the_variants(engine: Engine, typed: str) -> None:
    exact = engine.search(Search(text=typed, exact=True, size=200))
    assert {hit.uid for hit in exact.hits} <= held(engine, typed)
    assert exact.total == exact.total_all_words
    assert not any(hit.missing for hit in exact.hits)


@CHECKED
@given(QUERIES)
def test_to_exclude_is_the_rest(engine: Engine, typed: str) -> None:
    tree = parse(typed).tree
    if tree is not None:
        everything = {question.uid for question in QUESTIONS}
        assert held(engine, f"SAUF ({describe(tree)})") == everything - held(engine, typed)


def test_filters_of_every_name_are_drawn() -> None:
    assert {name for name, _ in VALUES} >= set(FILTERS) - {"analyse"}
