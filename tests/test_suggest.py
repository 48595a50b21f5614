"""Completion over real questions: what is offered begins as it is typed, and finds something."""

import random
import re
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.corpus import Corpus
from indexer.french.analysis import analyse, fold
from indexer.question import Question
from indexer.search.engine import Engine
from indexer.search.phrases import phrases_after
from indexer.search.request import Search
from indexer.search.suggest import (
    MAX_CHARACTERS,
    Ending,
    Suggestion,
    endings,
    plain,
    without_article,
)
from indexer.settings import Settings
from indexer.whoosh_engine import open_engine
from indexer.whoosh_engine.schema import filter_values, texts_of

NAMED = ("auteur", "groupe", "ministere", "rubrique")


@pytest.fixture(scope="module")
def engine(real_settings: Settings) -> Engine:
    return open_engine(real_settings)


@pytest.fixture(scope="module")
def questions(real_settings: Settings) -> list[Question]:
    return list(Corpus(real_settings.corpus / "questions").questions())


@pytest.fixture(scope="module")
def suggest(engine: Engine) -> Callable[[str], list[Suggestion]]:
    return lambda text: list(engine.suggest(text, 8))


@given(st.text("aÉœ’'dquQU -_1.,\n\x1c\u00a0«ßμ\u0301", max_size=30) | st.text(max_size=30))
def test_plain_words_are_those_of_the_pattern(text: str) -> None:
    elided = re.sub(r"(?i)(?<!\w)(?:[cdjlmnst]|qu)['’](?=\w|$)", " ", text)
    assert plain(text) == " ".join(re.findall(r"[^\W_]+", fold(elided)))


def texts(found: list[Suggestion], kind: str = "") -> list[str]:
    return [each.text for each in found if kind in ("", each.kind)]


@pytest.mark.real_data
def test_names_are_completed_from_any_of_their_words_without_accents(
    suggest: Callable[[str], list[Suggestion]], questions: list[Question]
) -> None:
    rng = random.Random(1)
    for name in NAMED:
        values = sorted({value for q in questions if (value := filter_values(q)[name])})
        for value in rng.sample(values, min(12, len(values))):
            words = plain(value).split()
            typed = " ".join([*words[:-1], words[-1][:-1] or words[-1]])
            found = [fold(each.label) for each in suggest(typed) if each.kind == name]
            assert fold(value) in found, (name, value, typed)


@pytest.mark.real_data
def test_the_commonest_words_of_a_beginning_are_offered(
    suggest: Callable[[str], list[Suggestion]], questions: list[Question]
) -> None:
    held: dict[str, set[str]] = {}
    for question in questions:
        for text in texts_of(question).values():
            for token in analyse(text):
                if token.stem and fold(token.exact).startswith("medec"):
                    held.setdefault(token.exact, set()).add(question.uid)
    best = max(held, key=lambda word: len(held[word]))
    assert texts(suggest("medec"), "mot")[0] == best
    assert texts(suggest("MÉDEC"), "mot")[0] == best
    assert texts(suggest("santé l'medec"), "mot")[0] == f"santé l'{best}"


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("traite d", "traite des êtres humains"),
        ("prostitution traite des ê", "prostitution traite des êtres humains"),
        ("accompagnants d'él", "accompagnants d'élèves en situation de handicap"),
        ("revalorisation AE", "revalorisation AESH"),
        ("educ", "éducation nationale"),
        ("l'édu", "l'éducation nationale"),
        ("type:q", "type:QE"),
        ("loup statut:rép", "loup statut:repondue"),
        ("jean-luc m", 'auteur:"Jean-Luc Mélenchon"'),
        ("ministre auteur:melench", 'ministre auteur:"Jean-Luc Mélenchon"'),
        ('ministere:"édu', 'ministere:"éducation nationale"'),
        ("d'abad", 'auteur:"Damien Abad"'),
    ],
)
def test_completions_of_every_kind(
    suggest: Callable[[str], list[Suggestion]], typed: str, offered: str
) -> None:
    assert fold(offered) in map(fold, texts(suggest(typed)))


@pytest.mark.real_data
@pytest.mark.parametrize(
    "text", ["", " ", "a", "zzzzqq", "loup (", "loup -", '"', "xx:", "\x00" * 9, "auteur:"]
)
def test_nothing_to_complete_gives_nothing(
    suggest: Callable[[str], list[Suggestion]], text: str
) -> None:
    assert suggest(text) == []
    assert suggest("loup " * MAX_CHARACTERS) == []


@pytest.mark.real_data
@pytest.mark.parametrize(
    "typed", ["tra", "ecole pri", "aide ", "auteur:m", "hand", "aes", "l'ense"]
)
def test_counts_are_those_of_the_search(
    engine: Engine, suggest: Callable[[str], list[Suggestion]], typed: str
) -> None:
    found = suggest(typed)
    assert found
    for each in found:
        results = engine.search(Search(text=each.text, size=1))
        assert each.count == results.total_all_words > 0
    assert len({plain(each.text) for each in found}) == len(found)
    assert [*engine.suggest(typed, 2)] == [*engine.suggest(typed, 2)]
    assert len(engine.suggest(typed, 2)) <= 2


PIECES = st.lists(
    st.sampled_from(
        ["tra", "traite", "des", "ê", "loup", "aes", " ", "'", "l'", '"', "(", ")", "-", "*", "~",
         ":", "auteur:", "mel", "type:", "du:", "2019", "\x1f", "\x00", "\ud800", "œ", "İ",
         "n° 24 191"]
    ),
    max_size=8,
).map("".join)  # fmt: skip


@pytest.mark.real_data
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(typed=PIECES | st.text(max_size=30))
def test_any_text_can_be_completed(engine: Engine, typed: str) -> None:
    kept = endings(typed)
    for each in engine.suggest(typed, 8):
        assert each.count > 0
        assert any(each.text.startswith(without_article(end.kept)) for end in kept)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("loup", [("", "loup")]),
        ("le loup ", [("", "le loup "), ("le ", "loup ")]),
        ("-lou", [("-", "lou")]),
        ("loup OU (our", [("loup OU (", "our")]),
        ("l'É", []),
        ("d'éco", [("d'", "eco")]),
        ("chien qu'on do", [("", "chien on do"), ("chien qu'", "on do"), ("chien qu'on ", "do")]),
        ("« traite des", [("« ", "traite des"), ("« traite ", "des")]),
    ],
)
def test_how_an_end_is_read(typed: str, expected: list[tuple[str, str]]) -> None:
    assert [(end.kept, end.prefix) for end in endings(typed)] == expected


def test_a_filter_being_typed_is_read_as_one() -> None:
    assert endings('loup Ministère:"Éducation nat') == [
        Ending("loup ", "education nat", "ministere")
    ]
    assert [end.filter for end in endings("auteur:")] == ["auteur"]
    assert [end.filter for end in endings("autre:lou")] == [None]


def test_phrases_are_those_that_titles_repeat() -> None:
    lines = [
        "Aide aux victimes de la traite",
        "AIDE AUX VICTIMES",
        "L'aide aux victimes d'attentats",
        "aide alimentaire. Aide aux étudiants",
        "Aide alimentaire",
        "Bilan de l’aide alimentaire (Mayotte)",
    ]
    assert phrases_after(lines, "aid") == {"aide aux victimes": 3, "aide alimentaire": 3}
    assert phrases_after(lines, "aide a") == {"aide aux victimes": 3, "aide alimentaire": 3}
    assert phrases_after(lines, "aide aux e") == {}
    assert phrases_after(lines[:1], "aide") == {}
    assert phrases_after(["", "()", "\x00"], "aide") == {}
