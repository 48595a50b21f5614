"""Documents beyond the real ones: real paragraphs recombined, and new words at the real rate.

A generated document is a run of paragraphs of one real document and a run of another, so that
words stand in real sequences and together with the words that they stand with. Its author, group
and fate come from real documents, its day from the 35 years that the questions span. Recombining
alone adds no word: new ones, made from the syllables of real ones, are put behind paragraphs so
that the vocabulary keeps to Heaps' law as fitted on the real documents. With each new word an
earlier one of them comes back, each as likely as another, so that about half of them stand once
and a quarter twice, as rare words do in real text. Everything is seeded and streamed.
"""

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from indexer.french.analysis import stem_form
from tests.bench.heaps import Growth, Heaps
from tests.bench.model import Document
from tests.bench.reading import Paragraph, RealDocument, exact_text

# 1988-01-01 to 2023-01-01.
_DAYS: Final = (725_737, 738_521)
_SYLLABLE: Final = re.compile(
    r"[^aeiouyàâéèêëîïôùûü]*[aeiouyàâéèêëîïôùûü]+(?:[^aeiouyàâéèêëîïôùûü]+$)?"
)
_WORD: Final = re.compile(r"[a-zàâçéèêëîïôùûü]{6,14}")
_MIN_SYLLABLES, _MAX_SYLLABLES = 3, 5
_TRIES: Final = 200


def document_of(number: int, real: RealDocument) -> Document:
    """Return a real document as it is indexed."""
    return _joined(number, list(real.paragraphs), real, real.day)


def _joined(number: int, parts: list[Paragraph], like: RealDocument, day: int) -> Document:
    return Document(
        number,
        "\n".join(part.text for part in parts),
        " ".join(part.stems for part in parts if part.stems),
        exact_text(parts),
        day,
        like.author,
        like.group,
        like.fate,
    )


class WordMaker:
    """Makes words that no document has, from the syllables of real ones."""

    def __init__(self, vocabulary: Iterable[str], rng: random.Random) -> None:
        self._rng = rng
        self._taken = set(vocabulary)
        cut = [_SYLLABLE.findall(word) for word in sorted(self._taken) if _WORD.fullmatch(word)]
        long = [syllables for syllables in cut if len(syllables) > 1]
        self._first: list[str] = [syllables[0] for syllables in long]
        self._inner: list[str] = [part for syllables in long for part in syllables[1:-1]]
        self._last: list[str] = [syllables[-1] for syllables in long]

    def word(self) -> str:
        """Return a word that was neither in the vocabulary nor made before."""
        choice = self._rng.choice
        for _ in range(_TRIES):
            inner = self._rng.randint(_MIN_SYLLABLES, _MAX_SYLLABLES) - 2
            middle = "".join(choice(self._inner) for _ in range(inner))
            word = choice(self._first) + middle + choice(self._last)
            if word not in self._taken and stem_form(word):
                self._taken.add(word)
                return word
        raise RuntimeError("no new word could be made from these syllables")


class Generator:
    """A stream of generated documents that continues a stream of real ones."""

    def __init__(self, real: Sequence[RealDocument], growth: Growth, seed: int) -> None:
        self._real = real
        self._rng = random.Random(f"{seed}:documents")
        self._law: Heaps = growth.law()
        self._tokens = growth.tokens
        self._size = float(len(growth.words))
        # The law goes through the last real point, so that growth neither jumps nor pauses.
        self._scale = self._size / self._law.vocabulary(growth.tokens)
        self._maker = WordMaker(growth.words, random.Random(f"{seed}:words"))
        self._words: list[str] = []

    def documents(self, first: int, count: int) -> Iterator[Document]:
        """Yield so many documents, numbered from ``first``."""
        for number in range(first, first + count):
            yield self._document(number)

    def _document(self, number: int) -> Document:
        rng = self._rng
        like, other = rng.choice(self._real), rng.choice(self._real)
        parts = [*self._run(like), *self._run(other)]
        self._tokens += sum(part.words.count(" ") + 1 for part in parts)
        for word in self._new_words():
            place = rng.randrange(len(parts))
            parts[place] = with_word(parts[place], word)
        return _joined(number, parts, like, rng.randint(*_DAYS))

    def _run(self, real: RealDocument) -> Sequence[Paragraph]:
        """Return about half of the paragraphs of a document, at least one, side by side."""
        total = len(real.paragraphs)
        size = max(1, (total + self._rng.randint(0, 1)) // 2)
        start = self._rng.randint(0, total - size)
        return real.paragraphs[start : start + size]

    def _new_words(self) -> Iterator[str]:
        """Yield the words that the law asks for by now, and repeats of earlier ones."""
        wanted = self._law.vocabulary(self._tokens) * self._scale
        while self._size < wanted:
            self._words.append(self._maker.word())
            self._size += 1
            yield self._words[-1]
            yield self._rng.choice(self._words)


def with_word(part: Paragraph, word: str) -> Paragraph:
    """Return the paragraph with one more word behind it, in each of its forms."""
    return Paragraph(
        f"{part.text} {word}",
        f"{part.stems} {stem_form(word)}".lstrip(),
        f"{part.words} {word}".lstrip(),
        part.compounds,
    )
