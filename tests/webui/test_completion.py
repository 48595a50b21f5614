"""Completion as the site offers it: its JSON, and where the pages speak of it."""

from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from webui.http import _MAX_QUERY_STRING

if TYPE_CHECKING:
    from tests.webui.conftest import StubEngine


def test_completions_are_json_with_what_they_are_in_french(client: FlaskClient, evil: str) -> None:
    answer = client.get("/completion.json?q=tra").get_json()
    assert answer["query"] == "tra"
    kinds = [(each["kind"], each["what"]) for each in answer["suggestions"]]
    assert kinds == [
        ("expression", "expression · 10 questions"),
        ("auteur", "auteur · 1 question"),
        ("sigle", "sigle · 12 questions"),
    ]
    assert answer["suggestions"][0]["text"] == "traite des êtres"
    assert answer["suggestions"][1]["label"] == evil


@pytest.mark.parametrize(
    "query", ["", "?q=", "?q=%00%1f", "?q=zzz", "?q=" + "a" * 3000, "?q=%F0%9F%90%BA", "?x=1"]
)
def test_nothing_to_complete_is_an_empty_list(client: FlaskClient, query: str) -> None:
    response = client.get("/completion.json" + query)
    assert response.status_code == 200
    assert response.get_json()["suggestions"] == []


def test_a_space_at_the_end_counts(client: FlaskClient) -> None:
    assert client.get("/completion.json?q=+tra+").get_json()["query"] == "tra "


def test_the_same_letters_are_not_sent_twice(client: FlaskClient, stub: "StubEngine") -> None:
    first = client.get("/completion.json?q=tra")
    tag = first.headers["ETag"]
    assert client.get("/completion.json?q=tra", headers={"If-None-Match": tag}).status_code == 304
    assert client.get("/completion.json?q=trai", headers={"If-None-Match": tag}).status_code == 200
    stub.generation = "20251125-b2"
    assert client.get("/completion.json?q=tra", headers={"If-None-Match": tag}).status_code == 200
    assert client.get("/completion.json?q=" + "a" * _MAX_QUERY_STRING).status_code == 414


def test_robots_stay_out(client: FlaskClient) -> None:
    assert "Disallow: /completion" in client.get("/robots.txt").text


@pytest.mark.parametrize("address", ["/", "/recherche?q=loup", "/recherche?du=hier"])
def test_the_box_says_where_completions_are(client: FlaskClient, address: str) -> None:
    page = BeautifulSoup(client.get(address).data, "lxml")
    (box,) = page.select("input[name=q]")
    assert box["data-completion"] == "/completion.json"
    assert box.get("list") is None
    assert len(page.select("script[src='/static/completion.js'][defer]")) == 1
