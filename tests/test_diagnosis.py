"""What is said of a search that finds next to nothing, and that it is true."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from indexer.corpus import Corpus
from indexer.interchange import to_line
from indexer.question import Question
from indexer.search.diagnosis import changes, last_resorts
from indexer.search.engine import Engine
from indexer.search.request import DateRange, NumberRange, Search
from indexer.search.results_json import as_json
from indexer.settings import Settings
from indexer.whoosh_engine import build, open_engine
from webui import params


@pytest.fixture(scope="module")
def engine(sample_settings: Settings) -> Engine:
    return open_engine(sample_settings)


def helped(engine: Engine, text: str, **asked: Any) -> list[tuple[str, str, int]]:
    """Return the ways of a search: label, text, total."""
    found = engine.search(Search(text=text, **asked)).help
    return [(way.label, way.search.text, way.total) for way in found.ways] if found else []


YEAR_1990 = DateRange(date(1990, 1, 1), date(1990, 12, 31))


def test_quotes_are_taken_away_first(engine: Engine) -> None:
    first, *_ = helped(engine, '"humains êtres" -loup')
    assert first[:2] == ("« humains êtres » sans les guillemets", "humains êtres -loup")


def test_the_words_that_nothing_holds_are_named_and_left_out_together(engine: Engine) -> None:
    beside = engine.search(Search(text="zzz ET yyy loup ET xxx"))
    assert beside.total == 2
    assert beside.help
    assert (beside.help.unknown, beside.help.ways) == (("zzz", "yyy", "xxx"), ())
    found = engine.search(Search(text="zzz ET yyy loup ET xxx", exact=True)).help
    assert found is not None
    assert found.unknown == ("zzz", "yyy", "xxx")
    assert [(way.label, way.search.text) for way in found.ways] == [
        ("les mêmes mots, sous toutes leurs formes", "zzz ET yyy loup ET xxx"),
        ("sans « zzz » ni « yyy » ni « xxx »", "loup"),
    ]


def test_of_known_words_the_one_without_which_most_is_found_comes_first(engine: Engine) -> None:
    ways = helped(engine, "traite humains loup", exact=True)
    assert [text for _, text, _ in ways if text != "traite humains loup"][:1] == ["traite humains"]
    assert [total for _, _, total in ways] == sorted((t for _, _, t in ways), reverse=True)


def test_an_unknown_word_of_a_phrase_leaves_the_others(engine: Engine) -> None:
    assert helped(engine, '"loup zzz yyy"') == [
        ("« loup zzz yyy » sans les guillemets", "loup zzz yyy", 2)
    ]


@pytest.mark.parametrize(("year", "nearest_is_later"), [(2019, False), (2023, True)])
def test_dates_are_stretched_to_the_nearest_question(
    engine: Engine, year: int, nearest_is_later: bool
) -> None:
    found = engine.search(Search(text="loup")).hits
    before, after = sorted(hit.date_asked for hit in found if hit.date_asked and not hit.related)
    asked = DateRange(date(year, 1, 1), date(year, 12, 31))
    given = engine.search(Search(text="loup", asked=asked)).help
    assert given is not None
    earlier, later = DateRange(before, asked.last), DateRange(asked.first, after)
    nearest = [later, earlier] if nearest_is_later else [earlier, later]
    assert [way.search.asked for way in given.ways] == [*nearest, DateRange()]
    shown = f"{before.day:02}/{before.month:02}/{before.year}"
    assert f"en remontant au {shown}" in [way.label for way in given.ways]


def test_filters_scope_and_exclusions_are_weighed_one_by_one(engine: Engine) -> None:
    labels = [label for label, _, _ in helped(engine, "loup", filters={"auteur": ("Zorglub",)})]
    assert labels == ["sans le filtre « Auteur : Zorglub »"]
    assert helped(engine, "loup -loup") == [("sans exclure « loup »", "loup", 2)]
    assert helped(engine, "loup auteur:zorglub") == [("sans « auteur:zorglub »", "loup", 2)]
    asked = {"scope": "titre", "filters": {"type": ("QG",)}}
    wider = {label for label, _, _ in helped(engine, "loup", **asked)}
    assert wider & {"dans tout le texte", "sans le filtre « Type : Question au Gouvernement »"}


def test_other_forms_and_delays_are_offered(engine: Engine) -> None:
    ways = {label: total for label, _, total in helped(engine, "zzz loup", exact=True)}
    total = ways["les mêmes mots, sous toutes leurs formes"]
    assert total == engine.search(Search(text="zzz loup")).total
    (way,) = helped(engine, "loup", delay=NumberRange(4000, None))
    assert way == ("quel que soit le délai de la réponse", "loup", 2)


def test_an_author_s_name_is_offered_as_one(
    tmp_path: Path, make_question: Callable[..., Question]
) -> None:
    asked = make_question(
        author="Mme Jeanne Vergnolac", question_text="Les vergnolles et le logement."
    )
    settings = Settings(corpus=tmp_path / "corpus", index=tmp_path / "index")
    target = settings.corpus / "questions"
    target.mkdir(parents=True)
    (target / "all.jsonl").write_text(f"{to_line(asked)}\n", "utf-8")
    build(Corpus(target), settings)
    small = open_engine(settings)
    results = small.search(Search(text="Vergnolac", filters={"type": ("QE",)}))
    assert results.suggestion is None
    assert results.help is not None
    (way,) = results.help.ways
    assert (way.label, way.total) == ("avec « vergnolac » pour auteur", 1)
    assert way.search.text == ""
    assert way.search.filters == {"type": ("QE",), "auteur": ("vergnolac",)}
    assert small.search(way.search).total == 1
    assert helped(small, "vergnolac", filters={"auteur": ("Vergnolac",)}) == []


def test_where_no_single_change_helps_much_less_is_asked_for(engine: Engine) -> None:
    (way,) = helped(engine, "loup", asked=YEAR_1990, filters={"auteur": ("Zorglub",)})
    assert way == ("sans filtre ni date, dans tout le texte", "loup", 2)


def test_few_hits_get_a_short_form_and_many_none(engine: Engine) -> None:
    one = Search(text="loup", asked=DateRange(date(2018, 1, 1), date(2018, 12, 31)))
    results = engine.search(one)
    assert results.total == 1
    assert results.help is not None
    assert [way.label for way in results.help.ways] == ["quelle que soit la date de la question"]
    assert results.help.unknown == ()
    assert engine.search(Search(text="loup")).help is None, "two, and nothing finds more"
    assert engine.search(Search(text="traite")).help is None
    assert engine.search(Search()).help is None


def test_a_pasted_text_is_not_taken_apart() -> None:
    text = " ".join(f"mot{number}" for number in range(300))
    assert changes(Search(text=text)) == []
    assert last_resorts(Search(text=text)) == []


SCRAPS = (
    "loup", "traite", "êtres", "zzz", "yyy", '"', '"traite des etres humains"', '"loup zzz"', "(",
    ")", "-", "-loup", " ", " ", " ", " ", "OU", "ET", "SAUF", "titre:", "reponse:", "auteur:",
    "auteur:zorglub", "type:QE", "du:1990", "au:1990", "vaccin*", "*", "?", "~", "24191",
    "QE 90001", "l'", "É", "漢字", "\x00", "\u202e",
)  # fmt: skip
searches = st.builds(
    Search,
    text=st.lists(st.sampled_from(SCRAPS) | st.text(max_size=3), max_size=8).map(" ".join),
    filters=st.sampled_from(({}, {}, {"type": ("QG",)}, {"auteur": ("Zorglub",)})),
    asked=st.sampled_from((DateRange(), YEAR_1990, DateRange(date(2019, 6, 1), date(2019, 6, 2)))),
    answered=st.sampled_from((DateRange(), DateRange(), YEAR_1990)),
    delay=st.sampled_from((NumberRange(), NumberRange(), NumberRange(4000, None))),
    exact=st.booleans(),
    scope=st.sampled_from(("tout", "tout", "titre", "reponse")),
    sort=st.sampled_from(("pertinence", "delai")),
    page=st.sampled_from((1, 1, 3)),
    facets=st.just(value=False),
)


@given(search=searches)
@hypothesis_settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_number_is_that_of_following_the_link(engine: Engine, search: Search) -> None:
    search = replace(search, text=params.clean(search.text))
    results = engine.search(search)
    if results.help is None:
        return
    assert results.total < 3 or not results.help.ways
    assert len(results.help.ways) == len({way.search.text + way.label for way in results.help.ways})
    for way in results.help.ways:
        assert way.total > results.total
        assert engine.search(way.search).total == way.total, way
        address = params.query_string(way.search)
        followed = params.search_from_args(MultiDict(parse_qsl(address)))
        assert engine.search(followed).total == way.total, address
    told = as_json(results)["help"]
    assert [way["total"] for way in told["ways"]] == [way.total for way in results.help.ways]


@pytest.mark.real_data
def test_a_real_search_without_hits_is_mended(real_settings: Settings) -> None:
    engine = open_engine(real_settings)
    results = engine.search(Search(text='"traite des etres humains"'))
    assert results.total == 0
    assert results.suggestion is not None
    assert results.suggestion.search.text == '"traite des êtres humains"'
    assert results.help is not None
    assert results.help.ways[0].label == "« traite des etres humains » sans les guillemets"
