import io

import pytest

from indexer.cli.terminal import (
    ProgressLine,
    Style,
    advance,
    clean,
    duration,
    has_colours,
    number,
    plural,
    valid_text,
)
from indexer.search.results import Piece


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_marks_are_coloured_on_a_terminal_and_plain_elsewhere() -> None:
    pieces = [Piece("la ", False), Piece("traite", True)]
    assert Style(colours=False).paragraph(pieces, "  ") == ["  la traite"]
    (line,) = Style(colours=True).paragraph(pieces, "  ")
    assert line == "  la \x1b[33m\x1b[1mtraite\x1b[0m"


def test_a_mark_inside_a_word_does_not_cut_it() -> None:
    pieces = [Piece("a" * 30 + " l'", False), Piece("homme", True), Piece("s", False)]
    assert Style(False, width=35).paragraph(pieces, "") == ["a" * 30, "l'hommes"]


def test_colours_obey_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert has_colours(Terminal())
    assert not has_colours(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not has_colours(Terminal())


def test_cleaning() -> None:
    assert clean("a\nb\x1b[0m\u202e") == "a b\ufffd[0m\ufffd"
    assert valid_text("a\udcff\n") == "a\ufffd\n"


def test_numbers() -> None:
    assert number(2758) == "2\u202f758"
    assert plural(0, "question") == "0 question"
    assert plural(2, "mise à jour", "mises à jour") == "2 mises à jour"
    assert [duration(value) for value in (3.2, 200, 7320)] == ["3 s", "3 min 20 s", "2 h 02 min"]


def test_progress_tells_speed_and_time_left() -> None:
    assert advance(50, 200, 5.0, "questions") == "50 / 200 questions (25 %) · 10/s · reste 15 s"
    assert advance(50, None, 0.0, "questions") == "50 questions"


def test_a_line_of_progress_is_redrawn_on_a_terminal_and_rare_in_a_file() -> None:
    for stream, shown in ((Terminal(), 3), (io.StringIO(), 1)):
        times = iter([0.0, 1.0, 11.0, 11.01])
        line = ProgressLine(stream, lambda times=times: next(times))  # type: ignore[misc]  # bound for this turn
        for step in range(4):
            line.show(f"pas {step}\x1b")
        line.end()
        assert stream.getvalue().count("pas") == shown
        assert "\x1b\x1b" not in stream.getvalue()
