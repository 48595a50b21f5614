"""What a corpus holds, told while its lines go by on their way into an index.

Nothing of it grows with the texts: a byte a question shows that none comes twice, and a sum of
hashes says in the end which questions there were.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from indexer.digests import CombinedDigest, line_digest
from indexer.errors import CorpusError
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

    def passing(self, corpus: "Corpus") -> Iterator[tuple[Key, str, bytes]]:
        """Yield key, digest and line of every question, taking note of them.

        Raises:
            CorpusError: a line is damaged, or a question comes twice.
        """
        for key, line in corpus.lines():
            if self._is_known(key):
                raise CorpusError(
                    f"{corpus.folder} : {uid_of(key)} y est deux fois ; retirez l'une des lignes."
                )
            digest = line_digest(line)
            self.digest.add(digest)
            yield key, digest, line

    def _is_known(self, key: Key) -> bool:
        number, seen = key.number, self._seen[key[:3]]
        if number >= len(seen):
            seen.extend(bytes(number + 1 - len(seen) + 1024))
        known = seen[number]
        seen[number] = 1
        return bool(known)
