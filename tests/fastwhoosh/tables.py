"""What makes a table of JSON lines: at a place where other processes find it by its name."""

import json
import multiprocessing
from collections.abc import Sequence

from indexer.fastwhoosh.bulk_values import Table, table_of


def table_of_lines(lines: Sequence[bytes]) -> Table:
    """Return the documents of some lines by field."""
    return table_of([json.loads(line) for line in lines])


def table_of_lines_here(lines: Sequence[bytes]) -> Table:
    """Return the same in this process; fail in any that it started."""
    if multiprocessing.parent_process() is not None:
        raise ValueError("nothing is made here")
    return table_of_lines(lines)
