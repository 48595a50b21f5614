"""Names of ministries and their portfolios: the tables, the reading of names, the real names."""

import csv
import gzip
import html
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.corpus import sample_corpus
from indexer.ministries import (
    Meaning,
    Understanding,
    is_understood,
    normal_name,
    portfolios,
    portfolios_of,
    read_components,
    understand,
)

NAME_FIELDS = ("ministry", "ministry_short", "ministry_answering", "ministry_answering_short")
# Values of the Sénat's list of ministries since 1978 that are pieces of names, not names.
NO_NAMES = {"Extérieur", "Industries étrangères", "Temps"}


def rows(name: str) -> list[list[str]]:
    text = files("indexer").joinpath(f"data/{name}.tsv").read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if line and line[0] != "#"]


CODES = [code for code, _ in rows("portfolios")]


def test_portfolios_are_told_once() -> None:
    labels = [label for _, label in rows("portfolios")]
    assert len(set(CODES)) == len(CODES) == len(set(labels))
    assert portfolios() == tuple(labels)
    assert not any("|" in label for label in labels)


def test_every_portfolio_has_a_ministry_and_every_code_a_portfolio() -> None:
    used = {code for *_, codes in rows("ministries") for code in codes.split()}
    assert used == set(CODES)
    for words, codes in rows("ministry_words"):
        assert codes, words
        assert set(codes.split()) <= set(CODES), words


def test_components_are_told_once() -> None:
    names = [normal_name(words) for words, _ in rows("ministry_words")]
    assert all(names)
    twice = {name for name in names if names.count(name) > 1}
    meanings = defaultdict(set)
    for words, codes in rows("ministry_words"):
        meanings[normal_name(words)].add(codes)
    assert not {name for name in twice if len(meanings[name]) > 1}


def test_the_names_of_governments_have_days_that_follow_each_other() -> None:
    spans: dict[str, list[tuple[date, date, str]]] = defaultdict(list)
    for first, last, name, codes in rows("ministries"):
        begin = date.fromisoformat(first)
        end = date.fromisoformat(last) if last else date.max
        assert date(1988, 5, 10) <= begin < end, name
        assert codes, name
        spans[normal_name(name)].append((begin, end, codes))
    for name, held in spans.items():
        held.sort()
        for (_, end, _), (begin, _, _) in pairwise(held):
            assert end < begin, f"{name} means two things on one day"


def test_governments_leave_no_day_out() -> None:
    """Some ministries are named on any day from 1988 on."""
    for needed in ("justice", "etranger", "defense", "premier-ministre", "interieur", "economie"):
        spans = sorted(
            (date.fromisoformat(first), date.fromisoformat(last) if last else date.max)
            for first, last, _, codes in rows("ministries")
            if needed in codes.split()
        )
        end = date(1988, 5, 9)
        for first, last in spans:
            assert first <= end + timedelta(days=1), (needed, first)
            end = max(end, last)
            if end == date.max:
                break
        assert end == date.max


def test_components_alone_read_the_names_of_all_governments() -> None:
    """What the rule reads in a name is what the table says, which may say more."""
    for first, _, name, codes in rows("ministries"):
        read = read_components(name)
        assert not read.unknown, name
        labels = {portfolios()[CODES.index(code)] for code in codes.split()}
        assert set(read.on(date.fromisoformat(first))) <= labels, name


NAMES = {
    "Ministère de l’Europe et des affaires étrangères": "Affaires européennes|Affaires étrangères",
    "M. le ministre de l'intérieur": "Intérieur",
    "M. le secrétaire d'État auprès du ministre de l'intérieur, chargé de la mer": "Mer et pêche",
    "Ministère délégué aux transports auprès du ministre de l'équipement": "Transports",
    "Secrétariat d'État auprès du ministre de la défense": "Armées et défense",
    "Intérieur (Mme la ministre auprès du ministre d'État)": "Intérieur",
    "logement,du transport et mer": "Logement et urbanisme|Transports|Mer et pêche",
    "PREMIERE MINISTRE": "Premier ministre",
    "Ministère auprès de la Première ministre, chargé du renouveau démocratique, porte-parole du "
    "Gouvernement": "Relations avec le Parlement|Porte-parole du Gouvernement",
    "Ministère d'État, ministère de l'énergie, chargé du climat": (
        "Énergie|Écologie et environnement"
    ),
    "Travail, santé et familles": "Travail et emploi|Santé|Famille et enfance",
    "Haut-commissariat à la jeunesse": "Jeunesse",
}


@pytest.mark.parametrize(("name", "expected"), NAMES.items())
def test_names_are_read_as_they_are_written(name: str, expected: str) -> None:
    assert portfolios_of(name, None) == tuple(expected.split("|"))
    assert is_understood(name)


def test_a_name_means_what_it_meant_on_its_day() -> None:
    housing = "Logement et urbanisme"
    assert housing in portfolios_of("Cohésion des territoires", date(2018, 1, 1))
    both = "Cohésion des territoires et relations avec les collectivités territoriales"
    assert housing in portfolios_of(both, date(2019, 1, 1))
    assert housing not in portfolios_of(both, date(2021, 1, 1))


def test_the_nearest_meaning_holds_outside_its_days() -> None:
    first = Meaning(date(2000, 1, 1), date(2001, 1, 1), ("a",))
    last = Meaning(date(2010, 1, 1), date(2011, 1, 1), ("b",))
    found = Understanding((first, last))
    days = {1990: "a", 2000: "a", 2003: "a", 2008: "b", 2010: "b", 2020: "b"}
    for year, expected in days.items():
        assert found.on(date(year, 6, 1)) == (expected,), year
    assert found.on(None) == ("b",)


def test_what_is_not_understood_is_told_and_never_guessed() -> None:
    assert understand("Développement de la magie") == Understanding((), ("magie",))
    partly = understand("Travail, magie noire et sports")
    assert partly.on(None) == ("Travail et emploi", "Sports")
    assert partly.unknown == ("magie", "noire")
    assert not is_understood("Travail, magie noire et sports")
    for nothing in ("", "  ", "()", "Ministère", "(", "auprès", "chargé de"):
        assert portfolios_of(nothing, None) == ()
        assert not is_understood(nothing)


@given(st.text(st.sampled_from("abcé '’,;()etdupAÉ\n") | st.characters(), max_size=60))
def test_no_name_breaks_the_reading(name: str) -> None:
    found = understand(name)
    assert all(label in portfolios() for label in found.on(None))


def names_of(records: Iterator[dict[str, str]]) -> set[str]:
    return {record[field] for record in records for field in NAME_FIELDS if record.get(field)}


def test_every_name_of_the_sample_is_understood() -> None:
    names = {
        name
        for question in sample_corpus().questions()
        for field in NAME_FIELDS
        if (name := getattr(question, field))
    }
    assert len(names) > 10
    assert [name for name in names if not is_understood(name)] == []


@pytest.mark.real_data
def test_every_name_of_the_reference_questions_is_understood(shared_data: Path) -> None:
    with gzip.open(shared_data / "questions.jsonl.gz", "rt", encoding="utf-8") as lines:
        names = names_of(json.loads(line) for line in lines)
    with (shared_data / "formats/an_csv/questions_ecrites_16_cp1252.csv").open(
        encoding="cp1252", newline=""
    ) as lines:
        table = csv.reader(lines, delimiter="|", quoting=csv.QUOTE_NONE)
        names |= {row[3] for row in list(table)[1:] if len(row) > 3}
    assert len(names) > 100
    assert [name for name in sorted(names) if not is_understood(name)] == []


@pytest.mark.real_data
def test_every_ministry_that_the_senate_lists_since_1978_is_understood(shared_data: Path) -> None:
    """Its form offers each ministry that was ever asked a question, then the ministers by name."""
    page = (shared_data / "formats/senat_html/question_search_result.html").read_text("iso-8859-1")
    options = re.findall(r'<option value="\d{1,3}"[^>]*>([^<]*)', page)
    names = {html.unescape(name).strip() for name in options}
    names = {name for name in names if not re.search(r"[A-ZÉ]{3,} [A-Z]", name)}
    assert len(names) > 190
    assert {name for name in names if not is_understood(name)} == NO_NAMES
