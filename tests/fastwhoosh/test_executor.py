"""The executor by hand-made examples: what it answers, leaves to Whoosh, and counts."""

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from whoosh import fields, query
from whoosh import index as whoosh_index

from indexer.fastwhoosh import interpreted, plan
from indexer.fastwhoosh.code_table import codes_of_values, table_of
from indexer.fastwhoosh.counting import counted_range, named_counts, top_counts
from indexer.fastwhoosh.executor import Executor, filter_codes
from indexer.fastwhoosh.histogram import NOWHERE, histogram
from indexer.fastwhoosh.index import create_in, open_dir
from indexer.fastwhoosh.plan_query import PlanQuery
from indexer.fastwhoosh.request import FacetCodes, OrderKey, Request
from indexer.french.forms import folding_table
from indexer.native import COMPILED
from indexer.settings import Settings
from indexer.whoosh_engine.generations import current_name
from indexer.whoosh_engine.schema import day_number, day_of
from indexer.whoosh_engine.snapshot import Snapshot
from indexer.whoosh_engine.translate import Translator

TEXTS = ("le loup gris", "le mouton", "un loup et un mouton", "la bergère", "loup loup loup")
SCHEMA = fields.Schema(
    text=fields.TEXT,
    animal=fields.ID(sortable=True),
    year=fields.NUMERIC(int, sortable=True),
)


def fill(index: Any) -> None:
    with index.writer() as writer:
        for number, text in enumerate(TEXTS):
            animal = {"animal": "loup"} if "loup" in text else {}
            writer.add_document(text=text, year=2000 + number % 3, **animal)


@pytest.fixture(params=["fast", "stock"])
def executor(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "fast":
        fill(create_in(tmp_path, SCHEMA))
        index = open_dir(tmp_path)
    else:
        fill(whoosh_index.create_in(str(tmp_path), SCHEMA))
        index = whoosh_index.open_dir(str(tmp_path))
    with index.searcher() as searcher:
        yield Executor(searcher)


def numbers(executor: Executor, asked: query.Query, **options: Any) -> list[int]:
    return [number for _, number in executor.search(asked, **options).top]


def test_the_best_come_first_and_all_are_counted(executor: Executor) -> None:
    found = executor.search(query.Term("text", "loup"), limit=2)
    assert found.total == 3
    assert found.top[0][1] == 4
    assert found.top[0][0] > found.top[1][0] > 0
    assert numbers(executor, query.Term("text", "loup"), limit=2, offset=2) != []


def test_columns_order_and_count(executor: Executor) -> None:
    everything = query.Every()
    assert numbers(executor, everything, sortedby=("year", True)) == [2, 1, 4, 0, 3]
    assert numbers(executor, everything, sortedby=("year", False)) == [0, 3, 1, 4, 2]
    facets = executor.search(everything, facets=("animal",)).facets
    assert facets["animal"]["loup"] == 3


def test_a_filter_keeps_what_has_a_value_and_its_own_facet_ignores_it(executor: Executor) -> None:
    table = executor.table("animal")
    kept = filter_codes(table, "animal", [b"loup", b"dragon"])
    facet = FacetCodes("animal", table.maps, len(table.values), 0)
    answer = executor.run(Request(plan.Every(), filters=(kept,), facets=(facet,)))
    assert (answer.matched, answer.total) == (5, 3)
    assert named_counts(table, answer.counts[0]) == {"": 2, "loup": 3}


def test_a_zero_can_stand_for_what_comes_last(executor: Executor) -> None:
    column = "year"
    newest = executor.run(Request(plan.Every(), order=(OrderKey(column, descending=False),))).hits
    assert newest[0][1] == 0


def test_what_has_no_plan_is_run_by_whoosh_and_counted(executor: Executor) -> None:
    asked = query.DisjunctionMax([query.Term("text", "loup"), query.Term("text", "mouton")])
    assert executor.search(asked).total == 4
    assert executor.fallbacks == {"DisjunctionMax": 1}
    executor.search(query.Term("text", "loup"))
    assert sum(executor.fallbacks.values()) == 1


def test_a_plan_is_a_whoosh_query_too(executor: Executor) -> None:
    word = plan.Word((plan.Group((plan.Part("text", b"loup", 1.0, 0.0, 1.0),), 2.0, 1.2),))
    found = executor.searcher.search(PlanQuery(word), limit=10)
    assert {hit.docnum for hit in found} == {0, 2, 4}
    assert executor.search(PlanQuery(word)).total == 3


def test_stored_fields_need_a_document(executor: Executor) -> None:
    with pytest.raises(IndexError):
        executor.stored_fields(-1)


def test_values_of_segments_get_one_numbering() -> None:
    table = table_of([codes_of_values([b"b", b"", b"a"]), codes_of_values([b"c", b"a"])])
    assert table.names == ["", "a", "b", "c"]
    places = [list(memoryview(mapped).cast("I")) for mapped in table.maps]
    assert places == [[0, 1, 2], [0, 1, 3]]
    assert (table.place(b"b"), table.place(b"z")) == (2, None)
    assert table.allowed(frozenset({1})) == (b"\0\1\0", b"\0\1\0")


def test_the_highest_counts_come_first_ties_by_place() -> None:
    counts = b"".join(n.to_bytes(4, "little") for n in (2, 0, 5, 2, 7))
    assert top_counts(counts, 3) == ([(4, 7), (2, 5), (0, 2)], 4)
    assert top_counts(counts, 0) == ([], 4)
    assert top_counts(b"", 3) == ([], 0)


def test_what_counts_anything_lies_in_a_range() -> None:
    rng = random.Random(6)
    for _ in range(200):
        numbers = [rng.choice((0, 0, 0, 256, 1)) for _ in range(rng.randrange(9))]
        places = [place for place, number in enumerate(numbers) if number]
        wanted = (places[0], places[-1] + 1) if places else (0, 0)
        assert counted_range(b"".join(n.to_bytes(4, "little") for n in numbers)) == wanted


def test_terms_are_found_however_often_they_are_asked_for(tmp_path: Path) -> None:
    rng = random.Random(7)
    words = [f"{rng.choice(('mot', 'é', 'x' * 9))}{number}" for number in range(300)]
    texts = [rng.sample(words, 12) for _ in range(60)]
    index = create_in(tmp_path, SCHEMA)
    for some in (texts[:40], texts[40:]):
        with index.writer() as writer:
            for text in some:
                writer.add_document(text=" ".join(text))
    held = Counter(word for text in texts for word in text)
    asked = (*words, *(f"{word}x" for word in words), *(word[:-1] for word in words), "absent", "")
    terms = tuple(word.encode() for word in asked)
    with open_dir(tmp_path).searcher() as searcher:
        executor = Executor(searcher)
        for _ in range(3):  # a table of terms is made after the first thousand
            found = executor.document_frequencies(("text", "animal"), terms)
            assert found == [held[word] for word in asked]


@pytest.mark.skipif(not COMPILED, reason="the extension is not compiled")
def test_words_that_fold_to_one_are_found_however_often_they_are_asked_for(tmp_path: Path) -> None:
    rng = random.Random(8)
    words = sorted({"".join(rng.choices("aàâeéèoœ", k=rng.randint(1, 4))) for _ in range(400)})
    index = create_in(tmp_path, fields.Schema(text=fields.KEYWORD))
    for some in (words[::2], words[::3]):
        with index.writer() as writer:
            for word in some:
                writer.add_document(text=word)
    held = Counter([*words[::2], *words[::3]])
    letters = str.maketrans("àâéè", "aaee")
    with open_dir(tmp_path).searcher() as searcher:
        executor = Executor(searcher)
        for _ in range(7):  # a table of folded terms is made after the first 300 to 750
            for asked in sorted({word.translate(letters) for word in words}):
                alike = plan.Expansion("", plan.FUZZY, asked.encode())
                wanted = {word: n for word, n in held.items() if word.translate(letters) == asked}
                assert executor.words(("text",), alike, folding_table()) == wanted


def test_days_are_counted_by_month_under_any_query(sample_settings: Settings) -> None:
    snapshot = Snapshot(sample_settings.index, current_name(sample_settings.index))
    questions = [snapshot.record(number) for number in range(snapshot.documents)]
    last = max(day_number(question.date_question) for question in questions)
    months = sorted({(day.year, day.month) for n in range(1, last + 1) if (day := day_of(n))})
    place = {month: at for at, month in enumerate(months)}
    days = [day_of(number) for number in range(last + 1)]
    buckets = [place[day.year, day.month] if day else NOWHERE for day in days]
    segments = len(snapshot.executor.leaves)
    facet = histogram("asked", buckets, size=len(months), segments=segments)
    loi = Translator(snapshot).translate("loi").strict
    for asked in (plan.Every(), loi):
        request = Request(asked, limit=200, facets=(facet,))
        answer = snapshot.executor.run(request)
        found = [questions[number] for _, number in answer.hits]
        expected = Counter(
            place[q.date_question.year, q.date_question.month] for q in found if q.date_question
        )
        counted = memoryview(answer.counts[0]).cast("I")
        assert {at: count for at, count in enumerate(counted) if count} == expected
        assert check_same(snapshot, request) == answer.counts
    snapshot.close()


def check_same(snapshot: Snapshot, request: Request) -> tuple[bytes, ...]:
    executor = snapshot.executor
    return interpreted.answer(executor.leaves, request, executor._counted).counts
