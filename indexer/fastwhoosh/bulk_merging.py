"""Merging at commit: the policy applied to the segments of an index."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from whoosh.fields import Schema

from indexer.fastwhoosh.bulk_policy import Size, plan
from indexer.fastwhoosh.codec import FastCodec
from indexer.fastwhoosh.merging import merge_segments
from indexer.fastwhoosh.merging_source import Source
from indexer.fastwhoosh.segment import FastSegment
from indexer.fastwhoosh.segmentfile import EXTENSION, SegmentFile


def merged(
    segments: list[Any], folder: Path, indexname: str, schema: Schema, policy: str
) -> list[Any]:
    """Return the segments after merging; the files of those that went stay for the commit.

    ``policy`` is ``all`` (one segment), ``some`` (see :mod:`.bulk_policy`) or ``none``. Segments
    of other codecs are left alone, and segments without a live document are left out, except
    under ``none``.
    """
    ours = [segment for segment in segments if isinstance(segment, FastSegment)]
    sizes = [Size(segment.doc_count(), segment.deleted_count()) for segment in ours]
    groups = [] if policy == "none" else plan(sizes, optimize=policy == "all")
    replaced = {id(ours[place]): group for group in groups for place in group}
    result: list[Any] = []
    for segment in segments:
        group = replaced.get(id(segment))
        if group is None:
            if policy == "none" or segment.doc_count():
                result.append(segment)
        elif ours[group[0]] is segment:
            result += _one([ours[place] for place in group], folder, indexname, schema)
    return result


def _one(group: list[Any], folder: Path, indexname: str, schema: Schema) -> list[Any]:
    """Write the segment that takes the place of a group, none if no document lives."""
    if not any(segment.doc_count() for segment in group):
        return []
    target = FastSegment(FastCodec(), indexname)
    with ExitStack() as stack:
        sources = [
            Source(
                stack.enter_context(SegmentFile(folder / segment.make_filename(EXTENSION))),
                sorted(segment.deleted_docs()),
            )
            for segment in group
        ]
        docs = merge_segments(sources, folder / target.make_filename(EXTENSION), schema)
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
