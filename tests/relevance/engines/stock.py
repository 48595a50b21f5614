"""Whoosh as it comes: its codec, French analyzer and BM25F; accents left out; any or all words."""

from collections.abc import Iterable
from pathlib import Path

from whoosh import fields, index, query
from whoosh.analysis import LanguageAnalyzer

from indexer.question import Question
from tests.relevance.engines.texts import text_of, without_accents

_LIMIT_MB = 256


class Stock:
    """An index in a folder: the modes are ``or`` and ``and``."""

    def __init__(self, folder: Path, questions: Iterable[Question]) -> None:
        folder.mkdir(parents=True)
        self._analyzer = LanguageAnalyzer("fr")
        text = fields.TEXT(self._analyzer, phrase=False)
        made = index.create_in(str(folder), fields.Schema(uid=fields.STORED, text=text))
        writer = made.writer(limitmb=_LIMIT_MB)
        for question in questions:
            writer.add_document(uid=question.uid, text=without_accents(text_of(question)))
        writer.commit()
        self._searcher = made.searcher()

    def search(self, text: str, mode: str, limit: int) -> list[str]:
        words = [token.text for token in self._analyzer(without_accents(text), mode="query")]
        terms = [query.Term("text", word) for word in dict.fromkeys(words)]
        made = query.And(terms) if mode == "and" else query.Or(terms)
        return [hit["uid"] for hit in self._searcher.search(made, limit=limit)]
