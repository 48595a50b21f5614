"""The analysis specification: every list and rule number that the tokens depend on.

Every engine's analysis is made from this one object, and its digest is stored in every index: an
index of another digest is rebuilt, never searched with other words.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

# Raised with every change of the rules in ``analysis`` or ``stemmer`` that changes a token.
RULES_VERSION = 1


@dataclass(frozen=True, slots=True)
class Specification:
    """Word lists, all lower case.

    ``elisions`` are stripped with their apostrophe; ``whole_words`` keep theirs; ``stop_words``
    are left out of the stem form; ``stem_exceptions`` maps a word to its stem.
    """

    elisions: frozenset[str]
    whole_words: frozenset[str]
    stop_words: frozenset[str]
    stem_exceptions: Mapping[str, str]

    @property
    def digest(self) -> str:
        """32 hexadecimal digits that change with any list and with the rules."""
        content = [
            RULES_VERSION,
            sorted(self.elisions),
            sorted(self.whole_words),
            sorted(self.stop_words),
            sorted(self.stem_exceptions.items()),
        ]
        text = json.dumps(content, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def _lines(name: str) -> list[str]:
    text = files("indexer.french").joinpath("data", name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@cache
def specification() -> Specification:
    """Return the specification, read once from ``data/``."""
    exceptions = (line.partition("\t") for line in _lines("stem_exceptions.tsv"))
    return Specification(
        frozenset(_lines("elisions.txt")),
        frozenset(_lines("whole_words.txt")),
        frozenset(_lines("stop_words.txt")),
        {word: stem for word, _, stem in exceptions},
    )
