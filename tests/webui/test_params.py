from datetime import date
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from indexer.errors import BadParameter
from indexer.search.request import FILTERS, SCOPES, SORTS, DateRange, NumberRange, Search
from webui import params

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40).map(params.clean)
DAYS = st.none() | st.dates()
NUMBERS = st.none() | st.integers(0, 99_999)


def values(name: str) -> st.SearchStrategy[tuple[str, ...]]:
    known = list(FILTERS[name].values)
    if name == "legislature":
        known = [str(number) for number in range(1, 18)]
    each = st.sampled_from(known) if known else WORDS.filter(bool)
    return st.lists(each, min_size=1, max_size=3, unique=True).map(lambda few: tuple(sorted(few)))


def ranges(ends: tuple[date | None, date | None]) -> DateRange:
    first, last = ends
    return DateRange(last, first) if first and last and first > last else DateRange(first, last)


def number_range(ends: tuple[int | None, int | None]) -> NumberRange:
    low, high = ends
    if low is not None and high is not None and low > high:
        return NumberRange(high, low)
    return NumberRange(low, high)


@st.composite
def searches(draw: st.DrawFn) -> Search:
    text = draw(WORDS)
    orders = [sort for sort in SORTS if text or sort != "pertinence"]
    family = draw(st.sampled_from(["", "", "QANR5L15QE24191", "QSENR5L16QE7"]))
    return Search(
        family=family,
        # An open family shows all of its questions in any case.
        grouped=bool(family) or draw(st.booleans()),
        text=text,
        filters=draw(st.fixed_dictionaries({}, optional={name: values(name) for name in FILTERS})),
        asked=draw(st.tuples(DAYS, DAYS).map(ranges)),
        answered=draw(st.tuples(DAYS, DAYS).map(ranges)),
        delay=draw(st.tuples(NUMBERS, NUMBERS).map(number_range)),
        exact=draw(st.booleans()),
        sort=draw(st.sampled_from(orders)),
        scope=draw(st.sampled_from(list(SCOPES))),
        page=draw(st.integers(1, 100_000)),
        size=draw(st.integers(1, 200)),
    )


def read(query: str) -> Search:
    return params.search_from_args(MultiDict(parse_qsl(query, keep_blank_values=True)))


@given(searches())
def test_what_is_written_is_read_back(search: Search) -> None:
    assert params.search_from_args(MultiDict(params.canonical_query(search))) == search
    assert read(params.query_string(search)) == search


@given(searches())
def test_the_canonical_form_is_one(search: Search) -> None:
    pairs = params.canonical_query(search)
    shuffled = MultiDict([*reversed(pairs), ("utm_source", "x"), ("auteur", " ")])
    assert params.canonical_query(params.search_from_args(shuffled)) == pairs


def test_defaults_and_empty_fields_of_the_form_are_left_out() -> None:
    typed = "q=+loup++gris+&du=&au=&champ=&tri=pertinence&auteur=&page=1&taille=10&inconnu=1"
    assert params.query_string(read(typed)) == "q=loup+gris"


def test_every_parameter_has_its_place() -> None:
    typed = (
        "taille=20&page=2&tri=delai&champ=titre&type=qg&type=QE&type=QE&chambre=s%C3%A9nat"
        "&reponse_au=2021&au=30/11/2019&du=11/2019&q=loup"
    )
    assert params.query_string(read(typed)) == (
        "q=loup&du=2019-11&au=2019-11&reponse_au=2021&type=QE&type=QG&chambre=SENAT"
        "&champ=titre&tri=delai&page=2&taille=20"
    )


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("du=2019&au=2019", date(2019, 1, 1), date(2019, 12, 31)),
        ("du=03/2019&au=2020-02", date(2019, 3, 1), date(2020, 2, 29)),
        ("du=5/11/2019", date(2019, 11, 5), None),
        ("au=2019-11-05", None, date(2019, 11, 5)),
    ],
)
def test_dates_may_be_partial(typed: str, first: date | None, last: date | None) -> None:
    assert read(typed).asked == DateRange(first, last)


def test_without_words_the_newest_come_first() -> None:
    assert read("").sort == "recentes"
    assert read("type=QE&tri=pertinence").sort == "recentes"
    assert read("tri=anciennes").sort == "anciennes"
    assert read("q=loup").sort == "pertinence"


@pytest.mark.parametrize(
    ("typed", "parameter"),
    [
        ("du=hier", "du"),
        ("au=31/02/2019", "au"),
        ("du=2020&au=2019", "du"),
        ("reponse_du=x", "reponse_du"),
        ("reponse_du=2020&reponse_au=2019", "reponse_du"),
        ("tri=hasard", "tri"),
        ("champ=partout", "champ"),
        ("type=QZ", "type"),
        ("statut=perdue", "statut"),
        ("chambre=Bundestag", "chambre"),
        ("legislature=XV", "legislature"),
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=deux", "page"),
        ("page=²", "page"),
        ("page=" + "9" * 5000, "page"),
        ("taille=201", "taille"),
        ("q=" + "a" * 2001, "q"),
    ],
)
def test_a_wrong_value_is_named(typed: str, parameter: str) -> None:
    with pytest.raises(BadParameter) as raised:
        read(typed)
    assert raised.value.parameter == parameter


def test_an_inverted_range_is_told_in_the_words_that_were_typed() -> None:
    with pytest.raises(BadParameter, match=r"2020.*ne suit pas.*2019"):
        read("du=2020&au=2019")


@given(searches())
def test_a_value_added_and_removed_leaves_the_search_on_its_first_page(search: Search) -> None:
    added = params.with_value(search, "auteur", "Un nom jamais tiré")
    assert "Un nom jamais tiré" in added.filters["auteur"]
    back = params.without_value(added, "auteur", "Un nom jamais tiré")
    assert back == params.with_page(search, 1)


def test_a_filter_value_keeps_its_own_spaces() -> None:
    search = read("ministere=Sant%C3%A9%C2%A0et++soins")
    assert search.filters["ministere"] == ("Santé\u00a0et  soins",)
    assert read(params.query_string(search)) == search
