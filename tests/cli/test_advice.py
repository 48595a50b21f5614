"""The command line tells of another spelling, and of ways on where nothing was found."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from indexer.settings import Settings

if TYPE_CHECKING:
    from tests.cli.conftest import StubEngine

Run = Callable[..., Any]


@pytest.fixture
def sample(run: Run, sample_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("QUESTIONS_INDEX", str(sample_settings.index))
    return run


def test_another_spelling_stands_under_the_number_of_hits(sample: Run) -> None:
    lines = sample("search", '"traite des etres humains"').out.splitlines()
    place = lines.index("Aucune question trouvée.")
    assert lines[place + 1] == 'Essayez avec : "traite des êtres humains" (7 questions)'
    assert lines[place + 2] == "Pour en trouver davantage :"
    assert lines[place + 3].endswith("  « traite des etres humains » sans les guillemets")
    assert lines[place + 3].split()[0].isdigit()


def test_words_that_nothing_holds_are_named(sample: Run) -> None:
    assert "Mots absents de toutes les questions : zzz, yyy" in sample("search", "zzz yyy loup").out
    out = sample("search", "zzz yyy loup", "--formes-exactes").out
    assert "Mots absents de toutes les questions : zzz, yyy" in out
    assert "2  sans « zzz » ni « yyy »" in out


def test_json_tells_the_same(sample: Run) -> None:
    found = json.loads(sample("search", "loup", "--du", "1990", "--au", "1990", "--json").out)
    assert found["suggestion"] is None
    assert found["help"]["unknown"] == []
    last = found["help"]["ways"][-1]
    assert last == {
        "label": "quelle que soit la date de la question",
        "total": 2,
        "search": {"q": "loup"},
    }
    suggested = json.loads(sample("search", "médicamants", "--json").out)["suggestion"]
    assert suggested == {"query": "médicaments", "pieces": [["médicaments", True]], "total": 4}


def test_ways_on_follow_the_few_hits(run: Run, hostile: "StubEngine") -> None:
    hostile.total = 2
    out = run("search", "traite").out
    assert out.index("2 questions trouvées") < out.index("Essayez avec : traite êtres")
    assert out.index("3. Titre") < out.index("Pour en trouver davantage :\n  12  sans «")
