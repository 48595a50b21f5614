"""The words of an index as a speller asks for them."""

from collections.abc import Mapping
from typing import Final

from indexer.fastwhoosh import plan
from indexer.fastwhoosh.request import Request
from indexer.french.analysis import fold, stem_form
from indexer.search import ranking
from indexer.whoosh_engine.schema import PARTS
from indexer.whoosh_engine.snapshot import Snapshot

_SIDE_BY_SIDE: Final = (0, 1)


class IndexLexicon:
    """The words of one snapshot. Fulfils :class:`indexer.search.lexicon.Lexicon`."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    @property
    def documents(self) -> int:
        """Number of questions, withdrawn ones included."""
        return self._snapshot.documents

    def held(self, word: str, *, exact: bool) -> int:
        """Return how many questions hold a word in the part that most of them hold it in."""
        stem = None if exact else stem_form(word)
        form, term = ("exact", word) if stem is None else ("stem", stem)
        return self._snapshot.documents_with(term, form)

    def is_name(self, word: str) -> bool:
        """Return whether an author has a word in the name, whatever its case and accents."""
        return fold(word) in self._snapshot.names

    def spelt(self, folded: str, errors: int) -> Mapping[str, int]:
        """Return exact forms so many letters from a folded word, with the questions of each."""
        return self._snapshot.vocabulary.spelt(folded, errors)

    def side_by_side(self, first: str, second: str) -> int:
        """Return how many questions hold the exact form of a word right before another."""
        return self._together((first, second), "exact", plan.ORDERED, 0)

    def near(self, first: str, second: str) -> int:
        """Return how many questions hold two words a few words apart, in any form and order."""
        stems = stem_form(first), stem_form(second)
        if stems[0] is None or stems[1] is None or stems[0] == stems[1]:
            return 0
        return self._together((stems[0], stems[1]), "stem", plan.NEAR, ranking.NEAR_WINDOW)

    def _together(self, words: tuple[str, str], form: str, mode: int, width: int) -> int:
        lines = self._snapshot.weighing.lines(words, form, PARTS, _SIDE_BY_SIDE)
        asked = plan.Positional(lines, 1.0, ranking.K1, mode, width)
        return self._snapshot.executor.run(Request(asked, limit=0)).total
