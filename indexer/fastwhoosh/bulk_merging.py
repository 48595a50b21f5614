"""Merging at commit: the policy applied to the segments of an index."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whoosh.fields import Schema

from indexer.fastwhoosh.bulk_converting import converted
from indexer.fastwhoosh.bulk_policy import Size, plan
from indexer.fastwhoosh.codec import FastCodec
from indexer.fastwhoosh.merging import merge_segments
from indexer.fastwhoosh.merging_source import Source
from indexer.fastwhoosh.segment import FastSegment
from indexer.fastwhoosh.segmentfile import EXTENSION, SegmentFile


@dataclass(frozen=True)
class Place:
    """An index, its folder, and what its documents are from now on."""

    index: Any
    folder: Path
    schema: Schema


def merged(segments: list[Any], place: Place, policy: str, threads: int = 1) -> list[Any]:
    """Return the segments after merging; the files of those that went stay for the commit.

    ``policy`` is ``all`` (one segment), ``some`` (see :mod:`.bulk_policy`) or ``none``. Segments
    of other codecs are converted by ``all`` and left alone by the others; segments without a live
    document are left out.
    """
    if policy == "all":
        segments = [fast for segment in segments for fast in _fast(segment, place)]
    ours = [segment for segment in segments if isinstance(segment, FastSegment)]
    sizes = [Size(segment.doc_count(), segment.deleted_count()) for segment in ours]
    planned = [] if policy == "none" else plan(sizes, optimize=policy == "all")
    groups = [[ours[number] for number in group] for group in planned]
    # Native code lets other threads run while it merges.
    with ThreadPoolExecutor(max(1, min(threads, len(groups)))) as pool:
        written = list(pool.map(lambda group: _one(group, place), groups))
    result_of = {id(group[0]): one for group, one in zip(groups, written, strict=True)}
    gone = {id(segment) for group in groups for segment in group}
    result: list[Any] = []
    for segment in segments:
        result += result_of.get(id(segment), [] if id(segment) in gone else [segment])
    return result


def _fast(segment: Any, place: Place) -> list[FastSegment]:
    if isinstance(segment, FastSegment):
        return [segment]
    return converted(place.index, place.schema, segment)


def _one(group: list[FastSegment], place: Place) -> list[FastSegment]:
    """Write the segment that takes the place of a group, none if no document lives."""
    if not any(segment.doc_count() for segment in group):
        return []
    target = FastSegment(FastCodec(), place.index.indexname)
    with ExitStack() as stack:
        sources = [
            Source(
                stack.enter_context(SegmentFile(place.folder / segment.make_filename(EXTENSION))),
                sorted(segment.deleted_docs()),
            )
            for segment in group
        ]
        docs = merge_segments(sources, place.folder / target.make_filename(EXTENSION), place.schema)
    target.set_doc_count(docs)
    return [target]


def shared_dictionary(segments: list[Any], folder: Path) -> bytes | None:
    """Return the dictionary of the largest segment's stored fields; None where there is none."""
    ours = [segment for segment in segments if isinstance(segment, FastSegment)]
    for segment in sorted(ours, key=lambda segment: -int(segment.doc_count_all())):
        with SegmentFile(folder / segment.make_filename(EXTENSION)) as file:
            dictionary = bytes(file.section(file.directory["stored"]["dict"]))
        if dictionary:
            return dictionary
    return None
