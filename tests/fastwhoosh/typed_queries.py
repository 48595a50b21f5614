"""Queries as people type them, their words drawn from texts."""

import random
from collections.abc import Sequence
from typing import Final

from indexer.french.analysis import analyse

_FILTERS: Final = ("type:QE", "type:QG", "statut:repondue", "ministere:santé", "chambre:AN")
_DATES: Final = ("du:2019", "au:2018-06", "du:2017 au:2020-03", "reponse_du:2019")
_SCOPES: Final = ("titre", "question", "reponse")


class TypedQueries:
    """Draws typed queries; words of one query are often of one sentence."""

    def __init__(self, rng: random.Random, texts: Sequence[str]) -> None:
        self.rng = rng
        self._texts = [
            words for text in texts if len(words := [t.exact for t in analyse(text) if t.exact]) > 8
        ]
        self._kinds = (
            self.words, self.words, self.words, self.phrase, self.phrase, self.near, self.pattern,
            self.misspelt, self.alternatives, self.excluding, self.scoped, self.filtered,
        )  # fmt: skip

    def draw(self) -> str:
        """Draw a query."""
        return self.rng.choice(self._kinds)()

    def _run(self, most: int) -> list[str]:
        words = self.rng.choice(self._texts)
        start = self.rng.randrange(len(words) - 1)
        return words[start : start + self.rng.randint(1, most)]

    def _word(self) -> str:
        return self.rng.choice(self.rng.choice(self._texts))

    def words(self) -> str:
        """Draw a part of a sentence, or words of several."""
        if self.rng.random() < 0.5:
            return " ".join(self._run(9))
        return " ".join(self._word() for _ in range(self.rng.randint(1, 4)))

    def phrase(self) -> str:
        """Draw words in quotes."""
        return f'"{" ".join(self._run(5))}"'

    def near(self) -> str:
        """Draw words in quotes that may stand apart."""
        words = self._run(6)
        self.rng.shuffle(words)
        return f'"{" ".join(words[:3])}"~{self.rng.randint(1, 8)}'

    def pattern(self) -> str:
        """Draw a word of which letters are open."""
        word = self._word()
        place = self.rng.randrange(len(word))
        return self.rng.choice((f"{word[: place + 2]}*", f"{word[:place]}?{word[place + 1 :]}"))

    def misspelt(self) -> str:
        """Draw a word with a letter too few."""
        word = self._word()
        place = self.rng.randrange(len(word))
        return f"{word[:place]}{word[place + 1 :]}~ {self._word()}"

    def alternatives(self) -> str:
        """Draw two queries of which one is enough."""
        return f"({self.words()}) OU {self.phrase()}"

    def excluding(self) -> str:
        """Draw words without another."""
        return f"{self.words()} SAUF {self.rng.choice((self._word, self.phrase))()}"

    def scoped(self) -> str:
        """Draw words of one part of a question."""
        return f"{self.rng.choice(_SCOPES)}:{self._word()} {self._word()}"

    def filtered(self) -> str:
        """Draw words with a filter or a date."""
        return f"{self.words()} {self.rng.choice((*_FILTERS, *_DATES))}"
