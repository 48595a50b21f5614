"""The contract of the query language: what ``/aide`` says of it is so, on any corpus served."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from indexer.search.fields import FIELDS, SCOPE_FIELDS
from indexer.search.language import VERSION, parse
from indexer.search.lexemes import OPERATORS
from indexer.search.request import FACETS, FILTERS, Search
from indexer.search.wording import describe
from indexer.settings import Settings
from indexer.whoosh_engine import open_engine
from webui import create_app

# Every example of the help that is no value of the corpus, and what it means.
EXAMPLES = {
    "traite des êtres humains": "traite ET êtres ET humains",
    "L’EAU POTABLE": "eau ET potable",
    "micro-entreprise": "micro-entreprise",
    "C.G.T.": "cgt",
    "30 000 euros": "30000 ET euros",
    '"traite des êtres humains"': '"traite des êtres humains"',
    "« accès aux soins »": '"accès aux soins"',
    '"élus"': '"élus"',
    "=élus": '"élus"',
    "=(élus locaux)": '"élus" ET "locaux"',
    '"accès soins"~5': '"accès soins"~5',
    "(accès soins)~5": "(accès ET soins)~5",
    "loup OU ours": "loup OU ours",
    "loup -pastoralisme": "loup SAUF pastoralisme",
    "loup SAUF pastoralisme": "loup SAUF pastoralisme",
    "(loup OU ours) indemnisation": "(loup OU ours) ET indemnisation",
    "loup ET indemnisation OU ours": "(loup ET indemnisation) OU ours",
    "vaccin*": "vaccin*",
    "m?decin": "m?decin",
    "médicamant~": "médicamant~1",
    "médecinn~2": "médecinn~2",
    "titre:logement": "titre:logement",
    "titre:(logement OU loyer)": "titre:logement OU titre:loyer",
    "ministere:(intérieur OU justice)": "ministere:intérieur OU ministere:justice",
    "logement -type:QG": "logement SAUF type:QG",
    "delai:>60": "delai:>=61",
    "date:2022": "date:2022",
    "date:2018..2019": "date:2018..2019",
    "du:2018 au:09/2022": "du:2018 ET au:2022-09",
    "reponse_date:2022": "reponse_date:2022",
}


@pytest.fixture(scope="module", params=["sample_settings", "real_settings"])
def served(request: pytest.FixtureRequest) -> Settings:
    settings: Settings = request.getfixturevalue(request.param)
    return settings


@pytest.fixture(scope="module")
def client(served: Settings) -> FlaskClient:
    return create_app(served).test_client()


@pytest.fixture(scope="module")
def page(client: FlaskClient) -> BeautifulSoup:
    return BeautifulSoup(client.get("/aide").text, "lxml")


def examples(page: BeautifulSoup) -> Iterator[str]:
    for link in page.select("a.example"):
        address = urlsplit(str(link["href"]))
        assert address.path == "/recherche"
        asked = parse_qs(address.query)
        assert asked == {"q": [link.get_text()]}
        yield link.get_text()


def test_every_example_means_what_the_contract_says(page: BeautifulSoup) -> None:
    found = list(examples(page))
    assert set(EXAMPLES) <= set(found)
    for typed in found:
        query = parse(typed)
        assert query.notices == (), typed
        if typed in EXAMPLES:
            assert describe(query.tree) == EXAMPLES[typed]


def test_every_example_finds_something_in_the_corpus_served(
    served: Settings, page: BeautifulSoup
) -> None:
    engine = open_engine(served)
    typed_examples = list(examples(page))
    assert len(typed_examples) > len(EXAMPLES)
    for typed in typed_examples:
        results = engine.search(Search(text=typed, facets=False))
        assert results.total_all_words, typed


def test_every_filter_has_its_name_its_values_and_an_example_of_the_corpus(
    served: Settings, page: BeautifulSoup
) -> None:
    filled = {f.name for f in open_engine(served).search(Search()).facets if f.values}
    told = {
        str(entry.code.get_text()): entry for entry in page.select(".glossary > div") if entry.code
    }
    assert set(told) == {f"{name}:" for name in FILTERS} | {"delai:"}
    for name, spec in FILTERS.items():
        entry = told[f"{name}:"]
        assert {code.get_text() for code in entry.select("dd code")} == set(spec.values)
        shown = [link.get_text() for link in entry.select("a.example")]
        assert bool(shown) == (name in filled)
        assert all(text.startswith(f"{name}:") for text in shown)
    assert filled <= set(FACETS)


def test_every_field_and_operator_and_the_version_are_told(page: BeautifulSoup) -> None:
    said = page.get_text()
    assert f"version\N{NO-BREAK SPACE}{VERSION}" in said
    for name in FIELDS:
        assert name == "tout" or f"{name}:" in said, name
    assert set(SCOPE_FIELDS) < set(FIELDS)
    for operator in OPERATORS:
        assert operator in said


def test_the_named_question_is_offered_and_first(served: Settings, page: BeautifulSoup) -> None:
    (typed,) = [text for text in examples(page) if " n° " in text]
    results = open_engine(served).search(Search(text=typed))
    assert results.understood.named
    assert results.hits[0].uid in results.understood.named
