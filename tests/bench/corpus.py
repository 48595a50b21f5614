"""The corpus of a size as it is kept on the disk, with what is known of it.

Beside the documents are the facts that queries are drawn from (document frequencies of the stems
and a sample of documents) and that the report shows (Heaps' law and the growth measured).
"""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bench.jsonl import read_lines
from tests.bench.model import Document

_SAMPLE: Final = 4_000
# Corpora up to this size are held in memory while they are indexed, larger ones are streamed.
_HELD: Final = 100_000


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a corpus.

    ``growth`` holds (tokens, words) of the whole; ``heaps`` is (k, beta, error of ln V) of the
    real part; ``hapax`` is the share of stems that one document has.
    """

    documents: int
    real: int
    tokens: int
    words: int
    stems: int
    hapax: float
    text_mb: float
    heaps: tuple[float, float, float]
    growth: list[tuple[int, int]]


class Corpus:
    """A corpus in its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.facts = Facts(**json.loads((folder / "facts.json").read_text("utf-8")))

    def documents(self, most: int | None = None) -> Iterator[Document]:
        """Yield the documents in order, at most ``most``."""
        lines = read_lines(self.folder / "corpus.jsonl.zst")
        return itertools.starmap(Document, itertools.islice(lines, most))

    def held(self, most: int | None = None) -> "list[Document] | Iterator[Document]":
        """Return the documents in memory if they are few, else as a stream."""
        count = min(self.facts.documents, most or self.facts.documents)
        return list(self.documents(most)) if count <= _HELD else self.documents(most)

    def frequencies(self) -> dict[str, int]:
        """Return the document frequency of each stem that two documents have or more."""
        return dict(read_lines(self.folder / "stems.jsonl.zst"))

    def sample(self) -> list[Document]:
        """Return documents drawn evenly from the whole."""
        return [Document(*line) for line in read_lines(self.folder / "sample.jsonl.zst")]
