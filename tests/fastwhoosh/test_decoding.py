"""Whatever is encoded is decoded; whatever is damaged is malformed or something else, no crash."""

import random
import struct
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.fastwhoosh.decoding import FieldReader
from indexer.fastwhoosh.encoding import FieldSections, encode_field
from indexer.fastwhoosh.errors import Malformed
from indexer.fastwhoosh.impacts import impacts
from indexer.fastwhoosh.records import find_block

Term = tuple[bytes, list[int], list[int], list[list[int]]]
KINDS = st.sampled_from(["positions", "frequencies", "existence"])
TFS = {
    "small": [1, 1, 1, 2, 3],
    "ones": [1],
    "large": [1, 2, 127, 128, 254, 255, 256, 300],
}


def random_term(rng: random.Random, text: bytes, kind: str, docs: int) -> Term:
    df = rng.choice([1, 2, 5, 126, 127, 128, 129, 255, 256, 257, 400])
    spread = rng.choice([df, docs // 2, docs])
    chosen = sorted(rng.sample(range(max(spread, df)), df))
    tfs = [1 if kind == "existence" else rng.choice(TFS[rng.choice([*TFS])]) for _ in chosen]
    far = rng.choice([1, 50, 2**31])
    positions = [sorted(rng.choices(range(far), k=tf)) for tf in tfs]
    return text, chosen, tfs, positions


def encoded(kind: str, terms: list[Term], norms: bytes | None) -> FieldSections:
    keep = kind == "positions"
    flat = [
        (text, docs, tfs, [at for own in positions for at in own] if keep else None)
        for text, docs, tfs, positions in terms
    ]
    return encode_field(kind, flat, norms)


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False), KINDS, st.booleans())
def test_round_trip(rng: random.Random, kind: str, normed: bool) -> None:
    docs = rng.choice([400, 5000, 2**24])
    texts = sorted({rng.randbytes(rng.randrange(4)) for _ in range(rng.randrange(5))})
    terms = [random_term(rng, text, kind, docs) for text in texts]
    norms = rng.randbytes(docs) if normed and docs < 2**24 else None
    reader = FieldReader(encoded(kind, terms, norms), docs)
    assert [reader.term(place) for place in range(reader.terms)] == texts
    for place, (text, docs_, tfs, positions) in enumerate(terms):
        assert reader.find(text) == place
        assert reader.postings(place) == (docs_, tfs)
        assert (reader.entry(place).df, reader.entry(place).cf) == (len(docs_), sum(tfs))
        if kind == "positions":
            assert reader.positions(place) == positions
        check_blocks(reader, place, docs_, tfs)


def check_blocks(reader: FieldReader, place: int, docs: list[int], tfs: list[int]) -> None:
    record = reader.record(place)
    norms = reader.sections.norms
    for number in range(record.blocks):
        some = docs[number * 128 : (number + 1) * 128]
        assert record.last(number) == some[-1]
        bytes_ = [0 if norms is None else norms[doc] for doc in some]
        assert record.impacts(number) == impacts(tfs[number * 128 : (number + 1) * 128], bytes_)
    for doc in {0, docs[0], docs[-1], docs[-1] + 1, docs[len(docs) // 2] + 1}:
        naive = [n for n in range(record.blocks) if record.last(n) >= doc]
        assert find_block(record, doc) == (naive[0] if naive else record.blocks)


@given(st.sets(st.binary(max_size=3)), st.binary(max_size=4))
def test_find_and_lower_bound(texts: set[bytes], wanted: bytes) -> None:
    ordered = sorted(texts)
    terms = [(text, [0], [1], None) for text in ordered]
    reader = FieldReader(encode_field("existence", terms, None), 1)
    assert reader.find(wanted) == (ordered.index(wanted) if wanted in texts else None)
    assert reader.lower_bound(wanted) == sum(text < wanted for text in ordered)


def everything(reader: FieldReader) -> list[Any]:
    found: list[Any] = []
    for place in range(reader.terms):
        found += [reader.term(place), reader.entry(place), reader.postings(place)]
        record = reader.record(place)
        found += [record.impacts(number) for number in range(record.blocks)]
        if reader.sections.kind == "positions":
            found.append(reader.positions(place))
    return found


@pytest.mark.parametrize("section", ["offsets", "infos", "postings", "positions"])
@pytest.mark.parametrize("kind", ["positions", "existence"])
def test_damaged_bytes_are_malformed_or_decode_to_something(section: str, kind: str) -> None:
    rng = random.Random(7)
    terms = []
    for number, df in enumerate((1, 40, 128, 150)):
        docs = sorted(rng.sample(range(300), df))
        tfs = [1 if kind == "existence" else rng.choice([1, 2]) for _ in docs]
        terms.append((bytes([number]), docs, tfs, [[3] * tf for tf in tfs]))
    sections = encoded(kind, terms, bytes(300))
    whole = bytes(getattr(sections, section))
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1 << rng.randrange(8)
        attempt(with_bytes(sections, section, bytes(changed)))
    for length in range(0, len(whole), 3):
        attempt(with_bytes(sections, section, whole[:length]))


def with_bytes(sections: FieldSections, section: str, data: bytes) -> FieldSections:
    changes: dict[str, Any] = {section: data}
    return replace(sections, **changes)


def attempt(sections: FieldSections) -> None:
    """Read everything: documents below N and ascending, or Malformed, and nothing else."""
    try:
        reader = FieldReader(sections, 300)
        everything(reader)
    except Malformed:
        return
    for place in range(reader.terms):
        docs, tfs = reader.postings(place)
        assert docs == sorted(set(docs))
        assert docs[0] >= 0
        assert docs[-1] < 300
        assert min(tfs) >= 1


def test_sections_of_another_size_are_malformed() -> None:
    sections = encode_field("existence", [(b"a", [0], [1], None)], bytes(2))
    FieldReader(sections, 2)
    for wrong in (
        replace(sections, terms=2),
        replace(sections, infos=b""),
        replace(sections, norms=b"1"),
    ):
        with pytest.raises(Malformed):
            FieldReader(wrong, 2)


@pytest.mark.parametrize(
    ("offset", "df"), [(0, 0), (0, 3), (2**40, 1), (2**64 - 1, 1), (0, 2**32 - 1)]
)
def test_entries_that_cannot_be_are_malformed(offset: int, df: int) -> None:
    sections = encode_field("existence", [(b"a", [0], [1], None)], None)
    sections = replace(sections, infos=struct.pack("<QII", offset, df, 1))
    with pytest.raises(Malformed):
        FieldReader(sections, 2).postings(0)
