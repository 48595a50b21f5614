"""A Whoosh codec, bulk writer and query executor that work at the speed of native code.

It depends on Whoosh alone (beside :mod:`indexer.native`, the optional extension, and
:mod:`indexer.processors`) and knows no questions. An index that it writes is a real Whoosh index:
``whoosh.index.open_dir`` opens it and every Whoosh query runs on it through the matchers of this
codec. :class:`FastCodec` is the codec, :class:`FastIndex` an index whose default it is,
:class:`BulkWriter` its writer, and :class:`Executor` answers the common query shapes in one native
call for all segments.

File of a segment
=================
One file a segment, ``<segment id>.fws``, memory-mapped by readers, never changed once written.
Integers are little-endian. Sections start at multiples of 8 bytes, zeros between them.

======== =====================================================================================
part     content
======== =====================================================================================
header   8 bytes ``fwhoosh1``, u32 format version (1), u32 zero
sections raw bytes, each located by the directory as ``[offset, length, crc32]``
directory JSON in UTF-8, see below
footer   u64 offset and u64 length of the directory, u32 crc32 of the directory,
         u32 format version, 8 bytes ``1hsoohwf``
======== =====================================================================================

The footer is written last, so a file cut short has none. Its check sum covers the directory; the
directory holds the check sums of the sections. Opening a file checks header, footer and directory
and that every section lies inside the file; ``check_deep`` checks every section.

Directory
---------
``{"docs": N, "fields": {name: FIELD}, "columns": {name: COLUMN}, "stored": STORED}``; each SECTION
is ``[offset, length, crc32]``. N is at most 2**24.

FIELD: ``{"kind": "positions" | "frequencies" | "existence", "terms": T, "length": sum of the exact
lengths, "min_length": n, "max_length": n, "blob": SECTION, "offsets": SECTION, "infos": SECTION,
"postings": SECTION, "positions": SECTION, "norms": SECTION}``. ``norms`` is there for scorable
fields only; ``positions`` is empty unless the kind is ``positions``.

* ``blob``: the T terms (bytes) one after the other, in ascending order of bytes, no duplicates.
* ``offsets``: u32[T + 1], where each term begins in the blob; the last is the blob's length.
* ``infos``: T entries of 16 bytes: u64 offset of the posting record in ``postings``, u32 document
  frequency (at least 1), u32 collection frequency (sum of tf, 2**32 - 1 if larger). Records stand
  in the order of the terms, each where the one before ends.
* ``norms``: u8[N], Whoosh's ``length_to_byte`` of the field's length in each document, 0 for none.

Posting record
--------------
Documents ascend; a gap is document - previous document, the previous of the first being -1, so a
gap is at least 1. tf is at least 1 (and 1 throughout for ``existence``). VARINT is LEB128 (7 bits
a byte, lowest first, high bit = goes on).

A **short** record (document frequency below 128) is a *run* of all postings, followed, for
``positions``, by all positions as VARINTs (see below for what is written).

A *run* holds for each posting VARINT((gap - 1) * 2 + (tf == 1)), then VARINT(tf) if tf is not 1.

A **long** record (128 or more) is::

    u64 where its positions begin in the section ``positions`` (0 unless kind is ``positions``)
    u32 bytes of block data, u32 bytes of positions
    skip table: for each block of 128 postings (the last may hold fewer, it is the tail)
        u32 last document, u32 offset of the block in the block data,
        u32 offset of its positions in the positions of the term, 4 impacts of (u8 tf, u8 norm)
    block data

A full block is u8 doc_bits, u8 tf_bits, the 128 values gap - 1 packed in doc_bits each, then the
128 values tf - 1 packed in tf_bits each (bits = those that the largest value needs, 0 to 24 for
documents and 0 to 32 for tf). *Packed* is vertical in four lanes: value i stands in lane i % 4;
lane l is a stream of bits, lowest first, of its 32 values in order; the 32-bit words of the lanes
are interleaved (word 0 of lanes 0, 1, 2, 3, word 1 of lanes 0, …), so 16 * bits bytes in all. The
tail is a *run* (its first gap is counted from the last document of the block before).

The impacts of a block bound every score that is monotone in tf and length: for each posting of
the block there is a pair with tf at least as large and norm at most as large; tf 255 stands for
255 and more. They are the Pareto front of the postings' (min(tf, 255), norm byte), ordered by
ascending tf; while it has more than 4 pairs, the two neighbours are joined (larger tf, smaller
norm) whose joining raises (tf difference + 1) * (norm difference + 1) least, first such pair; a
front of fewer than 4 is filled by repeating its last pair. A field without norms counts norm 0.

Positions of a posting are stored as the first position, then differences to the one before (which
may be 0). In a long record the values of one block (sum of its tf) are cut into groups of 32 (the
last may hold fewer): first one u8 for each group, its bits (0 to 32), then the groups, each its
values packed one after the other, lowest bit first, padded to whole bytes: ceil(n * bits / 8).

Columns
-------
``{"type": "number", "typecode": one of b B h H i I q Q f d, "default": n, "values": SECTION}``: N
numbers. ``{"type": "codes", "values": V, "width": 1, 2 or 4, "blob": SECTION, "offsets": SECTION,
"codes": SECTION}``: V distinct byte strings in ascending order (blob and u32[V + 1] offsets) and
for each document the place of its value (unsigned); a document without one has the empty string.
``{"type": "raw", "data": SECTION}``: a Whoosh column of any other type, as Whoosh writes it.

Stored fields
-------------
``{"dict": SECTION, "index": SECTION, "data": SECTION}``: ``index`` is u64[N + 1] offsets into
``data``; an entry is empty (nothing stored) or u32 crc32 of what follows, u8 mode (0 raw, 1 zstd
with the dictionary ``dict``, which may be empty) and the pickled dict of the stored fields.

Table of contents
=================
Whoosh's own, followed by a seal that Whoosh does not read: 8 bytes ``fwcontnt``, u32 crc32 of all
before the seal, 8 bytes ``tntnocwf``. A stock writer leaves the seal out.

Deletions
=========
``<segment id>.<n>.del``, named in the segment object of Whoosh's table of contents: 8 bytes
``fwdelete``, u32 N, u32 crc32 of the bits, then N bits, lowest first, 1 for deleted. Each commit
that deletes writes a new one (n counts up) and removes the old one after the table of contents is
on the disk.
"""
