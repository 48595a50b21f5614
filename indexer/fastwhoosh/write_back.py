"""A large file put on the disk while it is still being written, so that its end does not wait.

Until somebody asks, the system keeps what is written in memory: a file of 30 MB would be put on the
disk only when it is whole, and who writes it would wait 0.03 s for that.

>>> import tempfile
>>> with tempfile.TemporaryFile() as stream:
...     ahead = WriteBack(stream.fileno(), piece=1000)
...     for _ in range(5):
...         ahead.wrote(stream.write(b"x" * 500))
...     ahead.finish()
"""

import os
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

# Bytes that are worth asking for.
_PIECE: Final = 4 << 20


class WriteBack:
    """Asks the system to put a file on the disk, a piece at a time, beside the caller.

    Args:
        descriptor: of the file; it must stay open until :meth:`finish` or :meth:`close`.
        piece: bytes of it that are worth asking for.
    """

    def __init__(self, descriptor: int, piece: int = _PIECE) -> None:
        self._descriptor = descriptor
        self._piece = piece
        self._written = 0
        self._thread: ThreadPoolExecutor | None = None
        self._asked: Future[None] | None = None

    def wrote(self, count: int) -> None:
        """Take note that so many bytes were given to the system.

        Raises:
            OSError: the disk refused what came before.
        """
        self._written += count
        if self._written < self._piece:
            return
        if self._asked is not None:
            if not self._asked.done():
                return
            self._asked.result()
        self._thread = self._thread or ThreadPoolExecutor(1)
        self._asked = self._thread.submit(os.fsync, self._descriptor)
        self._written = 0

    def finish(self) -> None:
        """Wait until all is on the disk.

        Raises:
            OSError: the disk refused some of it: the system tells so once.
        """
        try:
            if self._asked is not None:
                self._asked.result()
            os.fsync(self._descriptor)
        finally:
            self.close()

    def close(self) -> None:
        """Ask no more; nothing is under way afterwards."""
        if self._thread is not None:
            self._thread.shutdown(cancel_futures=True)
            self._thread = None
