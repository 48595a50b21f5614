import logging
from typing import TYPE_CHECKING

import pytest
from flask.testing import FlaskClient

from indexer.errors import IndexDamaged, IndexMissing
from indexer.search.engine import Engine
from indexer.settings import Settings
from webui import create_app, serving
from webui.wsgi import application

if TYPE_CHECKING:
    from tests.webui.conftest import StubEngine

WRITTEN = "QANR5L15QE24191"
ADDRESSES = (
    ("/", 200),
    ("/recherche?q=traite", 200),
    ("/recherche.json?q=traite", 200),
    ("/completion.json?q=tra", 200),
    ("/static/completion.js", 200),
    (f"/question/{WRITTEN}", 200),
    (f"/question/{WRITTEN}.json", 200),
    ("/question/15-24191QE", 302),
    ("/question/24191", 300),
    ("/aide", 200),
    ("/healthz", 200),
    ("/robots.txt", 200),
    ("/static/style.css", 200),
    ("/static/favicon.svg", 200),
    ("/recherche?du=hier", 400),
    ("/recherche.json?du=hier", 400),
    ("/question/rien", 404),
    ("/nulle-part", 404),
    ("/recherche?x=" + "a" * 9000, 414),
)


@pytest.mark.parametrize(("address", "status"), ADDRESSES)
def test_every_answer_is_guarded(client: FlaskClient, address: str, status: int) -> None:
    response = client.get(address)
    response.close()
    assert response.status_code == status
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in response.headers["Permissions-Policy"]
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(("address", "status"), ADDRESSES)
def test_head_says_what_get_says_without_a_body(
    client: FlaskClient, address: str, status: int
) -> None:
    response = client.head(address)
    response.close()
    assert response.status_code == status
    assert response.data == b""


@pytest.mark.parametrize(
    "address", ["/", "/recherche?q=traite", "/recherche.json", f"/question/{WRITTEN}?q=a"]
)
def test_a_page_that_the_client_holds_is_not_made_again(
    client: FlaskClient,
    stub: "StubEngine",
    address: str,
) -> None:
    first = client.get(address)
    tag = first.headers["ETag"]
    assert tag.startswith('W/"')
    assert "no-cache" in first.headers["Cache-Control"]
    asked = len(stub.asked)
    again = client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag
    assert "Content-Security-Policy" in again.headers
    assert len(stub.asked) == asked, "nothing is searched to answer 304"
    stub.generation = "another"
    changed = client.get(address, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag


def test_each_address_has_its_own_tag(client: FlaskClient) -> None:
    addresses = ("/", "/recherche", "/recherche.json", "/recherche?q=a", "/recherche?q=b")
    tags = {client.get(address).headers["ETag"] for address in addresses}
    assert len(tags) == len(addresses)


@pytest.mark.parametrize(
    ("query", "field", "typed", "said"),
    [
        ("du=hier", "du", "hier", "JJ/MM/AAAA"),
        ("reponse_au=%22%3E%3Cb%3E", "reponse_au", '">&lt;b&gt;', "JJ/MM/AAAA"),
        ("legislature=XV", "legislature", "XV", "par exemple 15"),
        ("tri=hasard", "tri", None, "pertinence, recentes"),
        ("type=QZ", "type", None, "QE, QG, QOSD"),
        ("page=0", None, None, "un nombre de 1 à 100000"),
        ("taille=999", "taille", None, "un nombre de 1 à 200"),
    ],
)
def test_a_wrong_value_keeps_the_form_and_says_what_would_be_right(
    client: FlaskClient, query: str, field: str | None, typed: str | None, said: str
) -> None:
    response = client.get(f"/recherche?q=loup&auteur=Martin&{query}")
    assert response.status_code == 400
    assert said in response.text
    assert 'value="loup"' in response.text
    assert 'value="Martin"' in response.text
    assert "<b>" not in response.text.replace("<b>Erratum", "")
    if field:
        assert f'href="#champ-{field}"' in response.text
        assert 'aria-invalid="true"' in response.text
    if typed:
        assert f'value="{typed.replace(chr(34), "&#34;").replace("&#34;>", "&#34;&gt;")}"' in (
            response.text
        )


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/recherche.json?tri=hasard", 400),
        ("/question/rien.json", 404),
        ("/nulle-part.json", 404),
        ("/recherche.json?x=" + "a" * 9000, 414),
    ],
)
def test_errors_of_json_routes_are_problem_documents(
    client: FlaskClient, address: str, status: int
) -> None:
    response = client.get(address)
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    problem = response.get_json()
    assert problem["type"] == "about:blank"
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    assert "no-store" in response.headers["Cache-Control"]


def test_a_problem_names_the_parameter_and_the_valid_values(client: FlaskClient) -> None:
    problem = client.get("/recherche.json?statut=perdue").get_json()
    assert problem["parameter"] == "statut"
    assert problem["value"] == "perdue"
    assert problem["valid"] == ["repondue", "attente", "retiree", "caduque"]


@pytest.mark.parametrize(
    ("accept", "mimetype"),
    [
        ("application/json", "application/problem+json"),
        ("application/problem+json", "application/problem+json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("*/*", "text/html"),
        ("", "text/html"),
        ("n'importe quoi", "text/html"),
    ],
)
def test_errors_of_pages_follow_what_the_client_reads(
    client: FlaskClient, accept: str, mimetype: str
) -> None:
    for address in ("/nulle-part", "/recherche?du=hier"):
        response = client.get(address, headers={"Accept": accept})
        assert response.mimetype == mimetype
        assert "Accept" in response.headers["Vary"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_pages_are_for_reading(client: FlaskClient, method: str) -> None:
    response = client.open("/recherche", method=method)
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert "Méthode refusée" in response.text


def test_a_body_is_refused_unread(client: FlaskClient) -> None:
    response = client.post("/recherche", data=b"x" * 20_000)
    assert response.status_code == 413
    assert "Demande trop volumineuse" in response.text


def test_an_unexpected_error_is_a_french_page_and_logs_no_words(
    client: FlaskClient,
    stub: "StubEngine",
    caplog: pytest.LogCaptureFixture,
) -> None:
    stub.failure = RuntimeError("le mot secret")
    with caplog.at_level(logging.DEBUG):
        response = client.get("/recherche?q=secret")
    assert response.status_code == 500
    assert "Erreur du site" in response.text
    assert "RuntimeError" in caplog.text
    assert "site.results" in caplog.text
    assert "secret" not in caplog.text
    assert client.get("/recherche.json").get_json()["status"] == 500


def test_a_search_logs_nothing(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for address, _ in ADDRESSES:
            client.get(address).close()
    assert caplog.text == ""


def test_no_index_is_told_on_every_page_but_the_help(
    client: FlaskClient, stub: "StubEngine"
) -> None:
    stub.failure = IndexMissing("Aucun index n'a été construit.")
    for address in ("/", "/recherche"):
        response = client.get(address)
        assert response.status_code == 503
        assert "questions index" in response.text
        assert response.headers["Retry-After"]
    health = client.get("/healthz")
    assert health.status_code == 503
    assert health.mimetype == "application/problem+json"
    assert client.get("/aide").status_code == 200


def test_health(client: FlaskClient) -> None:
    response = client.get("/healthz")
    assert response.get_json() == {
        "status": "ok",
        "generation": "20251124-a1",
        "questions": 1239,
        "native": False,
        "why_not_native": "extension non compilée",
        "segments": [{"name": "a", "codec": "FastCodec", "documents": 1240, "deleted": 1}],
        "fallbacks": {"Or": 2},
    }
    assert "no-store" in response.headers["Cache-Control"]


def test_a_damaged_index_is_a_page_that_says_how_to_mend_it(
    client: FlaskClient, stub: "StubEngine", caplog: pytest.LogCaptureFixture
) -> None:
    sentence = "a.fws : bloc coupé. Lancez « questions index --full »."
    stub.failure = IndexDamaged(sentence)
    page = client.get("/recherche?q=loup")
    assert page.status_code == 503
    assert sentence in page.text.replace("\xa0", " ").replace("\u202f", " ")
    assert "Traceback" not in page.text
    problem = client.get("/recherche.json?q=loup").get_json()
    assert (problem["status"], problem["detail"]) == (503, sentence)
    assert caplog.text == ""


def test_robots_are_kept_out_of_searches(client: FlaskClient) -> None:
    response = client.get("/robots.txt")
    assert response.mimetype == "text/plain"
    assert "Disallow: /recherche" in response.text


def test_an_index_that_is_built_later_is_found(
    stub: "StubEngine", monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[Engine] = []
    opened: list[Settings] = []

    def open_engine(given: Settings) -> Engine:
        opened.append(given)
        if not built:
            raise IndexMissing("Aucun index n'a été construit.")
        return built[0]

    monkeypatch.setattr(serving, "_open", open_engine)
    client = create_app(Settings(port=1)).test_client()
    assert opened == [], "nothing is opened before the first request"
    assert client.get("/healthz").status_code == 503
    assert client.get("/aide").status_code == 200
    built.append(stub)
    assert client.get("/healthz").status_code == 200
    tries = len(opened)
    assert client.get("/recherche").status_code == 200
    assert len(opened) == tries, "it is opened once"
    assert opened[-1].port == 1


def test_a_wsgi_server_finds_the_application() -> None:
    statuses: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/aide",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
    }
    body = application(environ, lambda status, *_: statuses.append(status))  # type: ignore[arg-type]  # a minimal callable
    assert b"Comment chercher" in b"".join(body)
    assert statuses == ["200 OK"]
