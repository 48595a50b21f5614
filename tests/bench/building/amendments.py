"""The corpus: amendments in the interchange form, imported once and kept.

Amendments are the largest real texts at hand that look like questions: an author, a group, a day,
a heading and a body of 1,600 characters. Beyond their number they come again under new numbers.
"""

import gzip
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from indexer.corpus import Corpus
from indexer.interchange import from_record
from indexer.question import Question
from indexer.sources.markup import text_of

_FILE: Final = "amendements_17.jsonl.gz"
_LEGISLATURE: Final = 17


def corpus_of(data: Path, documents: int | None, work: Path) -> Corpus:
    """Return the corpus of so many amendments, all of them for None, made unless it is there.

    Args:
        data: folder of the source.
        documents: how many; more than there are repeat them.
        work: folder where the corpus is kept.
    """
    folder = work / f"corpus-{documents or 'all'}"
    whole = folder / "whole"
    corpus = Corpus(folder / "questions")
    if not whole.is_file():
        corpus.merge(itertools.islice(questions(data, repeat=documents is not None), documents))
        whole.touch()
    return corpus


def questions(data: Path, *, repeat: bool) -> Iterator[Question]:
    """Yield the amendments as questions, numbered from 1; with ``repeat`` again and again."""
    number = itertools.count(1)
    while True:
        for amendment in amendments(data):
            yield from_record(_record(amendment, next(number)))
        if not repeat:
            return


def amendments(data: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of the source."""
    with gzip.open(data / _FILE, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _record(amendment: dict[str, Any], number: int) -> dict[str, Any]:
    return {
        "type": "QE",
        "legislature": _LEGISLATURE,
        "number": number,
        "author": amendment["auteur"],
        "author_ref": amendment["auteur_ref"],
        "group": amendment["groupe"],
        "group_name": amendment["groupe_libelle"],
        "ministry": amendment["organe"],
        "ministry_answering": amendment["organe"],
        "date_question": amendment["date_depot"],
        "title": amendment["division"],
        "rubrique": amendment["division"],
        "question_text": text_of(amendment["expose_html"]),
        "source": "amendements",
    }
