"""The real documents: amendments and questions, with the two forms of each paragraph.

Analysis is slow without the extension, so it runs once, in all processors, and its result is kept
as JSON lines in zstd.
"""

import gzip
import itertools
import json
import multiprocessing
import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

from indexer.french.analysis import analyse
from indexer.sources.markup import text_of
from tests.bench.jsonl import read_lines, write_lines
from tests.bench.model import GUARD

_UNKNOWN: Final = "inconnu"
_FILES: Final = ("questions.jsonl.gz", "amendements_17.jsonl.gz")
_CHUNK: Final = 64


class Paragraph(NamedTuple):
    """One paragraph: its text, stems, exact words in order, and compounds; spaces between."""

    text: str
    stems: str
    words: str
    compounds: str


class RealDocument(NamedTuple):
    """A document as it was read, in paragraphs."""

    paragraphs: tuple[Paragraph, ...]
    day: int
    author: str
    group: str
    fate: str


def real_documents(data: Path, kept: Path, most: int | None, seed: int) -> list[RealDocument]:
    """Return the real documents in a seeded order, at most ``most``; analysed once, then kept.

    Args:
        data: folder of the two source files.
        kept: file where the analysed documents stay between runs.
        most: how many documents at most, None for all.
        seed: of the order.
    """
    if not kept.is_file():
        write_lines(kept, _analysed(data, most, seed))
    return [_from_json(line) for line in read_lines(kept)]


def _from_json(line: list[Any]) -> RealDocument:
    paragraphs, day, author, group, fate = line
    return RealDocument(tuple(Paragraph(*p) for p in paragraphs), day, author, group, fate)


def _analysed(data: Path, most: int | None, seed: int) -> Iterator[RealDocument]:
    sources = [_records(data / name) for name in _FILES]
    if most is not None:
        sources = [itertools.islice(source, most // len(_FILES) + 1) for source in sources]
    records = list(itertools.chain.from_iterable(sources))
    random.Random(seed).shuffle(records)
    with multiprocessing.Pool() as pool:
        for document in pool.imap(_document, records[:most], _CHUNK):
            if document.paragraphs:
                yield document


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _document(record: dict[str, Any]) -> RealDocument:
    return _amendment(record) if "expose_html" in record else _question(record)


def _amendment(record: dict[str, Any]) -> RealDocument:
    text = text_of(record["expose_html"])
    fate = record["sort"] or record["etat"]
    return _made(text, record["date_depot"], record["auteur"], record["groupe_libelle"], fate)


def _question(record: dict[str, Any]) -> RealDocument:
    texts = (record["title"], record["rubrique"], record["question_text"], record["answer_text"])
    text = "\n".join(filter(None, texts))
    return _made(text, record["date_question"], record["author"], record["group"], record["status"])


def _made(
    text: str, day: str | None, author: str | None, group: str | None, fate: str | None
) -> RealDocument:
    lines = filter(None, (line.strip(" \t\r") for line in text.split("\n")))
    return RealDocument(
        tuple(paragraph(line) for line in lines),
        date.fromisoformat(day or "2000-01-01").toordinal(),
        author or _UNKNOWN,
        group or _UNKNOWN,
        fate or _UNKNOWN,
    )


def paragraph(text: str) -> Paragraph:
    """Return a paragraph with its forms."""
    tokens = analyse(text)
    return Paragraph(
        text,
        " ".join(token.stem for token in tokens if token.stem is not None),
        " ".join(token.exact for token in tokens if not token.compound),
        " ".join(token.exact for token in tokens if token.compound),
    )


def exact_text(paragraphs: list[Paragraph]) -> str:
    """Return the exact form of a document: words in order, a guard, compounds."""
    words = " ".join(p.words for p in paragraphs if p.words)
    compounds = " ".join(p.compounds for p in paragraphs if p.compounds)
    return f"{words} {GUARD} {compounds}" if compounds else words
