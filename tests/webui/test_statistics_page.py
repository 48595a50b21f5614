"""The page of statistics, and the bars over the results: what they say, and where they lead."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from flask.testing import FlaskClient

from indexer.search.request import Search
from indexer.search.results import Months, Timeline
from indexer.search.statistics import DEFAULT_GROUPING, GROUPINGS, Statistics
from tests.webui.test_pages import STATE, soup, state, text
from webui.params import query_string

if TYPE_CHECKING:
    from tests.webui.conftest import StubEngine

FILTERED = "q=traite&du=2018&rubrique=animaux"


def test_totals_and_rows_are_shown(client: FlaskClient, evil: str) -> None:
    page = soup(client, f"/statistiques?{FILTERED}&par=ministere")
    totals = {text(each.dt): text(each.dd) for each in page.select(".totals div")}
    assert totals["Questions"] == "1 234"
    assert totals["Avec réponse"] == "900 72,9 %"
    assert totals["Délai médian"] == "62 jours"
    assert totals["Délai moyen"] == "81,2 j"
    first, second = page.select("table.statistics tbody tr")
    assert text(first.th) == " ".join(evil.split())
    cells = [text(cell) for cell in first.select("td")]
    assert cells == ["1 000", "900", "90,0 %", "62 jours", "124 jours", "1 420 jours"]
    assert [text(cell) for cell in second.select("td")] == ["234", "0", "0,0 %", "–", "–", "–"]
    bars = [
        [float(str(bar["width"])) for bar in row.select("rect")] for row in page.select("tbody tr")
    ]
    assert bars == [[100, 90], [23.4, 0]]
    said = text(page.main)
    assert "Et 3 autres lignes" in said
    assert "7 questions sans cette indication" in said


def test_rows_lead_to_their_questions(client: FlaskClient, evil: str) -> None:
    row = soup(client, f"/statistiques?{FILTERED}&par=ministere").select_one("tbody a")
    assert row is not None
    assert str(row["href"]).startswith("/recherche?")
    assert state(row) == {
        "q": ["traite"], "du": ["2018"], "rubrique": ["animaux"], "ministere": [evil],
    }  # fmt: skip
    replaced = soup(client, f"/statistiques?{FILTERED}&par=rubrique").select_one("tbody a")
    assert replaced is not None
    assert state(replaced)["rubrique"] == [evil]


def test_a_year_is_a_period_within_that_of_the_search(
    client: FlaskClient, stub: "StubEngine", monkeypatch: pytest.MonkeyPatch
) -> None:
    of_stub = stub.statistics

    def years(search: Search, by: str) -> Statistics:
        found = of_stub(search, by)
        return replace(found, rows=found.rows[1:])

    monkeypatch.setattr(stub, "statistics", years)
    page = soup(client, "/statistiques?du=2019-03&au=2021&par=annee")
    link = page.select_one("tbody a")
    assert link is not None
    assert state(link) == {"du": ["2019-03"], "au": ["2019"]}


def test_every_grouping_is_a_link_that_keeps_the_search(client: FlaskClient) -> None:
    page = soup(client, f"/statistiques?{FILTERED}&tri=delai&page=3&taille=20&par=groupe")
    links = {text(link): link for link in page.select(".groupings a")}
    assert len(links) == len(GROUPINGS)
    assert [name for name, link in links.items() if link.get("aria-current")] == ["groupe"]
    for link in links.values():
        asked = state(link)
        assert asked.get("par", [DEFAULT_GROUPING])[0] in GROUPINGS
        del asked["par" if "par" in asked else "q"]
        assert "page" not in asked
        assert "tri" not in asked
        assert asked["rubrique"] == ["animaux"]
    canonical = page.select_one("link[rel=canonical]")
    assert canonical is not None
    assert canonical["href"] == f"/statistiques?{FILTERED}&par=groupe"


def test_chips_stay_on_the_page(client: FlaskClient) -> None:
    chips = soup(client, f"/statistiques?{FILTERED}&par=groupe").select("a.chip")
    assert len(chips) == 2
    for chip in chips:
        assert str(chip["href"]).startswith("/statistiques?")
        assert state(chip)["par"] == ["groupe"]


@pytest.mark.parametrize(
    ("kinds", "offered"), [("", True), ("&type=QE", False), ("&type=QE&type=QG", True)]
)
def test_written_questions_alone_are_offered(
    client: FlaskClient, kinds: str, offered: bool
) -> None:
    page = soup(client, f"/statistiques?q=a{kinds}")
    links = [link for link in page.select(".aside a") if state(link).get("type") == ["QE"]]
    assert bool(links) == offered


def test_nothing_found_is_said(client: FlaskClient, stub: "StubEngine") -> None:
    stub.total = 0
    page = soup(client, "/statistiques?q=a")
    assert "rien à compter" in text(page.main)
    assert not page.select("table")


def test_an_unknown_grouping_is_refused(client: FlaskClient) -> None:
    response = client.get("/statistiques?par=rien")
    assert response.status_code == 400
    assert "portefeuille" in response.text
    problem = client.get("/statistiques.json?par=rien")
    assert problem.mimetype == "application/problem+json"
    assert problem.get_json()["parameter"] == "par"


def test_json_of_statistics(client: FlaskClient, stub: "StubEngine") -> None:
    body = client.get(f"/statistiques.json?{STATE}&par=annee").get_json()
    assert body["by"] == "annee"
    assert body["all"]["delays"]["median"] == 62
    assert [row["questions"] for row in body["rows"]] == [1000, 234]
    assert query_string(stub.asked[-1]) == STATE


def test_results_lead_to_their_statistics(client: FlaskClient, stub: "StubEngine") -> None:
    link = soup(client, f"/recherche?{FILTERED}&tri=delai").select_one(".figures a")
    assert link is not None
    assert link["href"] == f"/statistiques?{FILTERED}"
    stub.total = 0
    assert not soup(client, "/recherche?q=a").select(".figures")


def test_bars_are_searches_of_a_month(client: FlaskClient) -> None:
    page = soup(client, "/recherche?q=traite&tri=delai&page=2")
    bars = page.select(".timeline > svg a")
    assert [text(bar.title) for bar in bars] == [
        "Janvier 2019 : 3 questions", "Mars 2019 : 40 questions", "Décembre 2020 : 1 question",
    ]  # fmt: skip
    asked = {"q": ["traite"], "tri": ["delai"], "du": ["2019-03"], "au": ["2019-03"]}
    assert state(bars[1]) == asked
    rods = list(page.select(".timeline > svg rect.rod"))
    assert [float(str(rod["height"])) for rod in rods] == [3, 40, 1]
    assert [float(str(rod["x"])) for rod in rods] == [0.1, 2.1, 23.1]
    assert str(page.select_one(".timeline > svg")["viewbox"]) == "0 0 24 40"  # type: ignore[index]  # it is on the page


def test_the_table_says_what_the_bars_show(client: FlaskClient) -> None:
    page = soup(client, "/recherche?q=traite")
    asked, answered = page.select(".timeline details")
    assert text(asked.summary) == "Questions posées par mois (au plus 40, mars 2019)"
    rows = [(text(row.th), text(row.td)) for row in asked.select("tbody tr")]
    assert rows == [("Décembre 2020", "1"), ("Mars 2019", "40"), ("Janvier 2019", "3")]
    assert text(answered.summary) == "Réponses publiées par an (au plus 30, 2021)"
    link = answered.select("tbody a")[0]
    assert state(link) == {"q": ["traite"], "reponse_du": ["2021"], "reponse_au": ["2021"]}
    drawn = [state(bar) for bar in answered.select("svg a")]
    assert sorted(map(str, drawn)) == sorted(str(state(a)) for a in answered.select("tbody a"))


def test_one_period_alone_is_no_chart(client: FlaskClient, stub: "StubEngine") -> None:
    stub.timeline = Timeline(asked=Months(2019, 1, (3,)))
    assert not soup(client, "/recherche?q=traite").select(".timeline")


def test_a_bar_stays_within_the_period_of_the_search(client: FlaskClient) -> None:
    page = soup(client, "/recherche?q=a&du=10/01/2019&au=05/12/2020")
    bars = page.select(".timeline > svg a")
    assert state(bars[0])["du"] == ["2019-01-10"]
    assert state(bars[0])["au"] == ["2019-01"]
    assert state(bars[-1])["au"] == ["2020-12-05"]
