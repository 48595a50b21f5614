"""What is on the disk when: the machine may stop at any time."""

import os
from pathlib import Path
from typing import Any

import pytest
from whoosh import fields, index

from indexer.fastwhoosh.bulk import BulkWriter

SCHEMA = fields.Schema(uid=fields.ID(unique=True, stored=True))


@pytest.fixture
def empty(tmp_path: Path) -> Any:
    return index.create_in(str(tmp_path), SCHEMA)


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """What happens to files, in order: ``sync NAME``, ``rename NAME``, ``remove NAME``."""
    noted: list[str] = []
    real = os.fsync, os.rename, os.unlink

    def kind(path: Any) -> str:
        name = Path(path).name
        if Path(path) == tmp_path:
            return "folder"
        return "toc" if ".toc" in name else name.rpartition(".")[2]

    def fsync(handle: int) -> None:
        noted.append(f"sync {kind(Path(f'/proc/self/fd/{handle}').readlink())}")
        real[0](handle)

    def rename(old: Any, new: Any, **options: Any) -> None:
        noted.append(f"rename {kind(new)}")
        real[1](old, new, **options)

    def unlink(path: Any, **options: Any) -> None:
        noted.append(f"remove {kind(path)}")
        real[2](path, **options)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "rename", rename)
    monkeypatch.setattr(os, "unlink", unlink)
    return noted


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files have no names here")
def test_data_then_table_then_name_then_removal(empty: Any, events: list[str]) -> None:
    with BulkWriter(empty) as writer:
        for number in range(9):
            writer.add_document(uid=str(number))
    published = ["sync folder", "sync toc", "rename toc", "sync folder"]
    assert events == ["sync fws", *published, "remove toc"]
    events.clear()
    with BulkWriter(empty) as writer:
        writer.delete_by_term("uid", "3")
    assert events == ["sync del", *published, "remove toc"]
    events.clear()
    BulkWriter(empty).commit(optimize=True)
    assert events[:-3] == ["sync fws", *published]
    assert sorted(events[-3:]) == ["remove del", "remove fws", "remove toc"]


def test_a_reader_that_is_open_keeps_its_segments(empty: Any) -> None:
    with BulkWriter(empty) as writer:
        for number in range(9):
            writer.add_document(uid=str(number))
    with empty.searcher() as before:
        with BulkWriter(empty) as writer:
            writer.delete_by_term("uid", "3")
            writer.add_document(uid="10")
        BulkWriter(empty).commit(optimize=True)
        assert before.doc_count() == 9
        assert sorted(stored["uid"] for stored in before.documents()) == list("012345678")
    with empty.searcher() as after:
        found = sorted(stored["uid"] for stored in after.documents())
    assert found == sorted([*"01245678", "10"])
