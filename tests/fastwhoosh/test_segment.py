"""What the table of contents holds of a segment: small, and right about deletions."""

import pickle
from pathlib import Path

import pytest

from indexer.fastwhoosh import deletions
from indexer.fastwhoosh.codec import FastCodec
from indexer.fastwhoosh.errors import DamagedSegment
from indexer.fastwhoosh.segment import FastSegment, detach, stale_deletions
from indexer.fastwhoosh.segmentfile import SegmentFile


def new_segment(docs: int = 100_000) -> FastSegment:
    segment = FastSegment(FastCodec(), "MAIN")
    segment.set_doc_count(docs)
    return segment


def again(segment: FastSegment) -> FastSegment:
    copy: FastSegment = pickle.loads(pickle.dumps(segment, 2))
    assert copy == segment
    assert copy.codec() == FastCodec()
    return copy


def test_deleting_and_restoring_counts_right() -> None:
    segment = new_segment(20)
    for doc, delete in ((3, True), (3, True), (5, True), (5, False), (6, False), (19, True)):
        segment.delete_document(doc, delete)
    assert list(segment.deleted_docs()) == [3, 19]
    assert (segment.deleted_count(), segment.doc_count()) == (2, 18)
    assert segment.is_deleted(3)
    assert not segment.is_deleted(5)
    with pytest.raises(IndexError):
        segment.delete_document(20)


def test_written_deletions_leave_a_small_pickle(tmp_path: Path) -> None:
    segment = new_segment()
    for doc in range(0, 100_000, 2):
        segment.delete_document(doc)
    assert len(pickle.dumps(segment, 2)) > 12_500
    assert list(again(segment).deleted_docs()) == list(range(0, 100_000, 2))
    segment.write_deletions(tmp_path)
    assert segment.deletions == f"{segment.segment_id()}.1.del"
    assert len(pickle.dumps(segment, 2)) < 500
    copy = again(segment)
    assert copy.deleted_count() == 50_000
    with pytest.raises(RuntimeError, match="folder"):
        copy.is_deleted(1)
    copy.folder = tmp_path
    assert copy.is_deleted(2)
    assert not copy.is_deleted(1)
    copy.write_deletions(tmp_path)
    assert copy.deletions == segment.deletions


def test_each_change_is_a_new_file(tmp_path: Path) -> None:
    segment = new_segment(10)
    segment.delete_document(1)
    segment.write_deletions(tmp_path)
    copy = again(segment)
    copy.delete_document(2)
    copy.delete_document(2)
    assert copy.deleted_count() == 2
    unread = again(copy)
    unread.delete_document(2)
    unread.folder = tmp_path
    assert list(unread.deleted_docs()) == [1, 2]
    unread.write_deletions(tmp_path)
    assert unread.deletions == f"{segment.segment_id()}.2.del"
    assert deletions.read(tmp_path / unread.deletions, 10) == bytearray([0b110, 0])
    assert stale_deletions(tmp_path, [unread]) == [tmp_path / str(segment.deletions)]


def test_what_was_deleted_already_is_not_counted_twice(tmp_path: Path) -> None:
    segment = new_segment(10)
    segment.delete_document(1)
    segment.write_deletions(tmp_path)
    unread = again(segment)
    unread.delete_document(1)
    unread.folder = tmp_path
    assert list(unread.deleted_docs()) == [1]
    assert unread.deleted_count() == 1


def test_bits_of_another_number_of_documents_are_damage() -> None:
    segment = new_segment(10)
    segment.delete_document(1)
    copy = again(segment)
    copy.set_doc_count(100)
    with pytest.raises(DamagedSegment):
        copy.is_deleted(50)


def closed(file: SegmentFile) -> bool:
    return file.map is None


def test_readers_share_one_mapping(tmp_path: Path) -> None:
    segment = new_segment(0)
    segment.builder().write(tmp_path / segment.make_filename(".fws"))
    one = segment.attach(tmp_path)
    two = segment.attach(tmp_path)
    assert one is two
    detach(one)
    assert not closed(two)
    detach(two)
    assert closed(two)
    three = segment.attach(tmp_path)
    assert three is not two
    detach(three)


def test_another_number_of_documents_is_damage(tmp_path: Path) -> None:
    segment = new_segment(1)
    segment.builder().write(tmp_path / segment.make_filename(".fws"))
    with pytest.raises(DamagedSegment, match="nombre de documents"):
        segment.attach(tmp_path)
