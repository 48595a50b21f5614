"""Several writers and readers of one index, of this codec and of others, at the same time."""

import os
import subprocess
import sys
import threading
import time
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from whoosh import index as stock
from whoosh import query
from whoosh.codec.whoosh3 import W3Codec
from whoosh.index import LockError
from whoosh.writing import SegmentWriter

from indexer.fastwhoosh import bulk_flushing
from indexer.fastwhoosh.executor import Executor
from indexer.fastwhoosh.index import create_in, open_dir
from indexer.fastwhoosh.segment import FastSegment
from tests.fastwhoosh.life_cycle import kill
from tests.fastwhoosh.lives import (
    SCHEMA,
    Model,
    Step,
    differences,
    inconsistencies,
    leftovers,
    life,
    state_of,
)

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def small_and_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small segments, and nothing waits for the disk."""
    monkeypatch.setattr(bulk_flushing, "MAX_DOCUMENTS", 7)
    monkeypatch.setattr(os, "fsync", lambda _: None)


def test_kill_9_at_random_moments() -> None:
    assert kill(8, seed=3).total() == 8


def test_a_second_writer_waits_and_sees_what_the_first_did(tmp_path: Path) -> None:
    create_in(tmp_path, SCHEMA)
    first, second = islice(life(1), 2)
    writer = first.written(open_dir(tmp_path))
    with pytest.raises(LockError, match=r"Une autre écriture est en cours dans .* depuis 0\.1 s"):
        open_dir(tmp_path).writer(timeout=0.1)
    waiting = threading.Thread(target=lambda: second.run(open_dir(tmp_path), timeout=20))
    waiting.start()
    time.sleep(0.2)
    assert waiting.is_alive()
    first.commit(writer)
    waiting.join()
    assert differences(tmp_path, second.after) == []


_COMMITS = """
import sys
from indexer.fastwhoosh.index import open_dir
index = open_dir(sys.argv[1])
for number in range(20):
    with index.writer(timeout=60) as writer:
        writer.update_document(uid="both", text=sys.argv[2], number=number, tag="RE")
        writer.add_document(uid=f"{sys.argv[2]}-{number}", text="loi", number=number, tag="LR")
"""


def test_two_processes_that_commit_in_turns_lose_nothing(tmp_path: Path) -> None:
    create_in(tmp_path, SCHEMA)
    writers = [
        subprocess.Popen([sys.executable, "-c", _COMMITS, str(tmp_path), name], cwd=ROOT)
        for name in ("a", "b")
    ]
    assert [writer.wait() for writer in writers] == [0, 0]
    index = open_dir(tmp_path)
    with index.searcher() as searcher:
        uids = sorted(stored["uid"] for stored in searcher.reader().all_stored_fields())
    assert uids == sorted(["both", *(f"{name}-{n}" for name in "ab" for n in range(20))])
    assert index.latest_generation() == 40
    assert leftovers(tmp_path) == set()


_READ = """
import sys
from itertools import islice
from pathlib import Path
from whoosh import index as stock
from indexer.fastwhoosh.index import open_dir
from tests.fastwhoosh.lives import inconsistencies, life, state_of
models = {0: {}} | {step.number: step.after for step in islice(life(5), 60)}
folder, last = Path(sys.argv[1]), int(sys.argv[2])
seen = set()
print("reading", flush=True)
while last not in seen:
    with open_dir(folder).searcher() as searcher:
        seen.add(state_of(searcher))
        assert inconsistencies(searcher, models) == []
print(len(seen))
"""


def test_readers_see_one_whole_state_while_others_are_published(tmp_path: Path) -> None:
    steps = list(islice(life(5), 60))
    models: dict[int, Model] = {0: {}} | {step.number: step.after for step in steps}
    index = create_in(tmp_path, SCHEMA)
    failures: list[Any] = []
    seen: set[int] = set()

    def read() -> None:
        try:
            while len(steps) not in seen:
                with open_dir(tmp_path).searcher() as searcher:
                    failures.extend(inconsistencies(searcher, models))
                    seen.add(state_of(searcher))
        except Exception as error:  # noqa: BLE001 - told below
            failures.append(error)

    command = [sys.executable, "-c", _READ, str(tmp_path), str(len(steps))]
    thread = threading.Thread(target=read)
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "reading\n"
        thread.start()
        for step in steps:
            step.run(index)
        thread.join()
        elsewhere = int(process.stdout.read())
    assert process.returncode == 0
    assert failures == []
    assert len(seen) > 3
    assert elsewhere > 3


def test_an_open_reader_goes_on_after_its_files_are_gone(tmp_path: Path) -> None:
    steps = list(islice(life(18), 9))
    index = create_in(tmp_path, SCHEMA)
    for step in steps[:5]:
        step.run(index)
    models = {step.number: step.after for step in steps}
    before = index.searcher()
    named = {segment.segment_id() for segment in index._segments()}
    for step in steps[5:]:
        step.run(index)
    index.optimize()
    assert not [path for path in tmp_path.iterdir() if path.name.split(".")[0] in named]
    assert state_of(before) == 5
    assert inconsistencies(before, models) == []
    with before.refresh() as after:
        assert state_of(after) == 9
        assert inconsistencies(after, models) == []
    assert before.reader().is_closed


def test_a_refreshed_searcher_sees_what_was_deleted(tmp_path: Path) -> None:
    """Whoosh's own would see it still, in the reader that it goes on using."""
    index = create_in(tmp_path, SCHEMA)
    with index.writer() as writer:
        for uid in "abc":
            writer.add_document(uid=uid)
    before = index.searcher()
    with index.writer() as writer:
        writer.merge = False
        writer.delete_by_term("uid", "b")
    with before.refresh() as after:
        assert sorted(stored["uid"] for stored in after.documents()) == ["a", "c"]


def kinds(index: Any) -> set[type]:
    return {type(segment) for segment in index._segments()}


def test_to_the_stock_codec_and_back(tmp_path: Path) -> None:
    """Whoosh's own writer reads our segments when it optimises, and ours adds what it reads."""
    steps = list(islice(life(18), 9))
    index = create_in(tmp_path, SCHEMA)
    for step in steps:
        step.run(index)
    model = steps[-1].after
    before = answers(tmp_path)
    index.writer(codec=W3Codec(), allow_other_codec=True).commit(optimize=True)
    assert FastSegment not in kinds(index)
    assert but_lengths(differences(tmp_path, model)) == []
    assert answers(tmp_path) == before
    with open_dir(tmp_path).searcher() as searcher, index.writer() as writer:
        for document in list(searcher.reader().all_stored_fields()):
            writer.update_document(**document)
    assert kinds(index) == {FastSegment}
    assert differences(tmp_path, model) == []
    assert answers(tmp_path) == before
    assert leftovers(tmp_path) == set()


def answers(folder: Path) -> list[Any]:
    """Scores and hits by identifier of some queries; of an index without deletions."""
    with open_dir(folder).searcher() as searcher:
        executor = Executor(searcher)
        uid = {number: found["uid"] for number, found in searcher.reader().iter_docs()}
        return [
            sorted((round(s, 9), uid[n]) for s, n in executor.search(asked, limit=500).top)
            for asked in (
                query.Term("text", "mot1"),
                query.Or([query.Term("text", "mot2"), query.Term("tag", "LR")]),
                query.Phrase("text", ["mot1", "mot2"]),
                query.Prefix("text", "mot1"),
            )
        ]


def test_a_stock_index_becomes_fast_when_it_is_optimized(tmp_path: Path) -> None:
    """Also where a writer of Whoosh's was killed at work and left its folder."""
    steps = list(islice(life(21), 8))
    index = create_in(tmp_path, SCHEMA)
    for step in steps:
        _by_whoosh(tmp_path, step)
    model = steps[-1].after
    index.writer(codec=W3Codec(), allow_other_codec=True).commit(optimize=True)
    before = answers(tmp_path)
    (tmp_path / "MAIN.tmp").mkdir()
    (tmp_path / "MAIN.tmp" / "MAIN_0a.pst").write_bytes(b"half")
    index.optimize()
    assert kinds(index) == {FastSegment}
    assert but_lengths(differences(tmp_path, model)) == []
    assert answers(tmp_path) == before
    assert leftovers(tmp_path) == set()


def but_lengths(problems: list[str]) -> list[str]:
    """Leave out the sum of lengths: Whoosh, when it merges, keeps a length in a byte."""
    return [problem for problem in problems if "length of all texts" not in problem]


@pytest.mark.parametrize("seed", [18, 19])
def test_writers_of_both_codecs_take_turns(tmp_path: Path, seed: int) -> None:
    """A stock writer adds, updates and deletes in an index of fast segments; then ours goes on."""
    create_in(tmp_path, SCHEMA)
    seen: set[type] = set()
    for step in islice(life(seed), 12):
        if step.number % 3:
            step.run(open_dir(tmp_path))
            assert leftovers(tmp_path) == set()
        else:
            _by_whoosh(tmp_path, step)
        seen |= kinds(open_dir(tmp_path))
        assert but_lengths(differences(tmp_path, step.after)) == []
    assert len(seen) == 2


def _by_whoosh(folder: Path, step: Step) -> None:
    writer = SegmentWriter(stock.open_dir(str(folder)))
    step.tell(writer)
    writer.commit(merge=step.number % 2 == 0)
