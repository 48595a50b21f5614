"""bm25s: BM25 with the stop words and the Snowball stems of French, accents left out."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import bm25s
import Stemmer

from indexer.question import Question
from tests.relevance.engines.texts import text_of, without_accents

_STOP_WORDS: Final = "fr"


class Bm25s:
    """An index in memory."""

    def __init__(self, folder: Path, questions: Iterable[Question]) -> None:
        del folder  # it stays in memory
        self._stemmer = Stemmer.Stemmer("french")
        documents = {question.uid: text_of(question) for question in questions}
        self._uids = list(documents)
        self._index = bm25s.BM25()
        self._index.index(self._words(documents.values()), show_progress=False)

    def _words(self, texts: Iterable[str]) -> list[list[str]]:
        words: list[list[str]] = bm25s.tokenize(
            [without_accents(text) for text in texts],
            stopwords=_STOP_WORDS,
            stemmer=self._stemmer,
            return_ids=False,
            show_progress=False,
        )
        return words

    def search(self, text: str, mode: str, limit: int) -> list[str]:
        del mode  # any of the words is its only one
        found, scores = self._index.retrieve(self._words([text]), k=limit, show_progress=False)
        pairs = zip(found[0].tolist(), scores[0].tolist(), strict=True)
        return [self._uids[number] for number, score in pairs if score > 0]
