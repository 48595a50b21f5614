"""What a speller asks of an index: which words it holds, in how many questions, and together."""

from collections.abc import Mapping
from typing import Protocol


class Lexicon(Protocol):
    """The words of an index, as an engine knows them."""

    @property
    def documents(self) -> int:
        """Number of questions."""
        ...

    def held(self, word: str, *, exact: bool) -> int:
        """Return how many questions hold a word: in its exact form, or in any of its stem."""
        ...

    def is_name(self, word: str) -> bool:
        """Return whether an author has a word in the name, whatever its case and accents."""
        ...

    def spelt(self, folded: str, errors: int) -> Mapping[str, int]:
        """Return exact forms so many letters from a folded word, with the questions of each."""
        ...

    def side_by_side(self, first: str, second: str) -> int:
        """Return how many questions hold the exact form of a word right before another."""
        ...

    def near(self, first: str, second: str) -> int:
        """Return how many questions hold two words a few words apart, in any form and order."""
        ...
