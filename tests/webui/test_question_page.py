import json

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient

WRITTEN = "QANR5L15QE24191"
EXCHANGE = "QANR5L16QG24191"
WITHDRAWN = "QANR5L15QE7"


def soup(client: FlaskClient, address: str) -> BeautifulSoup:
    return BeautifulSoup(client.get(address).text, "lxml")


def text(node: Tag | None) -> str:
    assert node is not None
    return " ".join(node.get_text().replace("\u202f", " ").split())


def test_question_page_tells_everything(client: FlaskClient, evil: str) -> None:
    page = soup(client, f"/question/{WRITTEN}?q=traite&type=QE&page=2")
    said = text(page.main)
    for expected in (
        "3 occurrences de « traite »",
        "Journal officiel page 9731",
        "répondue en 91 jours",
        "Question signalée",
        "Question renouvelée",
        "Ministère attributaire",
        "Ministère réattributaire",
        "1er décembre 2019",
        "1 commentaire",
        "Erratum",
        "Tête d’analyse",
        WRITTEN,
    ):
        assert expected in said, expected
    assert said.count(evil) >= 10
    back = page.select_one(".back a")
    assert back is not None
    assert back["href"] == "/recherche?q=traite&type=QE&page=2"
    canonical = page.select_one("link[rel=canonical]")
    assert canonical is not None
    assert canonical["href"] == f"/question/{WRITTEN}"
    assert [text(mark) for mark in page.select(".texts mark")] == ["Une", "Une"]
    days = [str(node["datetime"]) for node in page.select(".history time")]
    assert days == sorted(days)


def test_a_fictional_question_says_so(client: FlaskClient) -> None:
    assert "Question fictive" in text(soup(client, f"/question/{WRITTEN}").select_one(".fictional"))
    assert not soup(client, f"/question/{EXCHANGE}").select(".fictional")


def test_a_question_without_search_has_no_way_back_to_one(client: FlaskClient) -> None:
    page = soup(client, f"/question/{EXCHANGE}")
    assert not page.select(".back")
    assert not page.select(".matches")


def test_an_exchange_names_its_speakers_once(client: FlaskClient) -> None:
    page = soup(client, f"/question/{EXCHANGE}")
    assert "Échange en séance" in text(page.select_one(".texts h2"))
    assert [text(name) for name in page.select(".texts b.speaker")] == [
        "M. Paul Essai",
        "Mme la ministre",
    ]
    assert text(page.select_one(".texts")).count("Paul Essai") == 1


def test_a_withdrawn_question_says_why(client: FlaskClient) -> None:
    said = text(soup(client, f"/question/{WITHDRAWN}").select_one(".from-answer"))
    assert "retirée le 1er mai 2018 : Fin de mandat" in said


@pytest.mark.parametrize(
    "reference", ["15-24191QE", "qanr5l15qe24191", "AN 15-24191QE", "QE%2024191", "15-24191"]
)
def test_other_forms_of_a_reference_lead_to_its_address(
    client: FlaskClient, reference: str
) -> None:
    response = client.get(f"/question/{reference}?q=traite&inconnu=1&_external=1&_scheme=x")
    assert response.status_code == 302
    assert response.headers["Location"] == f"/question/{WRITTEN}?q=traite"
    response = client.get(f"/question/{reference}.json")
    assert response.headers["Location"] == f"/question/{WRITTEN}.json"


def test_the_address_of_an_official_page_is_a_reference(client: FlaskClient) -> None:
    url = "https://questions.assemblee-nationale.fr/q15/15-24191QE.htm"
    response = client.get(f"/question/{url}")
    assert response.headers["Location"] == f"/question/{WRITTEN}"


def test_a_reference_that_fits_several_gives_a_choice(client: FlaskClient) -> None:
    response = client.get("/question/24191")
    assert response.status_code == 300
    links = BeautifulSoup(response.text, "lxml").select(".choices a")
    assert [link["href"] for link in links] == [f"/question/{EXCHANGE}", f"/question/{WRITTEN}"]
    problem = client.get("/question/24191.json")
    assert problem.status_code == 300
    assert json.loads(problem.text)["candidates"] == [EXCHANGE, WRITTEN]


@pytest.mark.parametrize(
    "reference", ["QANR5L15QE99", "rien", "%3Cb%3E", "1" * 400, "QE", "..%2F..%2Fetc%2Fpasswd"]
)
def test_no_such_question(client: FlaskClient, reference: str) -> None:
    response = client.get(f"/question/{reference}")
    assert response.status_code == 404
    assert "Question introuvable" in response.text
    assert "<b>" not in response.text


def test_a_wrong_state_does_not_hide_the_question(client: FlaskClient) -> None:
    page = soup(client, f"/question/{WRITTEN}?q=traite&du=hier")
    back = page.select_one(".back a")
    assert back is not None
    assert back["href"] == "/recherche?q=traite"
    assert client.get(f"/question/{WRITTEN}?q={'a' * 5000}").status_code == 200


def test_a_question_shows_its_family_and_what_is_like_it(client: FlaskClient, evil: str) -> None:
    page = soup(client, f"/question/{WRITTEN}")
    family = page.select_one("[aria-labelledby=titre-famille]")
    said = text(family)
    assert "30 questions presque identiques ou de même réponse" in said
    assert "aussi pour 1 autre question" in said
    assert said.count("même réponse") == 2
    assert "En attente de réponse" in said
    hrefs = [str(link["href"]) for link in page.select(".around a")]
    assert hrefs == [
        "/question/QANR5L15QE11",
        "/question/QANR5L15QE12",
        "/recherche?tri=anciennes&famille=QANR5L15QE24191",
        "/question/QANR5L15QE3",
    ]
    similar = text(page.select_one("[aria-labelledby=titre-proches]"))
    assert "Questions proches qui ont reçu une réponse" in similar
    assert f"en commun : traite, {evil}" in similar.replace("\u00a0", " ")


def test_a_question_shows_what_it_recalls_and_what_recalls_it(client: FlaskClient) -> None:
    page = soup(client, f"/question/{WRITTEN}")
    recalled, unknown, recalling = (
        text(node).replace("\u00a0", " ") for node in page.select(".recalled")
    )
    assert recalled.startswith("Rappelle la question écrite n° 5 : Titre 5")
    assert unknown == "Rappelle la question n° 77, absente de cet index"
    assert recalling.startswith("Rappelée par la question écrite n° 6 : Titre 6")


def test_a_question_that_stands_alone_says_nothing_of_others(client: FlaskClient) -> None:
    page = soup(client, f"/question/{EXCHANGE}")
    assert not page.select(".around")
    assert not page.select(".recalled")


def test_what_stands_around_a_question_is_data_too(client: FlaskClient) -> None:
    answer = json.loads(client.get(f"/question/{WRITTEN}/similaires.json").text)
    assert answer["family_size"] == 30
    assert [other["uid"] for other in answer["family"]] == ["QANR5L15QE11", "QANR5L15QE12"]
    assert answer["recalls"][0]["date_asked"] == "2019-02-01"
    assert answer["similar"][0]["shared"][0] == "traite"
    moved = client.get("/question/15-24191QE/similaires.json")
    assert moved.headers["Location"] == f"/question/{WRITTEN}/similaires.json"
    assert client.get("/question/QANR5L15QE999/similaires.json").status_code == 404
