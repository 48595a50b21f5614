"""Settings, read once from ``QUESTIONS_*`` environment variables; each with its reason.

>>> Settings.from_environment({"QUESTIONS_PORT": "8080"}).port
8080
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from indexer.errors import BadParameter
from indexer.processors import processors


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that an operator may set.

    The variable of a field is its name in capitals behind ``QUESTIONS_``.
    """

    corpus: Path = Path("corpus")
    """Folder of the normalised questions: the source of truth, to be backed up."""

    index: Path = Path("index")
    """Folder of the index generations: a cache that ``questions index`` makes anew."""

    max_bad_records: int = 1_000
    """An import stops where more records than this are unusable…"""

    max_bad_percent: int = 20
    """…or a larger share than this: then the file is not what it is taken for."""

    keep_generations: int = 2
    """Old index generations kept beside the current one, for readers still at work on them."""

    lock_wait_seconds: int = 600
    """How long an import or a build waits for another one to end before it gives up."""

    index_processes: int = min(4, processors())
    """Processes that build an index, where enough is to be done: each is one core's work."""

    host: str = "127.0.0.1"
    """Address that ``questions serve`` listens on: this machine only, unless told otherwise."""

    port: int = 8000
    """Port that ``questions serve`` listens on."""

    workers: int = 2
    """Web server processes; each maps the same index files."""

    threads: int = 4
    """Threads of each web server process."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings.

        Raises:
            BadParameter: a variable has an impossible value.
        """
        environment = os.environ if environment is None else environment
        given: dict[str, Path | int | str] = {}
        for entry in fields(cls):
            variable = f"QUESTIONS_{entry.name.upper()}"
            if value := environment.get(variable):
                given[entry.name] = _read(variable, value, entry.default)
        return cls(**given)  # type: ignore[arg-type]  # each value was read as its default's type


def _read(variable: str, value: str, default: object) -> Path | int | str:
    if isinstance(default, Path):
        return Path(value).expanduser()
    if isinstance(default, int):
        if not value.isascii() or not value.isdigit():
            raise BadParameter(variable, value, "un nombre entier positif ou nul")
        return int(value)
    return value
