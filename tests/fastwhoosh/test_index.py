"""The index: fast by default, patient with the lock, not mixed by chance."""

from pathlib import Path

import pytest
from whoosh import index as whoosh_index
from whoosh.codec.whoosh3 import W3Codec
from whoosh.fields import TEXT, Schema
from whoosh.index import EmptyIndexError, LockError

from indexer.fastwhoosh.codec import FastCodec
from indexer.fastwhoosh.index import FastIndex, OtherCodec, create_in, open_dir


def test_fast_by_default_and_readable_by_whoosh(tmp_path: Path) -> None:
    with create_in(tmp_path / "new", Schema(t=TEXT(stored=True))).writer() as writer:
        writer.add_document(t="bonjour")
    for ix in (open_dir(tmp_path / "new"), whoosh_index.open_dir(str(tmp_path / "new"))):
        assert isinstance(ix._segments()[0].codec(), FastCodec)
        with ix.searcher() as searcher:
            assert searcher.document(t="bonjour") == {"t": "bonjour"}
    assert isinstance(open_dir(tmp_path / "new"), FastIndex)
    assert [path.suffix for path in (tmp_path / "new").glob("MAIN_*.*")] == [".fws"]


def test_there_is_no_index(tmp_path: Path) -> None:
    with pytest.raises(EmptyIndexError):
        open_dir(tmp_path)


def test_another_codec_is_refused_unless_asked_for(tmp_path: Path) -> None:
    ix = create_in(tmp_path, Schema(t=TEXT))
    with pytest.raises(OtherCodec, match="W3Codec"):
        ix.writer(codec=W3Codec())
    ix.writer(codec=FastCodec()).cancel()
    ix.writer(codec=W3Codec(), allow_other_codec=True).cancel()


def test_a_writer_waits_for_the_lock(tmp_path: Path) -> None:
    ix = create_in(tmp_path, Schema(t=TEXT))
    writer = ix.writer()
    with pytest.raises(LockError, match="Une autre écriture"):
        ix.writer(timeout=0.2)
    writer.cancel()
    ix.writer(timeout=0.2).cancel()


def test_deletions_by_number_without_opening_a_reader(tmp_path: Path) -> None:
    ix = create_in(tmp_path, Schema(t=TEXT(stored=True)))
    with ix.writer() as writer:
        for word in ("un", "deux", "trois"):
            writer.add_document(t=word)
    with ix.writer() as writer:
        writer.delete_document(1)
    stock = whoosh_index.open_dir(str(tmp_path))
    with stock.writer(codec=FastCodec()) as writer:
        writer.delete_document(0)
    assert [fields["t"] for fields in open_dir(tmp_path).reader().all_stored_fields()] == ["trois"]
    assert ix.doc_count() == 1
