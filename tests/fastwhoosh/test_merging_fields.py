"""The native merger of fields against the plain one, and against damage."""

import random
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from indexer.fastwhoosh.bulk_documents import EXISTENCE, FREQUENCIES, POSITIONS
from indexer.fastwhoosh.bulk_inverter import Inverted, PlainInverter
from indexer.fastwhoosh.errors import Malformed
from indexer.fastwhoosh.merging_fields import merged_field
from indexer.fastwhoosh.merging_plain import GONE, FieldInput, merge_fields
from indexer.native import COMPILED, kernel

pytestmark = pytest.mark.skipif(not COMPILED, reason="the extension is not compiled")

SECTIONS = ("blob", "offsets", "infos", "postings", "positions")
Merged = tuple[int, bytes, bytes, bytes, bytes, bytes]


def field(seed: int, kind: int, docs: int) -> Inverted:
    """A field with terms of all frequencies, from one document to all of them."""
    rng = random.Random(seed)
    inverter = PlainInverter()
    inverter.add_field(kind, True)
    words = [f"mot{place}".encode() for place in range(40)]
    for document in range(docs):
        for place, word in enumerate(words):
            if rng.random() < 3 / (3 + place):
                tf = 1 if kind == EXISTENCE else rng.choice([1, 1, 2, 7, 40])
                places = sorted(rng.randrange(5000) for _ in range(tf))
                inverter.add_term(0, word, document, tf, places)
        inverter.add_length(0, document, rng.randrange(60))
    return inverter.invert(0, docs)


def inputs(seed: int, kind: int, sizes: list[int], share: float) -> tuple[list[FieldInput], bytes]:
    """Fields of segments of which a share of the documents is deleted, and the merged norms."""
    rng = random.Random(seed)
    given, norms, base = [], b"", 0
    for place, docs in enumerate(sizes):
        one = field(seed * 9 + place, kind, docs)
        live = [rng.random() >= share for _ in range(docs)]
        numbers, number = array("I"), base
        for lives in live:
            numbers.append(number if lives else GONE)
            number += lives
        assert one.norms is not None
        norms += bytes(norm for norm, lives in zip(one.norms, live, strict=True) if lives)
        kept = numbers.tobytes() if share else None
        given.append(
            FieldInput(
                kind=kind,
                docs=docs,
                base=base,
                terms=one.terms,
                blob=memoryview(one.blob),
                offsets=memoryview(one.offsets),
                infos=memoryview(one.infos),
                postings=memoryview(one.postings),
                positions=memoryview(one.positions),
                numbers=kept,
            )
        )
        base = number
    return given, norms


def run(merge: Callable[..., tuple[int, bytes, bytes, bytes]], *given: object) -> Merged:
    postings, positions = bytearray(), bytearray()
    result = merge(*given, postings.extend, positions.extend)
    return (*result, bytes(postings), bytes(positions))


@pytest.mark.parametrize("share", [0.0, 0.3, 0.97])
@pytest.mark.parametrize("kind", [EXISTENCE, FREQUENCIES, POSITIONS])
@pytest.mark.parametrize("sizes", [[0], [1, 2], [90, 60, 1], [400, 30, 300]])
def test_native_and_plain_merges_are_equal(kind: int, sizes: list[int], share: float) -> None:
    assert kernel is not None
    given, norms = inputs(len(sizes), kind, sizes, share)
    arguments = (kind, len(norms), norms, tuple(given))
    assert run(kernel.merge_fields, *arguments) == run(merge_fields, *arguments)


@pytest.mark.parametrize("kind", [FREQUENCIES, POSITIONS])
def test_damage_is_found_and_never_fatal(kind: int) -> None:
    assert kernel is not None
    rng = random.Random(kind)
    given, norms = inputs(3, kind, [300, 20], 0.1)
    expected = run(kernel.merge_fields, kind, len(norms), norms, tuple(given))
    raised = 0
    for _ in range(3000):
        part = rng.choice(SECTIONS)
        data = bytearray(getattr(given[0], part))
        if not data:
            continue
        for _ in range(rng.randrange(1, 4)):
            data[rng.randrange(len(data))] = rng.choice([0, 255, 128, 127, rng.randrange(256)])
        if rng.random() < 0.2:
            del data[rng.randrange(len(data)) :]
        changed: dict[str, Any] = {part: memoryview(data)}
        broken = (given[0]._replace(**changed), given[1])
        try:
            run(kernel.merge_fields, kind, len(norms), norms, broken)
        except (kernel.Damaged, OverflowError, ValueError):
            raised += 1
    assert raised > 1000
    assert run(kernel.merge_fields, kind, len(norms), norms, tuple(given)) == expected


@pytest.mark.parametrize("part", SECTIONS)
def test_a_section_cut_short_is_damage_to_both(part: str) -> None:
    assert kernel is not None
    given, norms = inputs(4, POSITIONS, [300], 0)
    cut = given[0]._replace(**{part: getattr(given[0], part)[:-1]})
    for merge, damage in ((kernel.merge_fields, kernel.Damaged), (merge_fields, Malformed)):
        with pytest.raises(damage):
            run(merge, POSITIONS, len(norms), norms, (cut,))


def test_what_is_damaged_is_said_with_its_place(tmp_path: Path) -> None:
    given, norms = inputs(4, POSITIONS, [300], 0)
    cut = given[0]._replace(postings=given[0].postings[:-1])
    with (
        pytest.raises(Malformed, match=r"^0: "),
        merged_field([cut], POSITIONS, norms, len(norms), tmp_path),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_errors_of_the_receiver_pass_through() -> None:
    assert kernel is not None
    given, norms = inputs(5, POSITIONS, [200], 0)

    def refuse(_: bytes) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        kernel.merge_fields(POSITIONS, len(norms), norms, tuple(given), refuse, refuse)


def test_wrong_arguments_are_refused() -> None:
    assert kernel is not None
    given, norms = inputs(6, FREQUENCIES, [20], 0)
    put: list[bytes] = []
    with pytest.raises(ValueError, match="bounds"):
        kernel.merge_fields(FREQUENCIES, 21, norms, tuple(given), put.append, put.append)
    with pytest.raises(ValueError, match="positions"):
        kernel.merge_fields(POSITIONS, 20, norms, tuple(given), put.append, put.append)
    with pytest.raises(ValueError, match="ascend"):
        kernel.merge_fields(FREQUENCIES, 10, norms[:10], tuple(given), put.append, put.append)
    with pytest.raises(TypeError):
        kernel.merge_fields(FREQUENCIES, 20, norms, (1,), put.append, put.append)
