"""FTS5 of SQLite: words without their accents, any or all of them, BM25 with a weight a column."""

import re
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from indexer.question import Question
from indexer.whoosh_engine.schema import texts_of

_CREATE: Final = (
    "CREATE VIRTUAL TABLE words USING fts5(uid UNINDEXED, title, question, answer,"
    " tokenize='unicode61 remove_diacritics 2')"
)
# Titles weigh three times as much as texts.
_FIND: Final = (
    "SELECT uid FROM words WHERE words MATCH ? ORDER BY bm25(words, 0.0, 3.0, 1.0, 1.0) LIMIT ?"
)


class Fts5:
    """A table in memory: the modes are ``or`` and ``and``."""

    def __init__(self, folder: Path, questions: Iterable[Question]) -> None:
        del folder  # nothing here is measured in bytes
        self._database = sqlite3.connect(":memory:")
        self._database.execute(_CREATE)
        for question in questions:
            row = (question.uid, *texts_of(question).values())
            self._database.execute("INSERT INTO words VALUES (?, ?, ?, ?)", row)

    def search(self, text: str, mode: str, limit: int) -> list[str]:
        words = [f'"{word}"' for word in re.findall(r"\w+", text)]
        if not words:
            return []
        query = f" {mode.upper()} ".join(words)
        return [row[0] for row in self._database.execute(_FIND, (query, limit))]
