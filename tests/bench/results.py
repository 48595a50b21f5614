"""All that one run measured, as data: what the report shows and the JSON file holds."""

from dataclasses import asdict, dataclass, field
from typing import Any

from tests.bench.corpus import Facts
from tests.bench.measuring import Built
from tests.bench.model import Query
from tests.bench.timing import Timed


@dataclass(frozen=True, slots=True)
class Machine:
    """Where and when it ran, and with which versions of the engines."""

    date: str
    processors: int
    processor: str
    system: str
    versions: dict[str, str]


@dataclass(frozen=True, slots=True)
class Results:
    """One run. Parts that were not asked for are empty.

    ``queries`` are those of each shape, ``shapes`` their times by shape and engine, in the same
    order; ``start_up`` milliseconds by engine; ``memory`` MB by engine; ``commits`` milliseconds
    by engine; ``throughput`` queries a second by engine and workers; ``segments`` those of the
    indexes that were searched; ``fallbacks`` searches that an engine left to a slower one;
    ``absent`` why an engine is not there.
    """

    machine: Machine
    facts: Facts
    builds: list[Built]
    segments: dict[str, int] = field(default_factory=dict)
    queries: dict[str, list[Query]] = field(default_factory=dict)
    shapes: dict[str, dict[str, Timed]] = field(default_factory=dict)
    start_up: dict[str, float] = field(default_factory=dict)
    memory: dict[str, dict[str, float | None]] = field(default_factory=dict)
    commits: dict[str, float] = field(default_factory=dict)
    throughput: dict[str, dict[str, float]] = field(default_factory=dict)
    fallbacks: dict[str, int] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return all of it as JSON values, rates of builds included."""
        rates = [{**asdict(build), "rate": build.rate} for build in self.builds]
        return {**asdict(self), "builds": rates}
