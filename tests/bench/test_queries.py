"""Queries stand for their shape, and the slow answer to them is right."""

import random
from pathlib import Path

import pytest

from indexer.french.analysis import stem_form
from indexer.french.specification import specification
from indexer.search.passages import PASSAGE_CHARACTERS
from tests.bench import model
from tests.bench.corpus import Corpus
from tests.bench.making import Recipe, corpus_of
from tests.bench.model import Document, Query
from tests.bench.queries import Drawer
from tests.bench.reference import Reference, within_one_edit

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def corpus(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return corpus_of(Recipe(shared_data, 300, 200, seed=1), tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="module")
def reference(corpus: Corpus) -> Reference:
    return Reference(corpus.documents())


@pytest.mark.parametrize("shape", model.SHAPES)
def test_a_shape_has_distinct_queries_the_same_each_time(shape: str, corpus: Corpus) -> None:
    queries = Drawer(corpus, 5).queries(shape, 10)
    assert len(set(queries)) == 10
    assert {query.shape for query in queries} == {shape}
    assert Drawer(corpus, 5).queries(shape, 10) == queries
    assert Drawer(corpus, 6).queries(shape, 10) != queries


@pytest.mark.parametrize(
    "shape", [model.RARE, model.COMMON, model.AND3, model.OR5, model.PHRASE, model.PREFIX]
)
def test_queries_find_something(shape: str, corpus: Corpus, reference: Reference) -> None:
    assert all(reference.count(query) for query in Drawer(corpus, 5).queries(shape, 10))


def test_a_phrase_holds_a_stop_word_between_two_others(corpus: Corpus) -> None:
    stops = specification().stop_words
    for query in Drawer(corpus, 5).queries(model.PHRASE, 20):
        first, *inner, last = query.words
        assert stops.isdisjoint({first, last})
        assert not stops.isdisjoint(inner)


def test_snippets_are_cut_from_words_of_a_document(corpus: Corpus) -> None:
    for query in Drawer(corpus, 5).queries(model.SNIPPETS, 10):
        assert [stem_form(surface) for surface in query.surfaces] == list(query.words)


def test_the_length_of_snippets_is_that_of_the_project() -> None:
    assert model.SNIPPET_CHARACTERS == PASSAGE_CHARACTERS


def test_the_reference_answers_each_shape() -> None:
    reference = Reference(
        [
            Document(0, "", "loi text", "la loi du texte ¶ mot", 10, "a", "g", "f"),
            Document(1, "", "lois mot", "loi et texte", 20, "a", "h", "f"),
            Document(2, "", "loi mot", "la loi du mot", 30, "b", "g", "f"),
        ]
    )
    counts = {
        Query(model.RARE, ("loi",)): 2,
        Query(model.OR5, ("text", "mot")): 3,
        Query(model.AND3, ("loi", "mot")): 1,
        Query(model.PHRASE, ("loi", "du", "mot")): 1,
        Query(model.PHRASE, ("texte", "mot")): 0,
        Query(model.PREFIX, ("lo",)): 3,
        Query(model.FUZZY, ("lois",)): 3,
        Query(model.OR5_DATES, ("loi", "mot"), (15, 30)): 2,
        Query(model.COMMON, ("absent",)): 0,
    }
    assert {query: reference.count(query) for query in counts} == counts
    assert reference.facets(Query(model.FACETS, ("loi",))) == ({"g": 2}, {"a": 1, "b": 1})


def distance(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for i, char in enumerate(one, 1):
        previous, row[0] = row[0], i
        for j, letter in enumerate(other, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (char != letter))
    return row[-1]


def test_one_edit_is_a_distance_of_one() -> None:
    rng = random.Random(2)
    for _ in range(3_000):
        one, other = ("".join(rng.choices("ab", k=rng.randint(0, 4))) for _ in range(2))
        assert within_one_edit(one, other) == (distance(one, other) <= 1), (one, other)
