r"""What reaches the terminal: cleaned text, coloured marks, JSON, a line of progress.

Text of the corpus was written by others: no control character of it is ever sent to a terminal.
Colours are for terminals only, and never where ``NO_COLOR`` is set (https://no-color.org).

>>> clean("rouge\x1b[31m")
'rouge\ufffd[31m'
"""

import json
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TextIO

import click

if TYPE_CHECKING:
    from indexer.search.results import Piece

# Control characters, what turns the direction of writing, line ends of Unicode, and halves of
# characters: all that makes a terminal do something else than print.
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_SPACES = re.compile(r"[\t\n\r\x0b\x0c\x85\u2028\u2029]+")
_NARROW_SPACE: Final = "\u202f"
# Longer lines are hard to read, however wide the window.
_MAX_WIDTH: Final = 100
# A file of messages gets a line of progress as often as this; a terminal ten times a second.
_SECONDS_BETWEEN_LINES: Final = 10.0
_SECONDS_BETWEEN_REDRAWS: Final = 0.1


def clean(text: str) -> str:
    """Return one line of text that does nothing but print."""
    return _UNPRINTABLE.sub("\ufffd", _SPACES.sub(" ", text))


def valid_text(text: str) -> str:
    """Return an argument of the command line as text: bytes that are none become ``\ufffd``."""
    return _SURROGATES.sub("\ufffd", text)


def has_colours(stream: TextIO) -> bool:
    """Tell whether marks may be coloured there."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def say(text: str) -> None:
    """Tell the user something that is not data, on the error stream."""
    for line in text.split("\n"):
        click.echo(clean(line), err=True)


def write(lines: Iterable[str]) -> None:
    """Write lines of data, already cleaned, on standard output."""
    for line in lines:
        click.echo(line, color=True)


def write_json(data: Any) -> None:
    """Write JSON in UTF-8 on standard output, whatever the terminal's own encoding."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    stream = binary_output()
    stream.write(valid_text(text).encode() + b"\n")
    stream.flush()


def binary_output() -> BinaryIO:
    """Return standard output for bytes: data are UTF-8 whatever the terminal's encoding."""
    sys.stdout.flush()
    return sys.stdout.buffer


@dataclass(frozen=True, slots=True)
class Style:
    """How texts look: with colours or without, and how wide (None: as long as they are)."""

    colours: bool
    width: int | None = None

    @classmethod
    def of_output(cls) -> "Style":
        """Return the one that fits standard output."""
        if not sys.stdout.isatty():
            return cls(colours=False)
        width = min(shutil.get_terminal_size().columns, _MAX_WIDTH)
        return cls(has_colours(sys.stdout), max(width, 40))

    def bold(self, text: str) -> str:
        """Return a text that stands out."""
        return self._styled(text, bold=True)

    def dim(self, text: str) -> str:
        """Return a text that steps back."""
        return self._styled(text, dim=True)

    def mark(self, text: str) -> str:
        """Return a text that the query matches."""
        return self._styled(text, fg="yellow", bold=True)

    def _styled(self, text: str, **style: Any) -> str:
        text = clean(text)
        return click.style(text, **style) if self.colours and text else text

    def paragraph(self, pieces: "Sequence[Piece]", indent: str, label: str = "") -> list[str]:
        """Return the lines of a text with its matches marked.

        Args:
            pieces: the text.
            indent: what each line begins with.
            label: what the first line begins with, behind its indent.
        """
        lines: list[str] = []
        room = (self.width or sys.maxsize) - len(indent)
        line, used = f"{indent}{self.dim(label)}", len(label)
        for word, length in self._words(pieces):
            if used and used + length > room:
                lines.append(line.rstrip())
                line, used = indent, 0
            line, used = line + word, used + length
        return [*lines, line.rstrip()] if used else lines

    def _words(self, pieces: "Sequence[Piece]") -> Iterable[tuple[str, int]]:
        """Yield the words, each with the spaces behind it, as printed and with their length."""
        word, length = "", 0
        for piece in pieces:
            for part in re.findall(r"[^ ]+ *| +", clean(piece.text)):
                word += self.mark(part) if piece.is_match else part
                length += len(part)
                if part.endswith(" "):
                    yield word, length
                    word, length = "", 0
        if word:
            yield word, length


def number(value: int) -> str:
    """Return a number as French text has it: ``2 758``."""
    return f"{value:,}".replace(",", _NARROW_SPACE)


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return ``2 questions``: the number and the word that goes with it."""
    return f"{number(count)} {one if abs(count) < 2 else many or one + 's'}"  # noqa: PLR2004  # French grammar


def day(value: date) -> str:
    """Return a date as ``05/11/2019``."""
    return f"{value.day:02}/{value.month:02}/{value.year:04}"


def duration(seconds: float) -> str:
    """Return a time as ``3 min 20 s``."""
    whole = round(seconds)
    if whole < 60:  # noqa: PLR2004  # seconds of a minute
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:  # noqa: PLR2004  # minutes of an hour
        return f"{minutes} min {rest:02} s"
    return f"{minutes // 60} h {minutes % 60:02} min"


@dataclass(slots=True)
class ProgressLine:
    """A line on the error stream that is redrawn; in a file, a new line now and then."""

    stream: TextIO = field(default_factory=lambda: sys.stderr)
    clock: Callable[[], float] = time.monotonic
    _last: float | None = None
    _begun: float | None = None
    _drawn: bool = False

    def seconds(self) -> float:
        """Return the seconds since this was first asked."""
        if self._begun is None:
            self._begun = self.clock()
        return self.clock() - self._begun

    def show(self, text: str) -> None:
        """Show where things are, if it was not just done."""
        now = self.clock()
        if self._last is None:
            self._last = now if not self.stream.isatty() else now - _SECONDS_BETWEEN_LINES
        on_terminal = self.stream.isatty()
        wait = _SECONDS_BETWEEN_REDRAWS if on_terminal else _SECONDS_BETWEEN_LINES
        if now - self._last < wait:
            return
        self._last = now
        if on_terminal:
            width = shutil.get_terminal_size().columns - 1
            self.stream.write(f"\r\x1b[K{clean(text)[:width]}")
            self.stream.flush()
            self._drawn = True
        else:
            self.stream.write(f"{clean(text)}\n")

    def end(self) -> None:
        """Take the line away, so that what follows begins on a clean one."""
        if self._drawn:
            self.stream.write("\r\x1b[K")
            self.stream.flush()
            self._drawn = False


def advance(done: int, total: int | None, seconds: float, unit: str) -> str:
    """Return ``1 200 / 2 758 questions (43 %) · 950/s · reste 2 s``."""
    parts = [f"{number(done)} {unit}"]
    if total:
        parts = [f"{number(done)} / {number(total)} {unit} ({100 * done // total} %)"]
    if done and seconds > 0:
        parts.append(f"{number(round(done / seconds))}/s")
        if total and total > done:
            parts.append(f"reste {duration((total - done) * seconds / done)}")
    return " · ".join(parts)
