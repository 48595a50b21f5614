"""FTS5 of SQLite, through the sqlite3 of the standard library.

The words are in a table without content; filters and dates are in a narrow table of columns that
a query joins, the texts in a third. One statement gives the hits, a second the exact count.
"""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar, Final

from tests.bench import model
from tests.bench.model import Answer, Document, Query, Search

# All that is not a space is part of a word: the text is analysed already.
_PUNCTUATION: Final = "!#$%&()*+,-./:;<=>?@[\\]^_`{|}~''"
_TABLES: Final = f"""
CREATE VIRTUAL TABLE words USING fts5(
    stem, exact, content='', tokenize="ascii tokenchars '{_PUNCTUATION.replace("''", "''''")}'"
);
CREATE TABLE columns (
    id INTEGER PRIMARY KEY, day INTEGER, "group" TEXT, author TEXT, fate TEXT
);
CREATE TABLE texts (id INTEGER PRIMARY KEY, text TEXT);
"""
_CACHE_KIB: Final = 256_000
_MAPPED_BYTES: Final = 8_000_000_000
_JOIN: Final = "FROM words JOIN columns ON columns.id = words.rowid WHERE words MATCH ?"
_HITS: Final = "SELECT rank, rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT ? OFFSET ?"
_COUNT: Final = "SELECT count(*) FROM words WHERE words MATCH ?"
_HITS_DATES: Final = f"SELECT rank, id {_JOIN} AND day BETWEEN ? AND ? ORDER BY rank LIMIT ?"
_COUNT_DATES: Final = f"SELECT count(*) {_JOIN} AND day BETWEEN ? AND ?"
_HITS_BY_DATE: Final = f"SELECT day, id {_JOIN} ORDER BY day DESC LIMIT ?"


class Fts5:
    """SQLite over one folder."""

    name: ClassVar[str] = "fts5"
    most_documents: ClassVar[int | None] = None
    most_procs: ClassVar[int] = 1
    # Fuzzy words it has not, and snippets only where the table holds the text that it searches.
    shapes: ClassVar[frozenset[str]] = frozenset(model.SHAPES) - {
        model.FUZZY,
        model.SNIPPETS,
        model.RANKING,
    }
    exact: ClassVar[frozenset[str]] = shapes

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, corpus: Iterable[Document], procs: int) -> None:
        del procs  # one writer is all that SQLite has
        self._connect()
        self._database.executescript(_TABLES)
        self._add(corpus)
        self._database.close()

    def open(self) -> None:
        self._connect()

    def segments(self) -> int:
        return 1

    def append(self, documents: Iterable[Document]) -> None:
        self._add(documents)

    def _connect(self) -> None:
        path = self._folder / "index.sqlite"
        self._database = sqlite3.connect(path, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
        self._database.execute(f"PRAGMA mmap_size={_MAPPED_BYTES}")

    def _add(self, documents: Iterable[Document]) -> None:
        with self._database as database:
            for d in documents:
                words = (d.number, d.stems, d.exact)
                database.execute("INSERT INTO words(rowid, stem, exact) VALUES (?, ?, ?)", words)
                columns = (d.number, d.day, d.group, d.author, d.fate)
                database.execute("INSERT INTO columns VALUES (?, ?, ?, ?, ?)", columns)
                database.execute("INSERT INTO texts VALUES (?, ?)", (d.number, d.text))

    def prepare(self, query: Query) -> Search:
        match = _match(query)
        if query.days is not None:
            first, last = query.days
            return self._plain(
                (_HITS_DATES, (match, first, last, model.LIMIT)),
                (_COUNT_DATES, (match, first, last)),
            )
        count = (_COUNT, (match,))
        if query.shape == model.BY_DATE:
            return self._plain((_HITS_BY_DATE, (match, model.LIMIT)), count)
        offset = model.DEEP_OFFSET if query.shape == model.PAGE100 else 0
        hits = (_HITS, (match, model.LIMIT, offset))
        return (
            self._with_facets(hits, match)
            if query.shape == model.FACETS
            else self._plain(hits, count)
        )

    def _plain(self, hits: "Statement", count: "Statement") -> Search:
        execute = self._database.execute

        def run() -> Answer:
            found = execute(*hits).fetchall()
            return Answer(execute(*count).fetchone()[0], found)

        return run

    def _with_facets(self, hits: "Statement", match: str) -> Search:
        execute = self._database.execute
        group, author = (
            f'SELECT "{name}", count(*) {_JOIN} GROUP BY 1' for name in ("group", "author")
        )

        def run() -> Answer:
            found = execute(*hits).fetchall()
            groups, authors = dict(execute(group, (match,))), dict(execute(author, (match,)))
            return Answer(sum(groups.values()), found, (groups, authors))

        return run


Statement = tuple[str, tuple[object, ...]]


def _match(query: Query) -> str:
    words = [f'"{word}"' for word in query.words]
    if query.shape == model.PHRASE:
        return f'exact : "{" ".join(query.words)}"'
    if query.shape == model.PREFIX:
        return f"stem : {words[0]} *"
    operator = " AND " if query.shape == model.AND3 else " OR "
    return f"stem : ({operator.join(words)})"
