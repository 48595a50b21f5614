"""Which machine a run was on: figures without it say nothing."""

import importlib.metadata
import os
import platform
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from indexer.native import COMPILED
from tests.bench.results import Machine

_PACKAGES: Final = ("tantivy", "bm25s", "whoosh-reloaded", "numpy")


def this_machine() -> Machine:
    """Return the machine that this process runs on, now."""
    versions = {name: importlib.metadata.version(name) for name in _PACKAGES}
    versions |= {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
    versions["extension"] = "compiled" if COMPILED else "absent"
    return Machine(
        date=datetime.now(UTC).date().isoformat(),
        processors=os.cpu_count() or 1,
        processor=_processor(),
        system=platform.platform(terse=True),
        versions=versions,
    )


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    if path.is_file():
        for line in path.read_text("utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.machine()
