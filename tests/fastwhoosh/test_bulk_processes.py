"""Several processes write what one writes, or nothing at all."""

import json
import multiprocessing
import random
import sys
import threading
from collections import Counter
from pathlib import Path
from pickle import PicklingError
from typing import Any

import pytest
from whoosh import fields, index
from whoosh.fields import UnknownFieldError
from whoosh.writing import IndexingError

from indexer.fastwhoosh import bulk, bulk_flushing, bulk_processes
from indexer.fastwhoosh.bulk import BulkWriter
from indexer.fastwhoosh.bulk_builders import Builders
from indexer.fastwhoosh.bulk_flushing import Setup
from indexer.fastwhoosh.bulk_processes import Batch, WorkerFailed
from indexer.fastwhoosh.bulk_segment import SegmentBuilder
from indexer.fastwhoosh.bulk_values import table_of
from indexer.fastwhoosh.decoding import FieldReader, field_sections
from indexer.fastwhoosh.segmentfile import SegmentFile
from tests.fastwhoosh.tables import table_of_lines, table_of_lines_here

SCHEMA = fields.Schema(uid=fields.ID(unique=True), text=fields.TEXT, record=fields.STORED)
WORDS = [f"mot{n}" for n in range(500)]


def documents(count: int) -> list[dict[str, Any]]:
    rng = random.Random(count)
    return [
        {"uid": str(number), "text": " ".join(rng.choices(WORDS, k=20)), "record": "x" * 90}
        for number in range(count)
    ]


@pytest.fixture
def empty(tmp_path: Path) -> Any:
    return index.create_in(str(tmp_path), SCHEMA)


def frequencies(folder: Path) -> tuple[int, Counter[bytes]]:
    """Documents, and occurrences of each word, of all segments that the table names."""
    total: Counter[bytes] = Counter()
    docs = 0
    for path in folder.glob("*.fws"):
        with SegmentFile(path) as file:
            docs += file.docs
            reader = FieldReader(field_sections(file, "text"), file.docs)
            for place in range(reader.terms):
                total[reader.term(place)] += reader.entry(place).cf
            del reader
    return docs, total


def words_of(given: list[dict[str, Any]]) -> Counter[bytes]:
    return Counter(word.encode() for one in given for word in one["text"].split())


def test_two_processes_write_what_one_writes(empty: Any, tmp_path: Path) -> None:
    given = documents(2500)
    with BulkWriter(empty, procs=2) as writer:
        for document in given:
            writer.add_document(**document)
    assert frequencies(tmp_path) == (2500, words_of(given))
    assert index.open_dir(str(tmp_path)).latest_generation() == 1
    assert not multiprocessing.active_children()


def test_bytes_are_made_into_documents_by_the_workers(empty: Any, tmp_path: Path) -> None:
    given = documents(1700)
    lines = [json.dumps(document).encode() for document in given]
    with BulkWriter(empty, procs=2, make=table_of_lines) as writer:
        writer.add_raw(lines[:300])
        writer.add_document(**given[300])
        writer.add_raw(lines[301:])
    assert frequencies(tmp_path) == (1700, words_of(given))


def test_a_few_documents_start_no_process(empty: Any, tmp_path: Path) -> None:
    given = documents(900)
    writer = BulkWriter(empty, procs=2, make=table_of_lines)
    writer.add_raw([json.dumps(document).encode() for document in given])
    assert not multiprocessing.active_children()
    writer.commit()
    assert frequencies(tmp_path) == (900, words_of(given))


def test_an_error_reaches_the_caller_from_whichever_process(empty: Any, tmp_path: Path) -> None:
    def add() -> None:
        with BulkWriter(empty, procs=2) as writer:
            for document in documents(1500):
                writer.add_document(**document)
            writer.add_document(uid="a", txet="faute")

    with pytest.raises((WorkerFailed, UnknownFieldError), match="txet"):
        add()
    _assert_untouched(empty, tmp_path)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_the_error_of_a_worker_reaches_the_caller(
    empty: Any, tmp_path: Path, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_processes, "_start_method", lambda: method)
    lines = [json.dumps(document).encode() for document in documents(6000)]

    def add() -> None:
        with BulkWriter(empty, procs=2, make=table_of_lines_here) as writer:
            for start in range(0, len(lines), 200):
                writer.add_raw(lines[start : start + 200])

    with pytest.raises(WorkerFailed, match="nothing is made here"):
        add()
    _assert_untouched(empty, tmp_path)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes_share_the_work_however_they_start(
    empty: Any, tmp_path: Path, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_processes, "_start_method", lambda: method)
    given = documents(9000)
    with BulkWriter(empty, procs=3) as writer:
        for start in range(0, len(given), 300):
            writer.add_table(table_of(given[start : start + 300]))
        assert len(multiprocessing.active_children()) == 2
    assert frequencies(tmp_path) == (9000, words_of(given))


def test_a_fork_is_made_only_where_there_is_one_thread() -> None:
    assert bulk_processes._start_method() == ("fork" if sys.platform == "linux" else "spawn")
    ended = threading.Event()
    other = threading.Thread(target=ended.wait)
    other.start()
    try:
        assert bulk_processes._start_method() == "spawn"
    finally:
        ended.set()
        other.join()


def test_a_killed_worker_is_an_error_and_nothing_is_committed(empty: Any, tmp_path: Path) -> None:
    writer = BulkWriter(empty, procs=2)
    given = documents(4000)
    for document in given[:1200]:
        writer.add_document(**document)
    for process in multiprocessing.active_children():
        process.kill()

    def add() -> None:
        for document in given[1200:]:
            writer.add_document(**document)

    with pytest.raises(WorkerFailed, match="arrêté"):
        add()
    with pytest.raises(IndexingError, match="échoué"):
        writer.commit()
    _assert_untouched(empty, tmp_path)


def _assert_untouched(empty: Any, folder: Path) -> None:
    """The index is as it was, the lock is free, and the next commit sweeps up."""
    assert not multiprocessing.active_children()
    assert empty.latest_generation() == 0
    given = documents(10)
    with BulkWriter(empty, timeout=0) as writer:
        for document in given:
            writer.add_document(**document)
    assert frequencies(folder) == (10, words_of(given))


def test_raw_documents_need_what_makes_them(empty: Any) -> None:
    writer = BulkWriter(empty)
    with pytest.raises(TypeError, match="make"):
        writer.add_raw([b"{}"])
    writer.cancel()


def test_what_cannot_be_sent_to_a_worker_is_not_lost_in_silence(empty: Any, tmp_path: Path) -> None:
    class Local(str):  # what a function defines cannot be pickled
        __slots__ = ()

    def add() -> None:
        with BulkWriter(empty, procs=2) as writer:
            for document in documents(6000):
                writer.add_document(**document | {"uid": Local(document["uid"])})

    with pytest.raises((AttributeError, PicklingError), match="Local"):
        add()
    _assert_untouched(empty, tmp_path)


@pytest.mark.parametrize("count", [1_000, 1_001, 2_500, 5_000])
@pytest.mark.parametrize("batch", [64, 400, 5_000])
def test_all_documents_arrive_whenever_the_dictionary_is_made(
    empty: Any, tmp_path: Path, count: int, batch: int
) -> None:
    given = documents(count)
    writer = BulkWriter(empty, procs=2)
    for at in range(0, count, batch):
        writer.add_table(table_of(given[at : at + batch]))
    writer.commit()
    assert frequencies(tmp_path) == (count, words_of(given))
    dictionaries = set()
    for path in tmp_path.glob("*.fws"):
        with SegmentFile(path) as file:
            dictionaries.add(bytes(file.section(file.directory["stored"]["dict"])))
    assert len(dictionaries) == 1


@pytest.mark.parametrize(("free", "is_threaded"), [(1, False), (2, True)])
def test_threads_work_beside_where_a_processor_is_free(
    empty: Any, monkeypatch: pytest.MonkeyPatch, free: int, is_threaded: bool
) -> None:
    asked: list[bool] = []

    class Watched(SegmentBuilder):
        def __init__(self, *args: Any, **options: Any) -> None:
            asked.append(options["is_threaded"])
            super().__init__(*args, **options)

    monkeypatch.setattr(bulk, "processors", lambda: free)
    monkeypatch.setattr(bulk_flushing, "SegmentBuilder", Watched)
    with BulkWriter(empty) as writer:
        for document in documents(10):
            writer.add_document(**document)
    assert asked == [is_threaded]


class _Given:
    """Workers that are told nothing: how many documents each was given."""

    def __init__(self, *given: int) -> None:
        self.given = list(given)

    def fewest(self) -> int:
        return min(self.given)

    def give(self, batch: Batch) -> None:
        self.given[self.given.index(min(self.given))] += len(batch)


@pytest.mark.parametrize(
    ("here", "given", "there"),
    [
        (100, [1000], [1000]),  # all is left to this process
        (1000, [100], [600]),  # all goes elsewhere
        (500, [500], [700]),  # half and half: this process first
        (600, [500, 450], [700, 650]),
    ],
)
def test_the_last_documents_go_to_who_has_fewest(
    tmp_path: Path, here: int, given: list[int], there: list[int]
) -> None:
    builders = Builders(Setup(tmp_path, "MAIN", SCHEMA, 1 << 30), None, 2, lambda: None)
    batches = [Batch("documents", documents(100)) for _ in range(5)]
    builders._kept.extend(batches)
    workers: Any = _Given(*given)
    left = builders._dealt_evenly(workers, here)
    assert workers.given == there
    assert sum(map(len, left)) == 500 - sum(there) + sum(given)
    assert not builders._kept
