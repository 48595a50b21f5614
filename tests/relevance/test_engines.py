"""Every engine that is compared, on three questions."""

from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.question import Question
from tests.relevance.engines import NAMES, SPECS, Engine, engine_class

TEXTS = {
    1: "Le loup attaque les troupeaux des éleveurs de montagne.",
    2: "Les trains régionaux de montagne sont supprimés.",
    3: "La taxe d'habitation est supprimée.",
}


@pytest.fixture(params=NAMES)
def asked(
    request: pytest.FixtureRequest, tmp_path: Path, make_question: Callable[..., Question]
) -> tuple[Engine, str]:
    spec = SPECS[request.param]
    questions = [make_question(number, question_text=text) for number, text in TEXTS.items()]
    return engine_class(spec)(tmp_path / "index", questions), spec.mode


def numbers(asked: tuple[Engine, str], text: str, limit: int = 3) -> list[int]:
    engine, mode = asked
    return [int(uid.rpartition("QE")[2]) for uid in engine.search(text, mode, limit)]


def test_the_question_that_holds_all_words_is_first(asked: tuple[Engine, str]) -> None:
    assert numbers(asked, "trains montagne")[0] == 2


def test_one_word_finds_all_that_hold_it(asked: tuple[Engine, str]) -> None:
    assert sorted(numbers(asked, "montagne")) == [1, 2]
    assert len(numbers(asked, "montagne", limit=1)) == 1


def test_all_words_are_wanted_where_the_mode_says_so(asked: tuple[Engine, str]) -> None:
    found = numbers(asked, "loup habitation")
    assert not found if asked[1] == "and" else 1 in found


@pytest.mark.parametrize("typed", ["", "?", '"', "« ' »", "( AND NOT", "zzzzzz", "l'"])
def test_anything_may_be_typed(asked: tuple[Engine, str], typed: str) -> None:
    assert set(numbers(asked, typed)) <= set(TEXTS)
