"""The checksum of what files hold, by the processor's own means where it has them.

>>> hex(crc32(b"123456789"))
'0xcbf43926'
>>> crc32(b"789", crc32(b"123456")) == crc32(b"123456789")
True
"""

import zlib
from collections.abc import Callable
from typing import Final

from indexer.native import kernel

# Of bytes that follow others, whose CRC-32 is the second argument. Natively 0.1 instead of 0.3 µs
# for an entry of 640 bytes, 0.11 instead of 0.30 ms for a megabyte (2026-11-29).
crc32: Final[Callable[..., int]] = getattr(kernel, "crc32", zlib.crc32)
