"""What a corpus holds, told while its lines go by on their way into an index.

Nothing of it grows with the texts: a byte a question shows that none comes twice, and a sum of
hashes says in the end which questions there were.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from indexer.digests import CombinedDigest, line_digests
from indexer.errors import CorpusError
from indexer.partitions import Block
from indexer.question import Key, uid_of
from indexer.spool import Partition

if TYPE_CHECKING:
    from indexer.corpus import Corpus


class Contents:
    """``digest`` is that of the questions that went by, ``counts`` how many there are of a kind."""

    def __init__(self) -> None:
        self.digest = CombinedDigest()
        self._seen: defaultdict[Partition, bytearray] = defaultdict(bytearray)

    @property
    def total(self) -> int:
        """How many questions went by."""
        return self.digest.count

    @property
    def counts(self) -> Counter[Partition]:
        """How many questions of each kind went by."""
        return Counter({partition: seen.count(1) for partition, seen in self._seen.items()})

    def passing(self, corpus: "Corpus") -> Iterator[tuple[Block, list[str]]]:
        """Yield every question with its digest, some hundred at a time, taking note of them.

        Raises:
            CorpusError: a line is damaged, or a question comes twice.
        """
        for block in corpus.blocks():
            twice = self._first_known(block)
            if twice is not None:
                uid = uid_of(Key(*block.partition, twice))
                raise CorpusError(
                    f"{corpus.folder} : {uid} y est deux fois ; retirez l'une des lignes."
                )
            digests = line_digests(block.lines)
            self.digest.add("".join(digests))
            yield block, digests

    def _first_known(self, block: Block) -> int | None:
        """Return the number of the first question of a block that went by, None where none did."""
        seen = self._seen[block.partition]
        highest = max(block.numbers)
        if highest >= len(seen):
            seen.extend(bytes(highest + 1 - len(seen) + 1024))
        for number in block.numbers:
            if seen[number]:
                return number
            seen[number] = 1
        return None
