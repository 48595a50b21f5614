"""The site on a real index: what a visitor asks is answered from end to end."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer import native
from indexer.corpus import sample_corpus
from indexer.search.request import FILTERS, Search
from indexer.search.results_json import as_json
from indexer.settings import Settings
from indexer.whoosh_engine import build, open_engine
from webui import create_app


@pytest.fixture(scope="module")
def client(sample_settings: Settings) -> FlaskClient:
    return create_app(sample_settings).test_client()


def test_the_results_page_marks_question_and_answer(client: FlaskClient) -> None:
    page = client.get("/recherche", query_string={"q": "traite des êtres humains"})
    assert page.status_code == 200
    assert page.text.count("<mark>traite des êtres humains</mark>") >= 4
    assert "Question" in page.text
    assert "Réponse" in page.text


def test_the_question_page_marks_the_whole_text(client: FlaskClient) -> None:
    page = client.get("/question/QANR5L15QE90001", query_string={"q": "traite des êtres humains"})
    assert page.status_code == 200
    assert page.text.count("<mark>") >= 4
    assert "fictive" in page.text


def test_the_page_the_json_and_the_engine_agree(
    client: FlaskClient, sample_settings: Settings
) -> None:
    query = {"q": "loup", "type": "QE", "du": "2018", "tri": "recentes"}
    answer = json.loads(client.get("/recherche.json", query_string=query).text)
    assert answer["hits"]
    page = client.get("/recherche", query_string=query).text
    assert all(hit["uid"] in page for hit in answer["hits"])
    engine = open_engine(sample_settings)
    whole = as_json(engine.search(Search(text="loup", size=100)))
    assert {hit["uid"] for hit in answer["hits"]} <= {hit["uid"] for hit in whole["hits"]}


def test_an_exchange_shows_its_speakers(client: FlaskClient) -> None:
    page = client.get("/recherche", query_string={"q": "ministre", "type": "QG"})
    assert "Échange" in page.text
    uid = json.loads(client.get("/recherche.json?type=QG").text)["hits"][0]["uid"]
    assert "la présidente" in client.get(f"/question/{uid}").text


def test_health(client: FlaskClient) -> None:
    health = json.loads(client.get("/healthz").text)
    assert health["status"] == "ok"
    assert health["questions"] == 88
    assert health["native"] is native.COMPILED
    assert health["why_not_native"] == native.why_not
    assert [segment["documents"] for segment in health["segments"]] == [88]
    assert health["fallbacks"] == {}


def test_a_damaged_segment_is_a_clean_page(tmp_path: Path) -> None:
    settings = Settings(corpus=tmp_path / "corpus", index=tmp_path / "index")
    build(sample_corpus(), settings, is_sample=True)
    client = create_app(settings).test_client()
    (path,) = settings.index.glob("*/*.fws")
    assert client.get("/recherche?q=loup").status_code == 200
    content = path.read_bytes()
    middle = len(content) // 4
    with path.open("r+b") as stream:  # where the site has it mapped
        stream.seek(64)
        stream.write(bytes(len(content) - 64 - middle))
    page = client.get("/recherche?q=loi")  # the questions on wolves were read before
    assert page.status_code == 503
    assert path.name in page.text
    assert "questions index --full" in page.text
    assert "Traceback" not in page.text
    assert client.get("/recherche.json?q=loi").status_code == 503


def test_threads_get_the_answers_that_one_gets(sample_settings: Settings) -> None:
    engine = open_engine(sample_settings)
    texts = ["loup", "traite des êtres humains", '"des êtres"', "médecin*", "aesh~", "", "loi -eau"]

    def uids(text: str) -> list[str]:
        return [hit.uid for hit in engine.search(Search(text=text, size=50)).hits]

    alone = {text: uids(text) for text in texts}
    with ThreadPoolExecutor(8) as pool:
        for text, together in zip(texts * 12, pool.map(uids, texts * 12), strict=True):
            assert together == alone[text]


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    text=st.text(max_size=60),
    name=st.sampled_from(
        [
            *FILTERS,
            "du",
            "au",
            "reponse_du",
            "tri",
            "page",
            "taille",
            "champ",
            "formes",
            "delai",
            "x",
        ]
    ),
    value=st.text(max_size=20),
)
def test_no_address_is_an_error_of_ours(
    client: FlaskClient, text: str, name: str, value: str
) -> None:
    for path in ("/recherche", "/recherche.json", "/question/QANR5L15QE90001"):
        query = {"q": text.encode("utf-8", "replace"), name: value.encode("utf-8", "replace")}
        assert client.get(path, query_string=query).status_code in (200, 302, 304, 400)


def test_exact_forms_are_a_switch_on_the_page(client: FlaskClient) -> None:
    soup = BeautifulSoup(client.get("/recherche?q=élu").text, "lxml")
    box = soup.select_one("input[name=formes]")
    assert box is not None
    assert box["value"] == "exactes"
    assert not box.has_attr("checked")
    link = soup.select_one(".understood a[href*='formes=exactes']")
    assert link is not None
    exact = BeautifulSoup(client.get(str(link["href"])).text, "lxml")
    assert exact.select_one("input[name=formes][checked]")
    assert '"élu"' in exact.select(".understood dd")[0].get_text()
    back = exact.select_one(".understood a")
    assert back is not None
    assert parse_qs(urlsplit(str(back["href"])).query) == {"q": ["élu"]}
    hit = exact.select_one(".hit h3 a")
    assert hit is not None
    assert "formes=exactes" in str(hit["href"])


def test_the_question_page_marks_exact_forms_only_when_asked(client: FlaskClient) -> None:
    def marked(**more: str) -> set[str]:
        page = client.get("/question/QANR5L15QE90001", query_string={"q": "victime", **more})
        return {mark.get_text() for mark in BeautifulSoup(page.text, "lxml").select("mark")}

    assert "victimes" in marked()
    assert "victimes" not in marked(formes="exactes")


@pytest.mark.parametrize("address", ["/recherche?formes=x", "/recherche?delai=long&q=loup"])
def test_an_impossible_switch_is_refused(client: FlaskClient, address: str) -> None:
    page = client.get(address)
    assert page.status_code == 400
    assert "La recherche n’a pas été faite" in page.text


def test_the_delay_is_a_field_a_chip_and_a_part_of_the_address(client: FlaskClient) -> None:
    soup = BeautifulSoup(client.get("/recherche?delai=plus de 60 jours").text, "lxml")
    assert [chip.get_text(" ", strip=True) for chip in soup.select(".chip")] == [
        "Retirer le filtre Délai de réponse\N{NO-BREAK SPACE}: 61 jours ou plus"
    ]
    canonical = soup.select_one("link[rel=canonical]")
    assert canonical is not None
    assert parse_qs(urlsplit(str(canonical["href"])).query) == {"delai": [">=61"]}
    answer = json.loads(client.get("/recherche.json?delai=>60&taille=100&groupees=non").text)
    assert answer["total"] == len(answer["hits"]) > 0
    assert all(hit["delay_days"] > 60 for hit in answer["hits"])


def test_a_named_question_is_in_the_json_too(client: FlaskClient) -> None:
    answer = json.loads(client.get("/recherche.json?q=QE+15-90001").text)
    assert answer["understood"]["questions"] == ["QANR5L15QE90001"]
    assert answer["understood"]["exact"] is False
    assert answer["hits"][0]["uid"] == "QANR5L15QE90001"


def test_a_date_field_takes_words(client: FlaskClient) -> None:
    query = {"du": "depuis mars 2019", "au": "avant 2021"}
    soup = BeautifulSoup(client.get("/recherche", query_string=query).text, "lxml")
    canonical = soup.select_one("link[rel=canonical]")
    assert canonical is not None
    assert parse_qs(urlsplit(str(canonical["href"])).query) == {"du": ["2019-03"], "au": ["2020"]}
    field = soup.select_one("input[name=du]")
    assert field is not None
    assert field["value"] == "depuis mars 2019"
