"""The check sum of sections: zlib's CRC-32, natively where the processor has an instruction for it.

>>> crc32(b"bonjour")
2780229832
"""

import zlib
from collections.abc import Callable
from typing import Final

from indexer.native import kernel

crc32: Final[Callable[..., int]] = getattr(kernel, "crc32", zlib.crc32)
