"""Puts a case's files in place, asks, and says whether what came is allowed."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from indexer.fastwhoosh.checking import check_deep
from indexer.fastwhoosh.errors import SegmentError
from indexer.fastwhoosh.index import open_dir
from tests.fastwhoosh.damage_cases import Case, Files, case
from tests.fastwhoosh.damage_index import (
    LARGE,
    NATIVE,
    QUESTIONS,
    SMALL,
    STOCK,
    Ask,
    answers,
    build,
)

# Of how many cases one is on the large index, asks Whoosh's own searcher, or merges.
LARGE_EACH: Final = 8
STOCK_EACH: Final = 5
MERGE_EACH: Final = 9
# Columns that Whoosh's readers read, which check nothing: our check sum comes before them.
WHOOSHS_OWN: Final = ("column raw", "column packed")
FAILURES: Final = ("wrong", "error")
ALLOWED: Final = ("right", "refused", "seen", "consistent", "toc")


@dataclass
class Ground:
    """A folder with an index to damage, and what its files and answers are while it is whole."""

    folder: Path
    files: Files
    questions: dict[str, Ask]
    right: dict[str, str]
    merged: dict[str, str] = field(default_factory=dict)


def prepare(indexes: Path, folder: Path) -> list[Ground]:
    """Read the whole indexes that :func:`write_whole` left in a folder, and ask them.

    What is damaged is put into ``folder``.
    """
    grounds = []
    for name in ("small", "large"):
        questions = QUESTIONS | STOCK if name == "small" else NATIVE
        whole = indexes / name
        files = _files(whole)
        right = _texts(answers(whole, questions))
        ground = Ground(folder / name, files, questions, right)
        shutil.copytree(whole, ground.folder)
        if name == "small":
            ground.merged = _texts(_merged(ground))
        grounds.append(ground)
    return grounds


def write_whole(folder: Path) -> None:
    """Write the two indexes that are then damaged."""
    for name, shape in (("small", SMALL), ("large", LARGE)):
        (folder / name).mkdir()
        build(folder / name, shape)


def _files(whole: Path) -> Files:
    # Segment names are random: what orders the files must not be.
    paths = [path for path in whole.iterdir() if not path.name.endswith("LOCK")]
    paths.sort(key=lambda path: (path.suffix, path.stat().st_size))
    return {path.name: path.read_bytes() for path in paths}


def _texts(given: Iterator[tuple[str, Any]]) -> dict[str, str]:
    found = dict(given)
    for answer in found.values():
        if isinstance(answer, Exception):
            raise answer
    return {name: repr(answer) for name, answer in found.items()}


def try_case(grounds: list[Ground], seed: int, number: int, cases: int) -> tuple[str, str]:
    """Run the case of a number; return the outcome and, for a failure, what happened.

    Outcomes: ``right``, ``refused`` (an error that names the file), ``seen`` (wrong, and the check
    says so), ``consistent`` (nothing worse than a wrong answer), ``toc`` (an error of Whoosh or of
    pickle), or one of ``FAILURES``.
    """
    ground = grounds[number % LARGE_EACH == 1]
    made = case(ground.files, seed, number, cases if ground is grounds[0] else cases * LARGE_EACH)
    _put(ground, made)
    try:
        outcome, detail = _judged(ground, made, number)
    finally:
        _restore(ground, made)
    return outcome, f"{made.name} of {made.file}: {detail}" if outcome in FAILURES else ""


def _put(ground: Ground, made: Case) -> None:
    path = ground.folder / made.file
    path.unlink()  # the old one may still be mapped
    path.write_bytes(made.data)


def _restore(ground: Ground, made: Case) -> None:
    for path in ground.folder.iterdir():
        if path.name not in ground.files:
            path.unlink()
    _put_whole(ground, made.file)


def _put_whole(ground: Ground, file: str) -> None:
    path = ground.folder / file
    path.unlink(missing_ok=True)
    path.write_bytes(ground.files[file])


def _judged(ground: Ground, made: Case, number: int) -> tuple[str, str]:
    # What is merged is asked everything, and compared with what the same questions gave before.
    merges = bool(ground.merged) and number % MERGE_EACH == 0
    stock = merges or number % STOCK_EACH == 0
    asked = {
        name: ask for name, ask in ground.questions.items() if stock or not name.startswith("stock")
    }
    outcome, detail = _compared(answers(ground.folder, asked), ground.right, made)
    if outcome == "wrong":
        outcome = "consistent" if made.consistent else outcome
        if any(check_deep(ground.folder)):
            outcome = "seen"
    if made.consistent:
        list(check_deep(ground.folder))
    if outcome not in FAILURES and merges:
        merged, detail = _compared(_merged(ground), ground.merged, made)
        if merged == "error" or (merged == "wrong" and outcome == "right"):
            return merged, f"merged, {detail}"
    return outcome, detail


def _compared(
    given: Iterator[tuple[str, Any]], right: dict[str, str], made: Case
) -> tuple[str, str]:
    outcome, detail = "right", ""
    for name, answer in given:
        if isinstance(answer, Exception):
            # What a merge copied with a right check sum is in the merged file.
            copied = made.consistent and "/merged/" in str(answer)
            if isinstance(answer, SegmentError) and (made.file in str(answer) or copied):
                outcome = "refused" if outcome == "right" else outcome
            elif made.file.endswith(".toc"):
                outcome = "toc" if outcome == "right" else outcome
            elif made.consistent and name in WHOOSHS_OWN:
                outcome = "consistent" if outcome == "right" else outcome
            else:
                return "error", f"{name}: {type(answer).__name__}: {answer}"
        elif repr(answer) != right[name] and outcome != "wrong":
            outcome, detail = "wrong", f"{name}: {answer!r}"[:300]
    return outcome, detail


def _merged(ground: Ground) -> Iterator[tuple[str, Any]]:
    """Merge a copy of the index and yield its answers, or the error under ``merge``."""
    copy = ground.folder.with_name("merged")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(ground.folder, copy)
    try:
        open_dir(copy).writer(timeout=0).commit(optimize=True)
    except Exception as error:  # noqa: BLE001 - the caller judges it
        yield "merge", error
        return
    yield from answers(copy, ground.questions)
