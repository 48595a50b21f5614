"""Whoosh as it comes: its own codec, French analyzer and BM25F; any or all of the words."""

from collections.abc import Iterable
from pathlib import Path

from whoosh import fields, index, query
from whoosh.analysis import LanguageAnalyzer

from indexer.question import Question
from tests.relevance.engines.texts import FIELDS, WEIGHTS, fields_of

_LIMIT_MB = 256


class Stock:
    """An index in a folder: the modes are ``or`` and ``and``."""

    def __init__(self, folder: Path, questions: Iterable[Question]) -> None:
        folder.mkdir(parents=True)
        self._analyzer = LanguageAnalyzer("fr")
        parts = {name: fields.TEXT(self._analyzer, phrase=False) for name in FIELDS}
        made = index.create_in(str(folder), fields.Schema(uid=fields.STORED, **parts))
        writer = made.writer(limitmb=_LIMIT_MB)
        for question in questions:
            writer.add_document(uid=question.uid, **fields_of(question))
        writer.commit()
        self._searcher = made.searcher()

    def search(self, text: str, mode: str, limit: int) -> list[str]:
        words = [token.text for token in self._analyzer(text, mode="query")]
        anywhere = [
            query.Or([query.Term(name, word, boost=WEIGHTS[name]) for name in FIELDS])
            for word in dict.fromkeys(words)
        ]
        made = query.And(anywhere) if mode == "and" else query.Or(anywhere)
        return [hit["uid"] for hit in self._searcher.search(made, limit=limit)]
