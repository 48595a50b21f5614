"""A table of contents that is not what was written is refused, whoever wrote it read as before."""

from pathlib import Path

import pytest
from whoosh import fields
from whoosh.index import TOC
from whoosh.index import open_dir as stock_open_dir

from indexer.fastwhoosh.checking import check_deep
from indexer.fastwhoosh.contents import seal, verify
from indexer.fastwhoosh.errors import DamagedSegment
from indexer.fastwhoosh.index import create_in, open_dir

SCHEMA = fields.Schema(text=fields.KEYWORD)


def table(folder: Path) -> Path:
    """Write an index; return its table of contents."""
    with create_in(folder, SCHEMA).writer() as writer:
        writer.add_document(text="loup gris")
    (path,) = folder.glob("*.toc")
    return path


def test_every_flip_of_a_table_is_refused_and_seen(tmp_path: Path) -> None:
    path = table(tmp_path)
    whole = path.read_bytes()
    for place in range(0, len(whole), 3):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        path.write_bytes(changed)
        with pytest.raises(DamagedSegment, match=path.name):
            open_dir(tmp_path)
        assert [path.name in problem for problem in check_deep(tmp_path)] == [True]
    path.write_bytes(whole)
    assert list(check_deep(tmp_path)) == []


def test_a_table_that_turns_while_it_is_open_is_refused(tmp_path: Path) -> None:
    path = table(tmp_path)
    index = open_dir(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"text", b"texu"))
    with pytest.raises(DamagedSegment, match=path.name):
        index.reader()


def test_whoosh_reads_a_table_with_a_seal(tmp_path: Path) -> None:
    table(tmp_path)
    with stock_open_dir(tmp_path).searcher() as searcher:
        assert searcher.doc_count() == 1


def test_a_table_without_seal_is_believed(tmp_path: Path) -> None:
    table(tmp_path)
    index = open_dir(tmp_path)
    toc = TOC.read(index.storage, index.indexname)
    toc.generation += 1
    toc.write(index.storage, index.indexname)
    assert open_dir(tmp_path).doc_count() == 1
    assert list(check_deep(tmp_path)) == []


def test_a_seal_whose_one_mark_is_gone_is_still_a_seal(tmp_path: Path) -> None:
    path = tmp_path / "_MAIN_1.toc"
    path.write_bytes(b"table")
    seal(path)
    whole = path.read_bytes()
    verify(path)
    for gone in (whole[:-1], whole[:3], b""):  # nothing tells that there was one
        path.write_bytes(gone)
        verify(path)
    for turned in (whole[:-1] + b"?", whole.replace(b"fwc", b"fwd"), b"x" + whole):
        path.write_bytes(turned)
        with pytest.raises(DamagedSegment, match="somme de contrôle fausse"):
            verify(path)
