"""Work done beside the caller by one thread, whose results are taken in order, in the caller's.

Work that lets go of the GIL gains by it where a processor is free; what is under way is bounded, so
that memory is. Where none is, work is done at once: threads that take turns on one processor cost a
fifth more. Who takes results is not held here: each would hold the other, and a writer collects no
such garbage.

>>> ahead = Ahead()
>>> taken = []
>>> for number in range(5):
...     taken += ahead.start(lambda number=number: number * number)
>>> taken + list(ahead.settle())
[0, 1, 4, 9, 16]
>>> ahead.close()
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, Generic, TypeVar

# A thread that wants the GIL waits 5 ms for one that computes: with fewer under way the caller
# would wait for results.
_UNDER_WAY: Final = 3

T = TypeVar("T")


class Ahead(Generic[T]):
    """Starts work and gives its results back, some pieces of work later.

    Args:
        is_threaded: False to do all work at once, in the caller's thread.
    """

    def __init__(self, *, is_threaded: bool = True) -> None:
        self._is_threaded = is_threaded
        self._thread: ThreadPoolExecutor | None = None
        self._under_way: deque[Future[T]] = deque()

    def __len__(self) -> int:
        """Return how many pieces of work were started and their results not taken."""
        return len(self._under_way)

    def start(self, work: Callable[[], T]) -> list[T]:
        """Start a piece of work; return the results that are due, where too much is under way.

        Raises:
            Exception: what work before raised.
        """
        if not self._is_threaded:
            return [work()]
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1)
        self._under_way.append(self._thread.submit(work))
        due = range(len(self._under_way) - _UNDER_WAY)
        return [self._under_way.popleft().result() for _ in due]

    def settle(self) -> Iterator[T]:
        """Wait for all work and yield its results; raise as :meth:`start` does."""
        while self._under_way:
            yield self._under_way.popleft().result()

    def close(self) -> None:
        """End the thread; what was not taken is given up."""
        self._under_way.clear()
        if self._thread is not None:
            self._thread.shutdown(cancel_futures=True)
            self._thread = None
