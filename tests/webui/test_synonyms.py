"""Acronyms on the results page: chips that take them away, offer them, or bring them back."""

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from indexer.search.request import Search
from indexer.search.results import Synonym
from webui.params import query_string, search_from_args, with_synonym, without_synonym

if TYPE_CHECKING:
    from tests.webui.conftest import StubEngine

USED = Synonym("aesh", "AESH", "accompagnants d'élèves", 12, "used")
ARS = (
    Synonym("ars", "ARS", "agence régionale de santé", 9, "offered"),
    Synonym("ars", "ARS", "allocation de rentrée scolaire", 4, "offered"),
)


def chips(client: FlaskClient, address: str) -> list[tuple[str, str]]:
    page = BeautifulSoup(client.get(address).data, "lxml")
    links = page.select(".synonyms a")
    return [(" ".join(link.get_text().split()), str(link["href"])) for link in links]


def test_a_used_acronym_can_be_taken_away_and_brought_back(
    client: FlaskClient, stub: "StubEngine"
) -> None:
    stub.expansions = (USED,)
    assert chips(client, "/recherche?q=AESH&type=QE&page=2") == [
        ("Ne pas chercher aussi : AESH = accompagnants d'élèves",
         "/recherche?q=AESH&type=QE&sans=aesh")
    ]  # fmt: skip
    stub.expansions = (Synonym("aesh", "AESH", "accompagnants d'élèves", 12, "removed"),)
    assert chips(client, "/recherche?q=AESH&sans=aesh&sans=x") == [
        ("Chercher aussi : AESH = accompagnants d'élèves", "/recherche?q=AESH&sans=x")
    ]
    assert stub.asked[-1].without_synonyms == ("aesh", "x")


def test_several_meanings_are_offered_and_one_is_chosen(
    client: FlaskClient, stub: "StubEngine"
) -> None:
    stub.expansions = ARS
    (first, address), (second, _) = chips(client, "/recherche?q=ARS")
    assert first == "Chercher aussi : ARS ? agence régionale de santé"
    assert second == "Chercher aussi : ARS ? allocation de rentrée scolaire"
    client.get(address)
    assert stub.asked[-1].synonyms == ("ars:agence régionale de santé",)
    stub.expansions = (Synonym("ars", "ARS", "agence régionale de santé", 9, "used"),)
    ((_, without),) = chips(client, address)
    assert without == "/recherche?q=ARS&sans=ars"


def test_the_question_page_knows_which_acronyms_were_taken_away(
    client: FlaskClient, stub: "StubEngine"
) -> None:
    assert client.get("/question/QANR5L15QE24191?q=AESH&sans=aesh&avec=ars:x").status_code == 200
    assert stub.spoken_of == ("aesh", "ars:x")


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("q=a&sans=B&sans=b&sans=B&sans=", "q=a&sans=B&sans=b"),
        ("avec=x:y&sans=z&q=a", "q=a&sans=z&avec=x%3Ay"),
    ],
)
def test_the_address_has_one_form(typed: str, canonical: str) -> None:
    given = MultiDict(parse_qsl(typed, keep_blank_values=True))
    assert query_string(search_from_args(given)) == canonical


def test_changes_are_undone_by_their_opposites() -> None:
    search = Search(text="ARS", page=3)
    chosen = with_synonym(search, ARS[0])
    assert chosen.synonyms == ("ars:agence régionale de santé",)
    assert with_synonym(chosen, ARS[1]).synonyms == ("ars:allocation de rentrée scolaire",)
    removed = without_synonym(chosen, ARS[0])
    assert (removed.synonyms, removed.without_synonyms, removed.page) == ((), ("ars",), 1)


@pytest.mark.parametrize("query", ["&sans=a" * 200, "&sans=" + "a" * 300, "&avec=" + "é" * 300])
def test_too_many_acronyms_are_refused(client: FlaskClient, query: str) -> None:
    given = "&".join(f"sans={n}" for n in range(60)) if query.startswith("&sans=a&") else query
    response = client.get(f"/recherche.json?q=x&{given}")
    assert response.status_code == 400
    assert response.get_json()["parameter"] in ("sans", "avec")
