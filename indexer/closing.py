"""What a closing code or label means; the table is ``data/closing_codes.tsv``.

>>> closing_status("REP_PUB", None)
<Closing.ANSWERED: 'answered'>
"""

import unicodedata
from enum import Enum
from functools import cache
from importlib.resources import files


class Closing(Enum):
    """How a question ended."""

    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


@cache
def _table() -> tuple[tuple[str, Closing], ...]:
    text = files("indexer").joinpath("data/closing_codes.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return tuple((needle, Closing(meaning)) for needle, meaning in rows)


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.lower().replace("_", " "))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


@cache
def closing_status(code: str | None, label: str | None) -> Closing | None:
    """Return the meaning of an official code or, failing that, of its label; None if unknown."""
    for text in (code, label):
        if not text:
            continue
        folded = _folded(text)
        for needle, meaning in _table():
            if folded.startswith(needle):
                return meaning
    return None
