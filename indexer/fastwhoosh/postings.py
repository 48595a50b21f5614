"""The postings of a term as Whoosh wants them: a matcher, and statistics that cost no decoding.

Blocks are decoded when a posting of theirs is asked for. Which ones can be skipped is decided on
the skip table and the impacts: pairs (tf, norm) of which one bounds each posting of the block.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from whoosh import formats
from whoosh.matching import LeafMatcher, ReadTooFar
from whoosh.reading import TermInfo
from whoosh.scoring import WeightLengthScorer
from whoosh.util.numeric import byte_to_length

from indexer.fastwhoosh.decoding import FieldReader
from indexer.fastwhoosh.errors import naming
from indexer.fastwhoosh.impacts import MANY, Impact
from indexer.fastwhoosh.records import Block, Record, find_block


@dataclass(frozen=True, slots=True)
class Postings:
    """The postings of one term and where they come from; damage names the file.

    Attributes:
        path: the file.
        field: the field's name.
        reader: the field.
        record: the postings.
    """

    path: Path
    field: str
    reader: FieldReader
    record: Record

    def load(self, block: int) -> Block:
        """Decode a block."""
        with naming(self.path, f"champ « {self.field} »"):
            return self.record.load(block)

    def positions(self, block: int, tfs: list[int]) -> list[list[int]]:
        """Decode the positions of each posting of a block."""
        with naming(self.path, f"champ « {self.field} »"):
            return self.record.positions(block, tfs)

    def find_block(self, doc: int, start: int) -> int:
        """Return the first block from ``start`` on that may hold ``doc``."""
        with naming(self.path, f"champ « {self.field} »"):
            return find_block(self.record, doc, start)

    def impacts(self, block: int) -> tuple[Impact, ...]:
        """Return pairs (tf, norm) that bound a block, with tf exact beyond what a byte holds."""
        pairs = self.record.impacts(block)
        if max(tf for tf, _ in pairs) < MANY:
            return pairs
        most = max(self.load(block).tfs)
        return tuple((max(tf, most) if tf == MANY else tf, norm) for tf, norm in pairs)

    def lengths(self, block: int) -> list[int]:
        """Return the lengths of the documents of a block; 0 without norms."""
        norms = self.reader.sections.norms
        docs = self.load(block).docs
        return [0] * len(docs) if norms is None else [byte_to_length(norms[doc]) for doc in docs]


class FastTermInfo(TermInfo):  # type: ignore[misc]  # Whoosh has no types
    """Statistics of a term: those of the term table at once, others when they are asked for.

    Whoosh reads and changes the attributes of its own class, so they are filled in by need.

    Args:
        df: documents.
        cf: occurrences.
        open_postings: opens the postings.
    """

    def __init__(self, df: int, cf: int, open_postings: Callable[[], Postings]) -> None:
        self._df = df
        self._weight = float(cf)
        self._open = open_postings

    def __getattr__(self, name: str) -> Any:
        if name in {"_minid", "_maxid"}:
            postings = self._open()
            self._minid = postings.load(0).docs[0]
            self._maxid = postings.record.last(postings.record.blocks - 1)
        elif name in {"_maxweight", "_minlength"}:
            postings = self._open()
            pairs = [pair for n in range(postings.record.blocks) for pair in postings.impacts(n)]
            self._maxweight = float(max(tf for tf, _ in pairs))
            self._minlength = byte_to_length(min(norm for _, norm in pairs))
        elif name == "_maxlength":
            postings = self._open()
            blocks = range(postings.record.blocks)
            self._maxlength = max(max(postings.lengths(block)) for block in blocks)
        else:
            raise AttributeError(name)
        return self.__dict__[name]


class FastLeafMatcher(LeafMatcher):  # type: ignore[misc]  # Whoosh has no types
    """Walks over the postings of one term.

    Args:
        postings: the postings.
        format_: the format of the field.
        term: ``(field name, bytes)``.
        scorer: scores a posting, or None.
    """

    def __init__(
        self, postings: Postings, format_: Any, term: tuple[str, bytes], scorer: Any = None
    ) -> None:
        self.format = format_
        self.scorer = scorer
        self._term = term
        self._postings = postings
        self._blocks = postings.record.blocks
        self._block = self._i = 0
        self._loaded_block: Block | None = None
        self._loaded_positions: list[list[int]] | None = None
        self._quality: float | None = None

    def copy(self) -> Self:
        """Return another matcher at the same posting."""
        other = type(self)(self._postings, self.format, self._term, self.scorer)
        other._goto(self._block)  # noqa: SLF001 - another of the same
        other._i = self._i  # noqa: SLF001  # one of its own kind
        return other

    def reset(self) -> None:
        """Go back to the first posting."""
        self._goto(0)

    def is_active(self) -> bool:
        """Whether there is a posting here."""
        return self._block < self._blocks

    def id(self) -> int:
        """Return the document; after the end the last one, for which Whoosh's AndNot asks."""
        if not self.is_active():
            return self._postings.record.last(self._blocks - 1)
        return self._loaded().docs[self._i]

    def weight(self) -> float:
        """Return the frequency of the term in the document."""
        return float(self._loaded().tfs[self._i])

    def value(self) -> bytes:
        """Return the posting's value as Whoosh's format encodes it."""
        kind = type(self.format)
        if kind is formats.Positions:
            return self.format.encode(self._positions())  # type: ignore[no-any-return]  # Whoosh has no types
        if kind is formats.Frequency:
            return self._loaded().tfs[self._i].to_bytes(4, "big")
        return b""

    def value_as(self, astype: str) -> Any:
        """Return the posting's value as frequency, weight, positions and so on."""
        if astype == "frequency":
            return self._loaded().tfs[self._i]
        if astype == "positions" and self.supports("positions"):
            return self._positions()
        return super().value_as(astype)

    def next(self) -> bool:
        """Go to the next posting; True where that is in another block."""
        self._i += 1
        if self._i < len(self._loaded().docs):
            return False
        self._goto(self._block + 1)
        return True

    def skip_to(self, id: int) -> None:  # noqa: A002 - Whoosh's name
        """Go to the first posting from here on whose document is not below.

        Raises:
            ReadTooFar: there is no posting here.
        """
        if not self.is_active():
            raise ReadTooFar
        if id > self.block_max_id():
            self._goto(self._postings.find_block(id, self._block + 1))
            if not self.is_active():
                return
        self._i = bisect_left(self._loaded().docs, id, lo=self._i)

    def skip_to_quality(self, minquality: float) -> int:
        """Go on until a block may score above; return how many blocks that skipped."""
        skipped = 0
        while self.is_active() and self.block_quality() <= minquality:
            self._goto(self._block + 1)
            skipped += 1
        return skipped

    def all_ids(self) -> Iterator[int]:
        """Give the documents from here on."""
        while self.is_active():
            yield from self._loaded().docs[self._i :]
            self._goto(self._block + 1)

    def block_quality(self) -> float:
        """Return what no score in the block exceeds, 0 after the last."""
        if not self.is_active():  # Whoosh 2.7.4 asks matchers that have come to their end
            return 0.0
        scorer = self.scorer
        if getattr(type(scorer), "block_quality", None) is not WeightLengthScorer.block_quality:
            return scorer.block_quality(self)  # type: ignore[no-any-return]  # Whoosh has no types
        if self._quality is None:
            # Documents without a length are scored as if they had one of 1.
            self._quality = max(
                float(scorer._score(float(tf), byte_to_length(norm) or 1))  # noqa: SLF001 - Whoosh's seam for models
                for tf, norm in self._postings.impacts(self._block)
            )
        return self._quality

    def block_min_id(self) -> int:
        """Return the first document of the block."""
        return self._loaded().docs[0]

    def block_max_id(self) -> int:
        """Return the last document of the block."""
        return self._postings.record.last(self._block)

    def block_max_weight(self) -> float:
        """Return the largest frequency in the block."""
        return float(max(tf for tf, _ in self._postings.impacts(self._block)))

    def block_min_length(self) -> int:
        """Return the smallest length of a document of the block."""
        norm = min(norm for _, norm in self._postings.impacts(self._block))
        return byte_to_length(norm)  # type: ignore[no-any-return]  # Whoosh has no types

    def block_max_length(self) -> int:
        """Return the largest length of a document of the block."""
        return max(self._postings.lengths(self._block))

    def _goto(self, block: int) -> None:
        self._block = block
        self._i = 0
        self._loaded_block = self._loaded_positions = self._quality = None

    def _loaded(self) -> Block:
        if self._loaded_block is None:
            if not self.is_active():
                raise ReadTooFar
            self._loaded_block = self._postings.load(self._block)
        return self._loaded_block

    def _positions(self) -> list[int]:
        if self._loaded_positions is None:
            tfs = self._loaded().tfs
            self._loaded_positions = self._postings.positions(self._block, tfs)
        return self._loaded_positions[self._i]
