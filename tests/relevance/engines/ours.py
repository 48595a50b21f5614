"""The engine of this project, asked as a person asks it: the typed text, and nothing else."""

from collections.abc import Iterable
from pathlib import Path

from indexer.corpus import Corpus
from indexer.question import Question
from indexer.search.request import Search
from indexer.settings import Settings
from indexer.whoosh_engine import build, open_engine


class Ours:
    """The whole search over a corpus and an index in one folder."""

    def __init__(self, folder: Path, questions: Iterable[Question]) -> None:
        settings = Settings(corpus=folder / "corpus", index=folder / "index", index_processes=1)
        corpus = Corpus(settings.corpus / "questions")
        corpus.merge(questions)
        build(corpus, settings)
        self._engine = open_engine(settings)

    def search(self, text: str, mode: str, limit: int) -> list[str]:
        del mode  # what is typed is all that there is
        found = self._engine.search(Search(text=text, size=limit, facets=False))
        return [hit.uid for hit in found.hits]
