"""Interchange files: JSON Lines, plain or gzip, one record of ``indexer.interchange`` a line."""

import json
from collections.abc import Iterator
from dataclasses import replace

from indexer.errors import BadRecord
from indexer.interchange import InvalidRecord, from_record
from indexer.question import Question
from indexer.sources.documents import MAX_RECORD_BYTES, Document
from indexer.sources.markup import turns_of
from indexer.sources.source import Item, Source


def recognise(document: Document) -> bool:
    """Tell whether the first line is a JSON object with an identifier of ours."""
    first = document.head.lstrip(b"\xef\xbb\xbf \t\r\n")[:8192]
    return (
        first.startswith(b"{")
        and b'"uid"' in first
        and b'"question"' not in first[:64]
        and (document.suffix in (".jsonl", ".ndjson") or b'"question_text"' in document.head)
    )


def parse(document: Document) -> Iterator[Item]:
    """Yield the questions of a file, line by line."""
    with document.open() as stream:
        number = 0
        while line := stream.readline(MAX_RECORD_BYTES + 1):
            number += 1
            if line.strip():
                yield _question(line, f"{document.name}, ligne {number}")


def _question(line: bytes, where: str) -> Question | BadRecord:
    if len(line) > MAX_RECORD_BYTES:
        return BadRecord(where, f"plus de {MAX_RECORD_BYTES // 2**20} Mo pour une question")
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return BadRecord(where, f"JSON illisible ({error})")
    if not isinstance(record, dict):
        return BadRecord(where, "un objet JSON est attendu")
    try:
        question = from_record(record)
    except InvalidRecord as error:
        return BadRecord(where, str(error))
    # A record that names its sources is one of ours: it has the turns that they gave.
    return question if question.sources else with_turns(question)


def with_turns(question: Question) -> Question:
    """Return the question with the turns of speech that its answer's text shows, if it has none."""
    if question.answer_text and not question.answer_turns and question.kind != "QE":
        return replace(question, answer_turns=turns_of(question.answer_text))
    return question


SOURCE = Source("interchange", "Fichier d'échange (JSON Lines)", recognise, parse)
