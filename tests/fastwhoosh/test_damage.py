"""A damaged index is refused by name, answered rightly, or seen by the deep check.

A sample of the cases of ``python -m tests.fastwhoosh.damage``, which runs tens of thousands.
"""

import sys
from pathlib import Path

from indexer.native import COMPILED
from tests.fastwhoosh.damage import Work, run, run_workers
from tests.fastwhoosh.damage_cases import case

SEED = 20260
CASES = 450 if COMPILED else 60


def test_no_damage_is_fatal_or_unseen() -> None:
    report = run(CASES, SEED)
    assert report.failures == []
    assert report.outcomes.total() == CASES
    assert {"right", "refused", "seen"} <= set(report.outcomes)


def worker(code: str) -> tuple[str, ...]:
    """Return a worker that runs some code for each ``number``, then says that it was right."""
    program = (
        "import json, os, signal, sys, time\n"
        "first, step, stop = map(int, sys.argv[4:])\n"
        f"for number in range(first, stop, step):\n    {code}\n"
        "    print(json.dumps([number, 'right', '']), flush=True)\n"
    )
    return (sys.executable, "-S", "-c", program)


def test_a_crash_is_attributed_and_survived(tmp_path: Path) -> None:
    # Not SIGSEGV, which AddressSanitizer takes for itself.
    crashes = worker("number in (3, 4, 9) and os.kill(os.getpid(), signal.SIGABRT)")
    report = run_workers(Work(tmp_path, 1, 10, 60, crashes), 2)
    assert report.outcomes == {"right": 7, "crash -6": 3}
    assert sorted(failure.split(" of ")[0] for failure in report.failures) == [
        f"crash -6: #{number}" for number in (3, 4, 9)
    ]


def test_a_hang_is_attributed_and_ended(tmp_path: Path) -> None:
    hangs = worker("number == 1 and time.sleep(99)")
    report = run_workers(Work(tmp_path, 1, 4, 1.5, hangs), 1)
    assert report.outcomes == {"right": 3, "hang": 1}
    assert report.failures[0].startswith("hang: #1 of seed 1")


def test_what_an_error_says_is_kept(tmp_path: Path) -> None:
    report = run_workers(Work(tmp_path, 5, 1, 60, worker("raise TypeError('wrong')")), 1)
    assert "crash 1: #0 of seed 5" in report.failures[0]
    assert "TypeError: wrong" in report.failures[0]


def test_half_of_the_cases_go_through_every_byte() -> None:
    files = {"a.fws": bytes(100), "b.del": bytes(range(30))}
    places = set()
    for number in range(0, 260, 2):
        made = case(files, 1, number, 260)
        whole = files[made.file]
        changed = [place for place in range(len(whole)) if made.data[place] != whole[place]]
        assert len(changed) == 1
        places.add((made.file, changed[0]))
    assert len(places) == 130


def test_cases_are_the_same_for_the_same_seed() -> None:
    files = {"a.del": bytes(range(250))}
    assert case(files, 3, 7, 20) == case(files, 3, 7, 20)
    assert len({case(files, seed, 7, 20).data for seed in range(20)}) > 10
