"""bm25s: BM25 over one text, with the stop words and the Snowball stems of French."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import bm25s
import Stemmer

from indexer.question import Question
from tests.relevance.engines.texts import TITLE_WEIGHT, fields_of

_STOP_WORDS: Final = "fr"


class Bm25s:
    """One array of scores; it has no fields, so a title counts by being repeated."""

    def __init__(self, folder: Path, questions: Iterable[Question]) -> None:
        del folder  # it stays in memory
        self._stemmer = Stemmer.Stemmer("french")
        self._uids: list[str] = []
        texts = []
        for question in questions:
            self._uids.append(question.uid)
            fields = fields_of(question)
            titles = [fields["title"]] * round(TITLE_WEIGHT)
            texts.append("\n".join([*titles, fields["question"], fields["answer"]]))
        self._index = bm25s.BM25()
        self._index.index(self._tokens(texts), show_progress=False)

    def _tokens(self, texts: list[str]) -> object:
        return bm25s.tokenize(
            texts, stopwords=_STOP_WORDS, stemmer=self._stemmer, show_progress=False
        )

    def search(self, text: str, mode: str, limit: int) -> list[str]:
        del mode  # any of the words is its only one
        words = bm25s.tokenize(
            [text],
            stopwords=_STOP_WORDS,
            stemmer=self._stemmer,
            show_progress=False,
            return_ids=False,
        )
        found, scores = self._index.retrieve(words, k=limit, show_progress=False)
        pairs = zip(found[0].tolist(), scores[0].tolist(), strict=True)
        return [self._uids[number] for number, score in pairs if score > 0]
