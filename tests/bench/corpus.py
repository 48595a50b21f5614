"""The corpus of a size: real documents first, then generated ones, kept on the disk.

Beside the documents are kept the facts that queries are drawn from (document frequencies of the
stems and a sample of documents) and that the report shows (Heaps' law and the growth measured).
"""

import itertools
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from tests.bench.generating import Generator, document_of, words_of
from tests.bench.heaps import Growth
from tests.bench.jsonl import read_lines, write_lines
from tests.bench.model import Document
from tests.bench.reading import RealDocument, real_documents

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


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a corpus is made from: ``data`` is the folder of the sources."""

    data: Path
    docs: int
    most_real: int | None
    seed: int


def corpus_of(recipe: Recipe, work: Path) -> Corpus:
    """Return the corpus of a size, made and kept under ``work`` unless it is there already."""
    most = recipe.most_real
    kept = work / f"real-{'all' if most is None else most}-{recipe.seed}.jsonl.zst"
    folder = work / f"{recipe.docs}-{'all' if most is None else most}-{recipe.seed}"
    if not (folder / "facts.json").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        _make(recipe, real_documents(recipe.data, kept, most, recipe.seed), folder)
    return Corpus(folder)


def _make(recipe: Recipe, real: list[RealDocument], folder: Path) -> None:
    counted = _Counted(recipe.seed)
    used = real[: recipe.docs]
    write_lines(folder / "corpus.jsonl.zst", counted.through(_stream(recipe, used, counted)))
    write_lines(folder / "stems.jsonl.zst", counted.frequent())
    write_lines(folder / "sample.jsonl.zst", counted.sample)
    facts = counted.facts(len(used))
    (folder / "facts.json").write_text(json.dumps(asdict(facts)), "utf-8")


def _stream(recipe: Recipe, real: list[RealDocument], counted: "_Counted") -> Iterator[Document]:
    for number, document in enumerate(real):
        yield document_of(number, document)
    counted.heaps = tuple(counted.growth.law())
    missing = recipe.docs - len(real)
    if missing:
        yield from Generator(real, counted.growth, recipe.seed).documents(len(real), missing)


class _Counted:
    """Counts the documents that stream through it, and samples them."""

    def __init__(self, seed: int) -> None:
        self.growth = Growth()
        self.heaps: tuple[float, ...] = ()
        self.sample: list[Document] = []
        self._frequencies: Counter[str] = Counter()
        self._rng = random.Random(f"{seed}:sample")
        self._documents = 0
        self._bytes = 0

    def through(self, documents: Iterator[Document]) -> Iterator[Document]:
        for document in documents:
            self._count(document)
            yield document

    def _count(self, document: Document) -> None:
        self.growth.add(words_of(document))
        self._frequencies.update(set(document.stems.split(" ")))
        self._documents += 1
        self._bytes += len(document.text.encode("utf-8"))
        if len(self.sample) < _SAMPLE:
            self.sample.append(document)
        elif (place := self._rng.randrange(self._documents)) < _SAMPLE:
            self.sample[place] = document

    def frequent(self) -> Iterator[tuple[str, int]]:
        return ((stem, df) for stem, df in self._frequencies.items() if df > 1)

    def facts(self, real: int) -> Facts:
        hapaxes = sum(1 for df in self._frequencies.values() if df == 1)
        heaps: Any = self.heaps
        return Facts(
            documents=self._documents,
            real=real,
            tokens=self.growth.tokens,
            words=len(self.growth.words),
            stems=len(self._frequencies),
            hapax=hapaxes / max(1, len(self._frequencies)),
            text_mb=self._bytes / 1e6,
            heaps=heaps,
            growth=self.growth.points,
        )
