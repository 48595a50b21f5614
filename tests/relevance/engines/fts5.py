"""FTS5 of SQLite: words without their accents, any or all of them, BM25 with a weight a column."""

import re
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from indexer.question import Question
from tests.relevance.engines.texts import FIELDS, WEIGHTS, fields_of

_CREATE: Final = (
    f"CREATE VIRTUAL TABLE words USING fts5(uid UNINDEXED, {', '.join(FIELDS)},"
    " tokenize='unicode61 remove_diacritics 2')"
)
_WEIGHTS: Final = ", ".join(str(WEIGHTS[name]) for name in FIELDS)
_FIND: Final = (
    f"SELECT uid FROM words WHERE words MATCH ? ORDER BY bm25(words, 0.0, {_WEIGHTS}) LIMIT ?"
)


class Fts5:
    """A table in memory: the modes are ``or`` and ``and``."""

    def __init__(self, folder: Path, questions: Iterable[Question]) -> None:
        del folder  # nothing here is measured in bytes
        self._database = sqlite3.connect(":memory:")
        self._database.execute(_CREATE)
        for question in questions:
            texts = fields_of(question)
            row = (question.uid, *(texts[name] for name in FIELDS))
            self._database.execute("INSERT INTO words VALUES (?, ?, ?, ?)", row)

    def search(self, text: str, mode: str, limit: int) -> list[str]:
        words = (f'"{word}"' for word in re.findall(r"\w+", text))
        query = f" {mode.upper()} ".join(words)
        return [row[0] for row in self._database.execute(_FIND, (query, limit))]
