"""The texts of documents in a row on their way to the inverter: cut beside what else is to be done.

Cutting needs no GIL, so a thread may cut the texts of some batches while their other fields are
taken and the next batches are made; the words go to the inverter in the order of the documents.
Where no processor is free for a thread, or hardly anything is to be cut, the inverter cuts the
texts itself.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from indexer.fastwhoosh.bulk_ahead import Ahead

# Fewer texts are cut sooner than another thread has begun.
_WORTH_A_THREAD: Final = 64
# What a character takes until its words are in the inverter: as text, and as part of a word.
_CHARACTER_BYTES: Final = 4


class Texts(NamedTuple):
    """The texts of documents in a row, which one lexicon cuts for some fields of the inverter."""

    lexicon: Any
    values: Sequence[str | None]
    fields: tuple[int, ...]
    weight: int


class _Cut(NamedTuple):
    """Where some texts stand among those that were cut together, and what they are for."""

    begin: int
    texts: Texts


class CutAhead:
    """Gives the inverter the words of texts, a few batches after it was given the texts."""

    def __init__(self, inverter: Any, *, is_threaded: bool) -> None:
        self._inverter = inverter
        self._is_threaded = is_threaded
        self._cutting: Ahead[Any] = Ahead()
        # Of the texts that are not in the inverter yet: where each batch begins, its characters.
        self._batches: deque[tuple[int, list[_Cut]]] = deque()
        self._characters: deque[int] = deque()

    @property
    def memory(self) -> int:
        """Memory held for texts that are not in the inverter yet."""
        return sum(self._characters) * _CHARACTER_BYTES

    def add(self, first: int, batch: Iterable[Texts]) -> None:
        """Add the texts of documents in a row from ``first`` on.

        Raises:
            ValueError: documents do not ascend, or what those before are refused for.
            TypeError: a text is no str.
        """
        by_lexicon: dict[int, list[Texts]] = {}
        for texts in batch:
            by_lexicon.setdefault(id(texts.lexicon), []).append(texts)
        for together in by_lexicon.values():
            if self._is_threaded and sum(len(each.values) for each in together) >= _WORTH_A_THREAD:
                self._cut(first, together)
            else:
                self._add_at_once(first, together)

    def _add_at_once(self, first: int, together: Sequence[Texts]) -> None:
        self.settle()
        for texts in together:
            self._inverter.add_texts(tuple(texts.values), first, texts.fields, texts.weight)

    def _cut(self, first: int, together: Sequence[Texts]) -> None:
        values: list[str | None] = []
        parts = []
        for texts in together:
            parts.append(_Cut(len(values), texts))
            values += texts.values
        self._batches.append((first, parts))
        self._characters.append(sum(map(len, filter(None, values))))
        for cut in self._cutting.start(partial(together[0].lexicon.cut, tuple(values))):
            self._take(cut)

    def settle(self) -> None:
        """Give the inverter the words of all texts that were added; raise as :meth:`add` does."""
        for cut in self._cutting.settle():
            self._take(cut)

    def close(self) -> None:
        """End the thread that cuts; texts that are not in the inverter are given up."""
        self._cutting.close()

    def _take(self, cut: Any) -> None:
        first, parts = self._batches.popleft()
        self._characters.popleft()
        for begin, texts in parts:
            count = len(texts.values)
            self._inverter.add_cut(cut, begin, count, first, texts.fields, texts.weight)
