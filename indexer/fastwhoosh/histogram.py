"""A column of whole numbers counted by buckets, such as days by month: a facet like any other.

>>> facet = histogram("day", [NOWHERE, 0, 0, 1], size=2, segments=1)
>>> list(memoryview(facet.maps[0]).cast("I"))
[4294967295, 0, 0, 1]
"""

from array import array
from collections.abc import Sequence
from typing import Final

from indexer.fastwhoosh.request import FacetCodes

# The bucket of what is not counted.
NOWHERE: Final = 2**32 - 1


def histogram(
    column: str, buckets: Sequence[int], *, size: int, segments: int, own: int = -1
) -> FacetCodes:
    """Return the facet that counts the values of a column by bucket.

    Args:
        column: a column of whole numbers from 0 on.
        buckets: the bucket of each value, ``NOWHERE`` for none; what lies beyond is not counted.
        size: number of buckets.
        segments: number of segments of the index.
        own: the filter (its place in the request) that it ignores, -1 for none.
    """
    return FacetCodes(column, (array("I", buckets).tobytes(),) * segments, size, own)
