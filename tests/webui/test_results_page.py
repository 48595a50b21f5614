import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient

from indexer.search.request import FILTERS, parse_date

if TYPE_CHECKING:
    from tests.webui.conftest import StubEngine

WRITTEN = "QANR5L15QE24191"
STATE = (
    "q=traite+des+%C3%AAtres&du=2019&au=2019-11&reponse_au=2021&rubrique=animaux&type=QE"
    "&champ=titre&tri=delai&page=3&taille=20"
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


def test_form_keeps_what_was_typed(client: FlaskClient) -> None:
    page = soup(client, f"/recherche?{STATE}&auteur=%22Dup%22&auteur=Martin&du=01/01/2019")
    values = {str(field["name"]): field.get("value") for field in page.select("form input")}
    assert values["q"] == "traite des êtres"
    assert values["du"] == "2019"
    assert values["reponse_au"] == "2021"
    authors = [field["value"] for field in page.select("input[name=auteur]")]
    assert authors == ['"Dup"', "Martin"]
    assert [box["value"] for box in page.select("input[name=type][checked]")] == ["QE"]
    chosen = {
        str(field["name"]): str(option["value"])
        for field in page.select("select")
        for option in field.select("option[selected]")
    }
    assert chosen == {"champ": "titre", "tri": "delai", "taille": "20"}


@pytest.mark.parametrize(
    "typed", ["2019", " 03/2019", "3.2019", "2019-3", "5/11/2019", "2019-11-05"]
)
def test_the_browser_lets_every_form_of_a_date_through(client: FlaskClient, typed: str) -> None:
    parse_date(typed, "du", last_day=False)
    for field in soup(client, "/recherche").select("input[pattern]"):
        pattern = str(field["pattern"])
        assert re.fullmatch(pattern, typed)
        assert not re.fullmatch(pattern, "hier")


def test_form_has_a_field_for_every_filter(client: FlaskClient) -> None:
    page = soup(client, "/recherche")
    names = {str(field["name"]) for field in page.select("form [name]")}
    assert names == {
        "q",
        "formes",
        "delai",
        "du",
        "au",
        "reponse_du",
        "reponse_au",
        "champ",
        "tri",
        "taille",
        *FILTERS,
    }


def test_results_say_how_many_and_for_what(client: FlaskClient) -> None:
    page = soup(client, f"/recherche?{STATE}")
    assert text(page.h1) == "1 234 questions pour « traite des êtres »"
    assert text(page.title).startswith("1 234 questions pour « traite des êtres », page 3")
    assert "noindex" in str(page.select_one("meta[name=robots]"))
    canonical = page.select_one("link[rel=canonical]")
    assert canonical is not None
    assert canonical["href"] == f"/recherche?{STATE}"


def test_what_was_understood_is_shown_back(client: FlaskClient, evil: str) -> None:
    said = text(soup(client, "/recherche?q=traite").select_one(".understood"))
    assert "Recherché : traite" in said
    assert "Ignoré : des" in said
    assert "Variantes : traite → traites" in said
    assert "Avis : " in said
    assert evil in said


def test_chips_remove_one_filter_each(client: FlaskClient) -> None:
    page = soup(client, f"/recherche?{STATE}")
    chips = {text(chip.select_one(".name")): state(chip) for chip in page.select("a.chip")}
    assert set(chips) == {"Posée :", "Répondue :", "Chercher dans :", "Rubrique :", "Type :"}
    assert "du" not in chips["Posée :"]
    assert "au" not in chips["Posée :"]
    assert chips["Posée :"]["reponse_au"] == ["2021"]
    assert "type" not in chips["Type :"]
    assert chips["Type :"]["rubrique"] == ["animaux"]
    for kept in chips.values():
        assert kept["q"] == ["traite des êtres"]
        assert (kept["tri"], kept["taille"]) == (["delai"], ["20"])
        assert "page" not in kept
    clear = page.select_one("a.clear")
    assert clear is not None
    assert state(clear) == {"q": ["traite des êtres"]}


def test_facets_add_and_remove_and_keep_the_state(client: FlaskClient) -> None:
    page = soup(client, f"/recherche?{STATE}")
    links = {text(link.select_one(".value")): link for link in page.select(".facet a")}
    chosen, other = links["Question écrite"], links["Question au Gouvernement"]
    assert "chosen" in str(chosen["class"])
    assert "type" not in state(chosen)
    assert state(other)["type"] == ["QE", "QG"]
    assert state(other)["rubrique"] == ["animaux"]
    assert state(other)["tri"] == ["delai"]
    assert "page" not in state(other)
    assert text(other.select_one(".count")) == "34"


def test_facets_fold_away_and_say_what_is_left_out(client: FlaskClient) -> None:
    page = soup(client, "/recherche")
    facet = page.select_one("#facette-rubrique")
    assert facet is not None
    assert facet.parent is not None
    assert len(facet.parent.select(":scope > details a")) == 4
    assert "et 12 valeurs plus rares" in text(facet.parent)
    assert not page.select_one("#facette-chambre"), "one value alone is no choice"


def test_orders_are_links(client: FlaskClient) -> None:
    page = soup(client, f"/recherche?{STATE}")
    links = {text(link): link for link in page.select(".sort a")}
    assert links["Délai de réponse le plus long"].get("aria-current") == "true"
    assert "tri" not in state(links["Pertinence"])
    assert state(links["Questions les plus anciennes"])["tri"] == ["anciennes"]
    without_words = [text(link) for link in soup(client, "/recherche").select(".sort a")]
    assert "Pertinence" not in without_words


def test_pages_are_links(client: FlaskClient) -> None:
    page = soup(client, f"/recherche?{STATE}")
    nav = page.select_one("nav.pages")
    assert nav is not None
    numbers = [text(item).removeprefix("Page ") for item in nav.select("li")]
    assert numbers == ["1", "2", "3", "4", "5", "…", "62"]
    current = nav.select_one("[aria-current=page]")
    assert text(current) == "Page 3"
    before, after = nav.select_one("[rel=prev]"), nav.select_one("[rel=next]")
    assert before is not None
    assert after is not None
    assert state(before)["page"] == ["2"]
    assert state(after)["page"] == ["4"]
    assert state(after)["type"] == ["QE"]
    assert page.select_one("link[rel=next]")
    first = nav.select_one("li a")
    assert first is not None
    assert "page" not in state(first)


def test_the_last_page_that_may_be_asked_for_bounds_the_links(
    client: FlaskClient, stub: "StubEngine"
) -> None:
    stub.total = 5_000_000
    page = soup(client, "/recherche?taille=1&page=100000")
    assert not page.select_one("[rel=next]")
    assert client.get("/recherche?taille=1&page=100001").status_code == 400


def test_a_page_beyond_the_last_says_so(client: FlaskClient, stub: "StubEngine") -> None:
    stub.hits = ()
    assert "Cette page n’existe pas" in client.get("/recherche?page=900").text


def test_a_hit_shows_what_a_reader_needs(client: FlaskClient) -> None:
    cards = soup(client, "/recherche?q=traite&type=QE").select("article.hit")
    exchange, written, withdrawn = cards
    said = text(written)
    assert "Question écrite n° 24191" in said
    assert "15e législature" in said
    assert "Réponse publiée" in said
    assert "Mme Jeanne Exemple" in said
    assert "Posée le 5 novembre 2019" in said
    assert "Répondue le 4 février 2020, en 91 jours" in said
    assert [text(name) for name in written.select(".ministry")][1].startswith("→, réponse de")
    assert [text(term) for term in written.select("dt")] == ["Question", "Réponse"]
    assert [text(mark) for mark in written.select("dd mark")] == ["Une", "Une"]
    assert text(written.select_one("dd")).startswith("… Une question.")
    link = written.select_one("h3 a")
    assert link is not None
    assert link["href"] == f"/question/{WRITTEN}?q=traite&type=QE"
    assert text(link.mark) == "Traite"
    assert text(exchange.select_one("b.speaker")) == "M. Paul Essai"
    assert text(exchange.h3) == "Question au Gouvernement n° 24191"
    assert "le jour même" in text(exchange)
    assert "Sans : " in text(withdrawn)
    assert "Auteur inconnu" in text(withdrawn)


def test_only_a_web_address_becomes_the_official_link(client: FlaskClient) -> None:
    exchange, written, _ = soup(client, "/recherche?q=traite").select("article.hit")
    link = exchange.select_one("a.official")
    assert link is not None
    assert "noopener" in str(link["rel"])
    assert text(link) == "Page de l’Assemblée nationale"
    assert not written.select_one("a.official")
    assert "javascript:" not in client.get(f"/question/{WRITTEN}").text


@pytest.mark.parametrize(
    ("whole", "page", "hits_before"),
    [(1234, 1, None), (2, 1, 2), (0, 1, 0), (12, 2, 2), (5, 2, 0), (40, 2, None)],
)
def test_a_line_parts_the_hits_that_lack_words(
    client: FlaskClient,
    stub: "StubEngine",
    whole: int,
    page: int,
    hits_before: int | None,
) -> None:
    stub.total_all_words = whole
    hits = soup(client, f"/recherche?q=traite&tri=recentes&page={page}").select_one(".hits")
    assert hits is not None
    line = hits.select_one(".partial")
    if hits_before is None:
        assert line is None
        return
    assert line is not None
    assert len(line.find_all_previous("article")) == hits_before
    wanted = "Les questions suivantes ne" if whole else "Aucune question ne"
    assert text(line).startswith(wanted)


@pytest.mark.parametrize("total", [1234, 0])
def test_related_hits_are_marked_and_those_without_words_stand_apart(
    client: FlaskClient, stub: "StubEngine", total: int
) -> None:
    first, second, *_, last = stub.hits
    stub.hits = (first, replace(second, related=True), replace(last, related=True, wordless=True))
    stub.total = stub.total_all_words = total
    stub.total_related = 2
    page = soup(client, "/recherche?q=traite")
    heading = page.select_one("h2.partial")
    assert text(heading) == "Questions proches, sans les mots tapés"
    assert heading is not None
    assert len(heading.find_all_previous("article")) == 2
    assert [bool(card.select_one(".near")) for card in page.select("article.hit")] == [
        False, True, False,
    ]  # fmt: skip
    assert bool(page.select(".empty")) == (not total)


def test_nothing_found_offers_what_finds_something(
    client: FlaskClient, stub: "StubEngine", evil: str
) -> None:
    stub.find_nothing()
    page = soup(client, "/recherche?q=%22traite+des+etres%22")
    assert text(page.h1).startswith("Aucune question")
    assert "Mots absents de toutes les questions : etres, " in text(page.select_one(".empty"))
    ways = page.select(".empty .ways li")
    assert [text(way.select_one(".count")) for way in ways] == [
        "(12 questions)",
        "(1 question)",
        "(5 000 000 questions)",
    ]
    links = {text(way.a): state(way.a) for way in ways if way.a}
    assert links["en remontant au 01/03/2018"] == {
        "q": ["traite des etres"],
        "du": ["2018-03"],
        "type": ["QE"],
    }
    assert any(evil in label for label in links), "as text, not as markup"
    assert not page.select("nav.pages")


def test_another_spelling_is_offered_before_everything_else(
    client: FlaskClient, stub: "StubEngine", evil: str
) -> None:
    stub.find_nothing()
    for found in (0, 3):
        stub.total = found
        page = soup(client, "/recherche?q=traite+des+etres")
        line = page.select_one("p.suggestion")
        assert line
        assert line.a
        assert text(line) == f"Essayez avec : traite des êtres {evil} (1 234 questions)"
        assert text(line.a.strong) == "êtres"
        assert state(line.a)["q"] == [f"traite des êtres {evil}"]
        assert not line.find_previous(class_=("understood", "empty", "hit"))
    stub.suggestion = None
    assert not soup(client, "/recherche?q=traite+des+etres").select("p.suggestion")


def test_few_hits_are_followed_by_wider_searches(client: FlaskClient, stub: "StubEngine") -> None:
    stub.find_nothing()
    stub.total = 2
    page = soup(client, "/recherche?q=traite")
    wider = page.select_one("section.wider")
    assert wider
    assert wider.h2
    assert text(wider.h2) == "Élargir la recherche"
    assert len(wider.select("li a")) == 3
    assert wider.find_previous("article")
    stub.help = None
    assert not soup(client, "/recherche?q=traite").select("section.wider, .ways")


def test_empty_search_lists_the_newest(client: FlaskClient, stub: "StubEngine") -> None:
    assert "les plus récentes d’abord" in text(
        soup(client, "/recherche").select_one("p.understood")
    )
    assert stub.asked[-1].sort == "recentes"


def test_one_hit_alone(client: FlaskClient, stub: "StubEngine", only: Callable[..., None]) -> None:
    stub.total = stub.total_all_words = 1
    only(WRITTEN, title=(), author=None, date_answered=None, delay_days=None, status="<odd>")
    page = soup(client, "/recherche?q=x")
    assert text(page.h1) == "1 question pour « x »"
    card = page.select_one("article.hit")
    assert text(card and card.h3) == "Question écrite n° 24191"
    assert "<odd>" in text(card)
    assert not page.select(".sort")


def test_a_family_is_said_and_opens(client: FlaskClient, stub: "StubEngine") -> None:
    stub.grouped_away = 40
    page = soup(client, "/recherche?q=loup&type=QE&page=2")
    assert "dont 40 regroupées" in text(page.select_one(".grouped"))
    link = page.select_one(".grouped a")
    assert link is not None
    assert link["href"] == "/recherche?q=loup&type=QE&groupees=non"
    others = page.select(".hit .others a")
    assert [str(other["href"]) for other in others] == [
        "/recherche?q=loup&type=QE&famille=QANR5L15QE24191"
    ]
    assert text(others[0]).startswith(
        "+ 11 autres questions presque identiques ou de même réponse : "
    )
    assert stub.asked[-1].grouped
    # 1,194 hits of ten a page.
    assert "page 2 sur 120" in text(page.select_one(".summary .page"))


def test_a_family_that_is_open_is_a_chip(client: FlaskClient, stub: "StubEngine") -> None:
    page = soup(client, "/recherche?q=loup&famille=qanr5l15qe24191")
    assert stub.asked[-1].family == "QANR5L15QE24191"
    (chip,) = page.select(".chip")
    assert "Question écrite n° 24191" in text(chip).replace("\u00a0", " ")
    assert chip["href"] == "/recherche?q=loup"
    assert not page.select(".grouped")
    canonical = page.select_one("link[rel=canonical]")
    assert canonical is not None
    assert canonical["href"] == "/recherche?q=loup&famille=QANR5L15QE24191"


def test_all_questions_can_be_shown_one_by_one(client: FlaskClient, stub: "StubEngine") -> None:
    page = soup(client, "/recherche?q=loup&groupees=non")
    assert not stub.asked[-1].grouped
    (chip,) = page.select(".chip")
    assert chip["href"] == "/recherche?q=loup"
    kept = page.select_one("form input[name=groupees]")
    assert kept is not None
    assert kept["value"] == "non"


@pytest.mark.parametrize("query", ["groupees=oui", "famille=loup", "famille=0", "famille=15-1QE"])
def test_what_is_no_family_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/recherche?{query}").status_code == 400
    assert client.get(f"/recherche.json?{query}").status_code == 400


def test_a_reminder_shows_what_it_recalls(client: FlaskClient, evil: str) -> None:
    (recalled,) = soup(client, "/recherche?q=loup").select(".hit .recalled")
    assert f"Rappelle la question écrite n° 5 : Titre 5 {evil}" in text(recalled).replace(
        "\u00a0", " "
    )
    link = recalled.a
    assert link is not None
    assert link["href"] == "/question/QANR5L15QE5?q=loup"
