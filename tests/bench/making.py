"""Makes the corpus of a size: real documents first, then generated ones; counts as they stream."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from tests.bench.corpus import Corpus, Facts
from tests.bench.generating import Generator, document_of
from tests.bench.heaps import Growth
from tests.bench.jsonl import write_lines
from tests.bench.model import Document, words_of
from tests.bench.reading import RealDocument, real_documents

_SAMPLE: Final = 4_000


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
