"""Kills writers at random moments and looks at what they leave.

The long form; the tests run a short one, and one that kills at each single step::

    python -m tests.fastwhoosh.life_cycle --kills 60

A writer in a process of its own tells when it begins to flush, merge, publish and remove; it is
killed a little after one of these. Then the index must be in the state of the last commit that was
told of or of the one after, the next writer gets the lock, and its commit removes what was left.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any, Final

from indexer.fastwhoosh import bulk, bulk_merging, bulk_publish
from indexer.fastwhoosh.bulk_segment import SegmentBuilder
from indexer.fastwhoosh.index import create_in, open_dir
from tests.fastwhoosh import lives
from tests.fastwhoosh.lives import SCHEMA, Step, differences, leftovers, life, state_of

# What a writer tells the beginning of; in each process for itself.
PHASES: Final[dict[str, tuple[Any, str]]] = {
    "flush": (SegmentBuilder, "finish"),
    "merge": (bulk_merging, "merge_segments"),
    "publish": (bulk, "publish"),
    "remove": (bulk_publish, "remove_others"),
}
# A life is ended after so many kills: its index grows.
_KILLS_A_LIFE: Final = 10
# About how long a phase takes, in seconds.
_A_MOMENT: Final = 0.004
# How long workers whose writer was killed may take to notice, in seconds.
_PATIENCE: Final = 10.0
_ROOT: Final = Path(__file__).resolve().parents[2]


class Murder:
    """Lets a writer live on an index from where it is, and kills it.

    ``told`` is the last commit that the writer told of, 0 for none.
    """

    def __init__(self, folder: Path, seed: int, processes: int) -> None:
        self.folder, self.seed, self.processes = folder, seed, processes
        self.steps: list[Step] = []
        self.told = 0
        self._life = life(seed, processes=processes)
        create_in(folder, SCHEMA)

    def step(self, number: int) -> Step:
        """Return a step by its number, from 1."""
        while len(self.steps) < number:
            self.steps.append(next(self._life))
        return self.steps[number - 1]

    def commit(self, rng: random.Random) -> str:
        """Kill once; return what was under way and which state was found.

        Raises:
            AssertionError: something was lost, or is there twice, or was not removed.
        """
        phase, times = rng.choice(sorted(PHASES)), rng.randint(1, 6)
        self._let_live(phase, times, rng.uniform(0, _A_MOMENT))
        with open_dir(self.folder).searcher() as searcher:
            found = state_of(searcher)
        assert found in {self.told, self.told + 1}, f"state {found} after commit {self.told}"
        self._holds(found)
        self.step(found + 1).run(open_dir(self.folder), timeout=1, procs=1)
        self._holds(found + 1)
        outcome = f"{phase}: {'old' if found == self.told else 'new'} state"
        self.told = found + 1
        assert self._clean(), f"left behind: {leftovers(self.folder)}"
        return outcome

    def _let_live(self, phase: str, times: int, delay: float) -> None:
        arguments = (str(self.folder), str(self.seed), str(self.processes), str(self.told))
        command = [sys.executable, "-m", "tests.fastwhoosh.life_cycle", "--live", *arguments]
        with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for line in process.stdout:
                word, _, number = line.strip().partition(" ")
                self.told = int(number) if word == "done" else self.told
                times -= word == phase
                if times == 0:
                    time.sleep(delay)
                    process.kill()
            assert process.wait() < 0, "the writer ended by itself"

    def _holds(self, number: int) -> None:
        problems = differences(self.folder, self.step(number).after if number else {})
        assert problems == [], problems

    def _clean(self) -> bool:
        """Whether nothing is left; workers of a killed writer remove what they write at last."""
        until = time.monotonic() + _PATIENCE
        while leftovers(self.folder) and time.monotonic() < until:
            time.sleep(0.05)
        return not leftovers(self.folder)


def kill(kills: int, seed: int) -> Counter[str]:
    """Kill so many writers; return how often which state was found after which phase.

    Raises:
        AssertionError: the index is not what it should be.
    """
    rng = random.Random(seed)
    found: Counter[str] = Counter()
    for first in range(0, kills, _KILLS_A_LIFE):
        with tempfile.TemporaryDirectory() as folder:
            murder = Murder(Path(folder), rng.randrange(1 << 30), 1 + first // _KILLS_A_LIFE % 2)
            for _ in range(min(_KILLS_A_LIFE, kills - first)):
                found[murder.commit(rng)] += 1
    return found


def live(folder: str, seed: str, processes: str, done: str) -> None:
    """Be the writer: take one step after the other and tell of it, without end."""
    lives.small_segments()
    for phase, (owner, name) in PHASES.items():
        setattr(owner, name, _telling(phase, getattr(owner, name)))
    index = open_dir(folder)
    for step in islice(life(int(seed), processes=int(processes)), int(done), None):
        step.run(index)
        _tell(f"done {step.number}")


def _telling(phase: str, do: Callable[..., Any]) -> Callable[..., Any]:
    def telling(*arguments: Any, **options: Any) -> Any:
        _tell(phase)
        return do(*arguments, **options)

    return telling


def _tell(what: str) -> None:
    sys.stdout.write(what + "\n")
    sys.stdout.flush()


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description="Kill writers and look at what they leave.")
    parser.add_argument("--kills", type=int, default=60, help="how many")
    parser.add_argument("--seed", type=int, default=0, help="of documents and moments")
    parser.add_argument("--live", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.live:
        live(*given.live)
        return
    lives.small_segments()
    started = time.monotonic()
    for outcome, times in sorted(kill(given.kills, given.seed).items()):
        _tell(f"{times:4} {outcome}")
    _tell(f"{given.kills} kills in {time.monotonic() - started:.0f} s: nothing lost, nothing twice")


if __name__ == "__main__":
    main()
