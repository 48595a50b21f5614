"""Who builds the segments of a writer: its own process, and others for many documents.

All segments share the dictionary of the stored fields: that of the index, or one that is made from
the first documents. While it is made, the other processes make documents of the next. The last
documents are kept until it is known that they are: they go to the processes that have fewest to
invert, so that all are done at about the same time.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final

from indexer.fastwhoosh.bulk_flushing import Flushing, Setup
from indexer.fastwhoosh.bulk_processes import Batch, Make, Workers
from indexer.fastwhoosh.bulk_stored import TRAINED_ON, stored_entries, trained

# With fewer, this process is done before others have started; a dictionary is trained on them.
_WORTH_PROCESSES: Final = TRAINED_ON
# Documents that each of the others makes meanwhile: as many as fill the time, about 0.1 s.
_EARLY: Final = 4 * TRAINED_ON
# Documents that are kept for the end, about: because this process reads them, too, it has fewer to
# invert, and waited 0.1 s for the others at the end of 46,693 amendments.
_KEPT: Final = 1000


class Builders:
    """Takes batches of documents, and gives the segments of all at the end.

    Args:
        setup: what a process needs to build segments.
        make: makes documents of what batches of another form hold.
        procs: processes, this one among them.
        known: gives the dictionary of the stored fields of the index, None where it has none.
    """

    def __init__(
        self, setup: Setup, make: Make | None, procs: int, known: Callable[[], bytes | None]
    ) -> None:
        self._setup = setup
        self._make = make
        self._procs = procs
        self._known = known
        self._flushing: Flushing | None = None
        self._workers: Workers | None = None
        # The first documents, until the dictionary is made; how many others were given since.
        self._waiting: list[Batch] = []
        self._early = 0
        self._kept: deque[Batch] = deque()

    def here(self) -> Flushing:
        """Return what builds segments in this process."""
        if self._flushing is None:
            self._flushing = Flushing(self._setup, self._known())
        return self._flushing

    def add(self, batch: Batch) -> None:
        """Give a batch to a process that has room for it, or take it here; an error ends it all.

        Raises:
            Exception: what a document is refused for, here; :class:`WorkerFailed` elsewhere.
        """
        if self._procs <= 1:
            self._take(batch)
        elif self._workers is None:
            self._waiting.append(batch)
            if sum(map(len, self._waiting)) >= _WORTH_PROCESSES:
                self._workers = Workers(self._procs - 1, self._setup, self._make)
        elif self._waiting:
            self._give_early(self._workers, batch)
        else:
            self._kept.append(batch)
            if sum(map(len, self._kept)) > _KEPT:
                self._deal(self._workers, self._kept.popleft())

    def finish(self) -> list[Any]:
        """Return the segments of all documents, which are the caller's from now on."""
        if self._workers is None:
            for batch in self._waiting:
                self._take(batch)
            self._waiting.clear()
            return self._flushing.finish() if self._flushing else []
        if self._waiting:
            self._decide(self._workers)
        flushing = self.here()
        here = self._dealt_evenly(self._workers, flushing.count)
        self._workers.end()
        for batch in here:
            batch.add_to(flushing, self._make)
        own = flushing.finish()
        return own + self._workers.finish()

    def cancel(self) -> None:
        """Stop building and remove what was written and not given away."""
        if self._workers is not None:
            self._workers.cancel()
            self._workers = None
        if self._flushing is not None:
            self._flushing.cancel()
            self._flushing = None

    def _take(self, batch: Batch) -> None:
        batch.add_to(self.here(), self._make)

    def _deal(self, workers: Workers, batch: Batch) -> None:
        if not workers.deal(batch):
            self._take(batch)

    def _dealt_evenly(self, workers: Workers, count: int) -> list[Batch]:
        """Give what was kept to who has fewest documents; return what is left to this process.

        It has ``count`` already.
        """
        here = []
        for batch in self._kept:
            if count <= workers.fewest():
                here.append(batch)
                count += len(batch)
            else:
                workers.give(batch)
        self._kept.clear()
        return here

    def _give_early(self, workers: Workers, batch: Batch) -> None:
        """Give the others what they have to do while the dictionary is made; then make it."""
        workers.give(batch)
        self._early += len(batch)
        if self._early >= _EARLY * (self._procs - 1):
            self._decide(workers)

    def _decide(self, workers: Workers) -> None:
        """Make the dictionary from what waits, tell it to the others, and begin to build here."""
        # What a dictionary is made from is read once.
        waiting = [batch.made(self._make) for batch in self._waiting]
        self._waiting.clear()
        dictionary = self._dictionary(waiting)
        workers.tell(dictionary)
        self._flushing = Flushing(self._setup, dictionary)
        for batch in waiting:
            self._deal(workers, batch)

    def _dictionary(self, waiting: Sequence[Batch]) -> bytes:
        known = self._known()
        if known is not None:
            return known
        names = [name for name, field in self._setup.schema.items() if field.stored]
        samples: list[bytes] = []
        for batch in waiting:
            table = batch.table(None)
            stored = {name: table[name] for name in names if name in table}
            samples += stored_entries(stored, len(batch))
        return trained(samples[:TRAINED_ON])
