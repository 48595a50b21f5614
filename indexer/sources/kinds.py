"""The kind of a question from its name as pages and files print it.

>>> kind_of("Question d'actualité au gouvernement"), kind_of("QOSD"), kind_of("Résolution")
('QG', 'QOSD', None)
"""

import unicodedata
from typing import Final

from indexer.question import KINDS

# How a folded name begins, the more precise before the general.
_NAMES: Final = (
    ("question ecrite", "QE"),
    ("question au gouvernement", "QG"),
    ("question d'actualite", "QG"),
    ("question orale europeenne", "QOAE"),
    ("question orale avec debat portant sur un sujet europeen", "QOAE"),
    ("question orale avec debat", "QOAD"),
    ("question orale", "QOSD"),
    ("question crible", "QC"),
    ("question-crible", "QC"),
)


def kind_of(name: str) -> str | None:
    """Return the code of a kind, from the code itself or its French name; None if unknown."""
    code = name.strip().upper()
    if code in KINDS:
        return code
    decomposed = unicodedata.normalize("NFD", " ".join(name.lower().split()).replace("’", "'"))
    folded = "".join(char for char in decomposed if not unicodedata.combining(char))
    return next((kind for beginning, kind in _NAMES if folded.startswith(beginning)), None)
