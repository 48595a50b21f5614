from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient

import webui
from indexer.interchange import from_record
from indexer.search.request import FILTERS
from webui import create_app
from webui.params import query_string

if TYPE_CHECKING:
    from tests.webui.conftest import StubEngine

WRITTEN = "QANR5L15QE24191"
EXCHANGE = "QANR5L16QG24191"
WITHDRAWN = "QANR5L15QE7"
STATE = (
    "q=traite+des+%C3%AAtres&du=2019&au=2019-11&reponse_au=2021&rubrique=animaux&type=QE"
    "&champ=titre&tri=delai&page=3&taille=20"
)
ADDRESSES = (
    "/",
    f"/recherche?{STATE}",
    "/recherche",
    "/recherche?du=hier",
    f"/question/{WRITTEN}?q=traite",
    f"/question/{EXCHANGE}",
    f"/question/{WITHDRAWN}",
    "/question/24191",
    "/question/rien",
    "/aide",
    f"/statistiques?{STATE}&par=groupe",
    "/statistiques",
    "/statistiques?par=rien",
    "/nulle-part",
)


def soup(client: FlaskClient, address: str) -> BeautifulSoup:
    return BeautifulSoup(client.get(address).text, "lxml")


def text(node: Tag | None) -> str:
    assert node is not None
    return " ".join(node.get_text().replace("\u202f", " ").split())


def state(link: Tag) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(urlsplit(str(link["href"])).query):
        found.setdefault(name, []).append(value)
    return found


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_is_french_titled_and_ordered(client: FlaskClient, address: str) -> None:
    page = soup(client, address)
    assert page.html is not None
    assert page.html["lang"] == "fr"
    assert text(page.title).endswith("– Questions parlementaires")
    assert len(page.find_all("h1")) == 1
    levels = [int(node.name[1]) for node in page.find_all(["h1", "h2", "h3", "h4"])]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.find("main", id="contenu")
    assert page.select_one("a.skip[href='#contenu']")


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_from_the_index_becomes_markup(client: FlaskClient, address: str) -> None:
    page = soup(client, address)
    assert not page.find_all(["iframe", "object", "style"])
    for script in page.find_all("script"):
        assert script.attrs == {"src": "/static/completion.js", "defer": ""}
        assert not script.contents
    assert all(str(image["src"]).startswith("/static/") for image in page.find_all("img"))
    for node in page.find_all(name=True):
        assert not [name for name in node.attrs if name.startswith("on") or name == "style"]
        address = str(node.get("href") or node.get("src") or "")
        assert address.startswith(("/", "#", "https://", "http://")) or not address


@pytest.mark.parametrize("address", ADDRESSES)
def test_identifiers_are_unique_and_labels_point_to_them(client: FlaskClient, address: str) -> None:
    page = soup(client, address)
    identifiers = [str(node["id"]) for node in page.find_all(id=True)]
    assert len(identifiers) == len(set(identifiers))
    for label in page.find_all("label", attrs={"for": True}):
        assert label["for"] in identifiers
    for node in page.find_all(attrs={"aria-labelledby": True}):
        assert node["aria-labelledby"] in identifiers


def test_templates_trust_no_data() -> None:
    folder = Path(webui.__file__).parent / "templates"
    templates = [path.read_text("utf-8") for path in folder.glob("*.html")]
    assert templates
    for template in templates:
        assert "|safe" not in template.replace(" ", "")
        assert "autoescape" not in template


def test_start_page_tells_what_the_index_holds(client: FlaskClient) -> None:
    page = soup(client, "/")
    assert "1 239 questions" in text(page.select_one(".hero .lead"))
    rows = [text(row) for row in page.select("tbody tr")]
    assert rows[0].startswith("Assemblée nationale, 16e législature")
    assert len(rows) == 3
    link = page.select_one("tbody a")
    assert link is not None
    assert state(link) == {"type": ["QG"], "legislature": ["16"], "chambre": ["AN"]}
    assert page.select("a.example")


def test_json_of_a_search(client: FlaskClient, stub: "StubEngine") -> None:
    response = client.get(f"/recherche.json?{STATE}")
    assert response.mimetype == "application/json"
    body = response.get_json()
    assert body["total"] == 1234
    assert body["page"] == 3
    assert body["hits"][1]["uid"] == WRITTEN
    assert body["hits"][1]["passages"]["question"][0][0] == ["Une", True]
    assert query_string(stub.asked[-1]) == STATE
    assert "ê" in response.text, "readable, not escaped"


def test_json_of_a_question_is_its_record(client: FlaskClient) -> None:
    response = client.get(f"/question/{WRITTEN}.json")
    record = from_record(response.get_json())
    assert record.uid == WRITTEN
    assert record.source_url == "javascript:alert(document.domain)"


def test_sample_banner(client: FlaskClient, stub: "StubEngine") -> None:
    assert soup(client, "/aide").select(".sample")
    stub.is_sample = False
    assert not soup(client, "/aide").select(".sample")


def test_help_shows_every_filter(client: FlaskClient) -> None:
    said = text(soup(client, "/aide").select_one(".glossary"))
    for spec in FILTERS.values():
        assert spec.label in said
        assert all(value in said for value in spec.values)


def test_the_site_works_below_a_path(app: Flask) -> None:
    page = app.test_client().get("/recherche?q=x", environ_overrides={"SCRIPT_NAME": "/qp"}).text
    for link in BeautifulSoup(page, "lxml").select("a[href], form[action], link[href], img[src]"):
        address = str(link.get("href") or link.get("action") or link.get("src"))
        assert address.startswith(("/qp/", "#", "https://"))


def test_importing_and_making_an_application_does_no_work() -> None:
    application = create_app()
    assert "site.results" in application.view_functions
