"""From lines of the corpus to documents of the index, field by field.

A batch of lines becomes a table (:mod:`indexer.fastwhoosh.bulk_values`): what the schema's fields
hold of each question. Lines come with their digests, which whoever read them knows.

>>> line = b'{"uid":"QANR5L15QE1","type":"QE","legislature":15,"number":1,"title":"Loup"}'
>>> documents_of([(line, "0" * 32)])["title_exact"]
['Loup']
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from indexer.indexed_lines import indexed_questions
from indexer.question import Question
from indexer.search.recalls import naming, recalls
from indexer.whoosh_engine.acronyms import terms_of
from indexer.whoosh_engine.batch_values import filter_columns, titles
from indexer.whoosh_engine.families import kin_of_each
from indexer.whoosh_engine.schema import PARTS, day_number, field_of

# A line of the corpus and its digest.
Stamped = tuple[bytes, str]


def documents_of(lines: Sequence[Stamped]) -> dict[str, Sequence[Any]]:
    """Return the documents of some lines by field, in order.

    Raises:
        ValueError: a line is no record.
    """
    records = [record for record, _ in lines]
    batch = indexed_questions(records)
    questions, columns = batch
    asked, answers = list(columns["question_text"]), list(columns["answer_text"])
    table: dict[str, Sequence[Any]] = {
        "uid": columns["uid"],
        "digest": [digest.encode() for _, digest in lines],
        "record": records,
        "kin": kin_of_each(asked, answers),
        "recalls": _recalled(asked),
        "asked": list(map(_day, columns["date_question"])),
        "answered": list(map(_day, columns["date_answer"])),
        "delay": [
            _delay(question) if day else 0
            for question, day in zip(questions, columns["date_answer"], strict=True)
        ],
    }
    texts = {
        "title": titles(batch),
        "question": [text or None for text in asked],
        "answer": [text or None for text in answers],
    }
    table["acronym"] = terms_of(texts.values())
    for part in PARTS:
        # One list for both: the texts of fields that share it are read once.
        table[field_of(part, "exact")] = table[field_of(part, "stem")] = texts[part]
    for name, values in filter_columns(batch):
        table[f"f_{name}"] = values
    return table


# Days come again and again.
_day: Final = lru_cache(maxsize=20_000)(day_number)


def _delay(question: Question) -> int:
    """Return one more than the days from question to answer, 0 where they are unknown."""
    delay = question.delay_days
    return 0 if delay is None else delay + 1


def _recalled(texts: list[str]) -> list[str | None]:
    """Return the numbers that each text names, one after another."""
    named: list[str | None] = [None] * len(texts)
    for place in naming(texts):
        named[place] = " ".join([str(recall.number) for recall in recalls(texts[place])]) or None
    return named
