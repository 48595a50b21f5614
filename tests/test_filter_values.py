"""Filters whose questions may have several values: typed, filtered, counted."""

from array import array

import pytest

from indexer.corpus import Corpus
from indexer.fastwhoosh.code_table import codes_of_values, table_of
from indexer.question import Question
from indexer.search.request import Search
from indexer.settings import Settings
from indexer.whoosh_engine import open_engine
from indexer.whoosh_engine.filter_values import filter_values
from indexer.whoosh_engine.schema import portfolios

TABLE = table_of(
    [codes_of_values([b"Mer|Sports", b"", b"Mer"]), codes_of_values([b"Sports", b"Mer|Ville"])]
)


def test_combinations_are_told_apart() -> None:
    known = filter_values(TABLE, multivalued=True)
    assert list(known.values) == ["", "Mer", "Sports", "Ville"]
    assert [TABLE.names[code] for code in known.codes_of(frozenset({1}))] == [
        "Mer", "Mer|Sports", "Mer|Ville",
    ]  # fmt: skip
    counted = array("I", (1, 10, 100, 1000, 10_000)).tobytes()
    counts = dict(zip(known.values, memoryview(known.counts(counted)).cast("I"), strict=True))
    assert TABLE.names == ["", "Mer", "Mer|Sports", "Mer|Ville", "Sports"]
    assert counts == {"": 1, "Mer": 1110, "Sports": 10_100, "Ville": 1000}


def test_single_values_are_those_of_the_column() -> None:
    known = filter_values(TABLE, multivalued=False)
    assert list(known.values) == TABLE.names
    assert known.counts(b"\1\0\0\0" * 5) == b"\1\0\0\0" * 5
    assert known.codes_of(frozenset({0, 3})) == {0, 3}


@pytest.mark.parametrize(
    ("typed", "found"),
    [("mer", ["Mer"]), ("VILLE", ["Ville"]), ("spo", ["Sports"]), ("", []), ("forêt", [])],
)
def test_a_typed_value_means_the_same_or_what_begins_so(typed: str, found: list[str]) -> None:
    known = filter_values(TABLE, multivalued=True)
    assert [known.values[place] for place in known.like(typed)] == found


@pytest.fixture(scope="module")
def questions(real_settings: Settings) -> list[Question]:
    return list(Corpus(real_settings.corpus / "questions").questions())


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("typed", "portfolio"),
    [
        ("santé", "Santé"),
        ("sante", "Santé"),
        ("outre-mer", "Outre-mer"),
        ("écolo", "Écologie et environnement"),
        ("emploi", "Travail et emploi"),
        ("enseignement sup", "Enseignement supérieur et recherche"),
    ],
)
def test_a_portfolio_outlives_the_names_of_its_ministries(
    real_settings: Settings, questions: list[Question], typed: str, portfolio: str
) -> None:
    engine = open_engine(real_settings)
    held = [q for q in questions if portfolio in portfolios(q)]
    assert len({q.ministry for q in held}) > 1
    assert engine.search(Search(text=f'portefeuille:"{typed}"')).total == len(held)
    results = engine.search(Search(filters={"portefeuille": (typed,)}))
    assert results.total == len(held)
    facet = next(facet for facet in results.facets if facet.name == "portefeuille")
    (chosen,) = (value for value in facet.values if value.selected)
    assert (chosen.value, chosen.count) == (portfolio, len(held))


@pytest.mark.real_data
def test_two_portfolios_find_the_questions_of_either(
    real_settings: Settings, questions: list[Question]
) -> None:
    wanted = ("Santé", "Famille et enfance")
    expected = sum(not set(wanted).isdisjoint(portfolios(q)) for q in questions)
    both = sum(set(wanted) <= set(portfolios(q)) for q in questions)
    assert expected
    found = open_engine(real_settings).search(Search(filters={"portefeuille": wanted}))
    assert found.total == expected
    facet = next(facet for facet in found.facets if facet.name == "portefeuille")
    assert sum(value.count for value in facet.values if value.selected) == expected + both
