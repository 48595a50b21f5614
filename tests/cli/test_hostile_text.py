"""Nothing that is typed makes an uncaught error, and no text of the corpus drives a terminal."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.cli import main
from indexer.cli.terminal import Style, clean
from indexer.search.request import FILTERS
from indexer.search.results import Piece

Run = Callable[..., Any]
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]")
ANYTHING = st.text(st.characters(), max_size=30)
FLAGS = st.sampled_from(
    [f"--{name.replace('_', '-')}" for name in FILTERS]
    + ["--du", "--au", "--reponse-du", "--reponse-au", "--champ", "--tri", "--page", "--limite"]
)


@pytest.mark.parametrize(
    "line",
    [
        ("search", "a", "--facettes"),
        ("show", "15-24191QE"),
        ("show", "24191"),
        ("status",),
        ("stats", "a", "--par", "ministere"),
    ],
)
@pytest.mark.usefixtures("hostile")
def test_no_control_character_is_printed(line: tuple[str, ...], run: Run) -> None:
    ran = run(*line)
    assert ran.out + ran.err
    assert not CONTROLS.search(ran.out + ran.err)


@pytest.mark.usefixtures("hostile")
def test_json_of_hostile_text_is_valid_utf_8(run: Run) -> None:
    found = json.loads(run("search", "a", "--json").out)
    assert found["hits"][0]["uid"] == "QANR5L15QE24191"
    assert json.loads(run("stats", "a", "--json").out)["other_rows"] == 2
    assert json.loads(run("show", "15-24191QE", "--json").out)["number"] == 24191


def _argument(text: str) -> str:
    """A process has no NUL in its arguments."""
    return text.replace("\0", "")


@given(
    words=st.lists(ANYTHING, max_size=3), options=st.lists(st.tuples(FLAGS, ANYTHING), max_size=3)
)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@pytest.mark.usefixtures("hostile", "run")
def test_whatever_is_typed_ends_with_a_code(
    words: list[str], options: list[tuple[str, str]]
) -> None:
    line = [*words, *(part for option in options for part in option)]
    for command in ("search", "export", "show"):
        assert main([command, *map(_argument, line)]) in (0, 1, 2)


@given(pieces=st.lists(st.tuples(ANYTHING, st.booleans()), max_size=5), colours=st.booleans())
def test_a_wrapped_text_keeps_all_its_words(pieces: list[tuple[str, bool]], colours: bool) -> None:
    style = Style(colours, width=40)
    lines = style.paragraph([Piece(*piece) for piece in pieces], "  ", "Réponse : ")
    shown = re.sub(r"\x1b\[\d*m", "", " ".join(lines))
    wanted = "Réponse : " + "".join(clean(text) for text, _ in pieces)
    assert shown.split() == wanted.split()


@pytest.mark.parametrize("arguments", [[b"search", b"\xff\xfe"], [b"show", b"\xff"], [b"\xff"]])
def test_bytes_that_are_no_text(arguments: list[bytes], tmp_path: Path) -> None:
    environment = os.environ | {
        "QUESTIONS_CORPUS": str(tmp_path / "c"),
        "QUESTIONS_INDEX": str(tmp_path / "i"),
    }
    ran = subprocess.run(
        [sys.executable.encode(), b"-m", b"indexer.cli", *arguments],
        env=environment, capture_output=True, check=False,
    )  # fmt: skip
    assert ran.returncode in (1, 2)
    assert ran.stderr.decode().startswith("Erreur : ")
    assert b"Traceback" not in ran.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_any_encoding_of_the_terminal(encoding: str, tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "indexer.cli", "search", "loup…"],
        env=os.environ | {"PYTHONIOENCODING": encoding, "QUESTIONS_INDEX": str(tmp_path)},
        capture_output=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 1
    assert ran.stderr.startswith(b"Erreur : ")
