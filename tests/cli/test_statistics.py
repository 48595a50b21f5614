"""``questions stats``, and what ``status`` says of ministries."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from indexer.search.statistics import GROUPINGS

Run = Callable[..., Any]


def spaced(text: str) -> str:
    return text.replace("\u202f", " ")


def test_the_table_says_answers_and_delays(run: Run, hostile: Any) -> None:
    hostile.text = "Santé"
    ran = run("stats", "loup", "--type", "QE", "--par", "portefeuille")
    assert ran.code == 0
    assert hostile.asked.filters == {"type": ("QE",)}
    assert spaced(ran.out).splitlines() == [
        "Recherché : loup",
        "Santé",
        "1 200 questions : 900 avec réponse (75,0 %), 250 en attente, 40 retirées, 10 caduques.",
        (
            "Délai de 880 réponses : la moitié en 62 jours au plus, un quart en 31, "
            "trois quarts en 124 ; moyenne 81,2, de 0 à 1 420."
        ),
        "",
        "questions  réponses    taux  médiane  3/4 en  Domaine ministériel",
        "    1 200       900  75,0 %     62 j   124 j  Santé",
        "        3         0   0,0 %        –       –  B",
        "… et 2 autres lignes",
        "5 questions sans cette indication",
    ]


def test_oral_questions_are_warned_of(run: Run, hostile: Any) -> None:
    assert "--type QE" in run("stats").out
    assert "--type QE" not in run("stats", "--type", "QE").out
    assert hostile.asked.text == ""


@pytest.mark.usefixtures("hostile")
def test_every_grouping_is_told_and_others_are_refused(run: Run) -> None:
    told = run("stats", "--help").out
    for name in GROUPINGS:
        assert name in told
    ran = run("stats", "--par", "rien")
    assert ran.code == 2
    assert "ministere_reponse" in ran.err


def test_statistics_of_the_sample(run: Run) -> None:
    assert run("index", "--sample").code == 0
    found = json.loads(run("stats", "--type", "QE", "--par", "legislature", "--json").out)
    assert found["by"] == "legislature"
    assert found["all"]["questions"] == sum(row["questions"] for row in found["rows"])
    assert found["all"]["delays"]["answers"] > 0
    assert "Aucune question trouvée." in run("stats", "xyzzy").out


def test_status_names_the_ministries_without_portfolio(run: Run, hostile: Any) -> None:
    hostile.text = "Ministère de la magie"
    lines = spaced(run("status").out)
    assert "  12 noms de ministère sans domaine, en tout ou en partie :\n" in lines
    assert "    Ministère de la magie (12)\n" in lines
    assert "    … et 2 autres\n" in lines
    state = json.loads(run("status", "--json").out)["index"]
    assert state["unknown_ministries"][0] == {"name": "Ministère de la magie", "questions": 12}


def test_status_says_when_all_ministries_are_known(run: Run) -> None:
    assert run("index", "--sample").code == 0
    assert "  ministères : tous rattachés à un domaine\n" in run("status").out
