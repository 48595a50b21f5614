"""How many processors there are for this process, which a machine may share out."""

import os


def processors() -> int:
    """Return how many processors this process may run on, where the system says so; at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
