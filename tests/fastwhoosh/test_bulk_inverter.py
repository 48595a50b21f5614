"""The native inverter against the plain one, byte for byte."""

import random
from collections.abc import Iterator

import pytest

from indexer.fastwhoosh.bulk_documents import EXISTENCE, FREQUENCIES, POSITIONS
from indexer.fastwhoosh.bulk_inverter import LENGTHS, PlainInverter
from indexer.native import COMPILED, kernel

compiled = pytest.mark.skipif(not COMPILED, reason="the extension is not compiled")

Posting = tuple[bytes, int, list[int]]
Document = tuple[list[Posting], int]


def documents(seed: int, kind: int, count: int) -> Iterator[Document]:
    """Words of very different frequency; tf, gaps and positions of very different size."""
    rng = random.Random(seed)
    words = [rng.randbytes(rng.randrange(1, 12)) for _ in range(80)]
    words += [word + b"\0" for word in words[:10]] + [word[:8] + b"ab" for word in words[:10]]
    words = [*dict.fromkeys(words), b""]
    for _ in range(count):
        postings = []
        if rng.random() < 0.7:
            for place, word in enumerate(words):
                if rng.random() < 1.5 / (1 + place):
                    tf = rng.choice([1, 1, 1, 2, 5, rng.randrange(1, 600)])
                    reach = rng.choice([3, 1000, 2**31])
                    positions = sorted(rng.randrange(reach) for _ in range(tf))
                    postings.append((word, 1 if kind == EXISTENCE else tf, positions))
        yield postings, rng.choice([0, 1, 50, 51, 1000, 10**6, sum(p[1] for p in postings)])


def fill(inverter: object, kind: int, given: list[Document], *, scorable: bool) -> int:
    number: int = inverter.add_field(kind, scorable)  # type: ignore[attr-defined]  # either reading has it
    for document, (postings, length) in enumerate(given):
        for word, tf, positions in postings:
            kept = positions if kind == POSITIONS else None
            inverter.add_term(number, word, document, tf, kept)  # type: ignore[attr-defined]  # either reading has it
        if length:
            inverter.add_length(number, document, length)  # type: ignore[attr-defined]  # either reading has it
    return number


@compiled
@pytest.mark.parametrize("scorable", [True, False])
@pytest.mark.parametrize("kind", [EXISTENCE, FREQUENCIES, POSITIONS])
@pytest.mark.parametrize("count", [0, 1, 127, 128, 129, 256, 700])
def test_native_and_plain_sections_are_equal(kind: int, count: int, *, scorable: bool) -> None:
    assert kernel is not None
    given = list(documents(count + kind, kind, count))
    native, plain = kernel.Inverter(LENGTHS), PlainInverter()
    for inverter in (native, plain):
        assert fill(inverter, kind, given, scorable=scorable) == 0
    assert tuple(native.invert(0, count)) == tuple(plain.invert(0, count))


@compiled
def test_a_weight_makes_existence_a_frequency() -> None:
    assert kernel is not None
    native, plain = kernel.Inverter(LENGTHS), PlainInverter()
    for inverter in (native, plain):
        inverter.add_field(EXISTENCE, False)
        inverter.add_term(0, b"a", 0, 1)
        inverter.add_term(0, b"a", 3, 3)
    assert native.invert(0, 4) == tuple(plain.invert(0, 4))
    assert native.invert(0, 4)[0] == FREQUENCIES


@compiled
def test_clearing_keeps_the_fields_only() -> None:
    assert kernel is not None
    native = kernel.Inverter(LENGTHS)
    number = fill(native, POSITIONS, list(documents(1, POSITIONS, 300)), scorable=True)
    before = native.memory
    native.clear()
    assert native.memory < before / 10
    given = list(documents(2, POSITIONS, 10))
    plain = PlainInverter()
    fill(plain, POSITIONS, given, scorable=True)
    for document, (postings, length) in enumerate(given):
        for word, tf, positions in postings:
            native.add_term(number, word, document, tf, positions)
        native.add_length(number, document, length)
    assert native.invert(number, 10) == tuple(plain.invert(0, 10))


INVERTERS = [pytest.param(PlainInverter, id="plain")]
if kernel is not None:
    INVERTERS.append(pytest.param(lambda: kernel.Inverter(LENGTHS), id="native"))


@pytest.mark.parametrize("new", INVERTERS)
@pytest.mark.parametrize(
    ("document", "tf", "positions"),
    [(0, 2, [1]), (0, 0, []), (0, 2, [5, 4]), (0, 1, [-1]), (0, 1, [2**32]), (9, 1, [0])],
)
def test_what_the_format_cannot_hold_is_refused(
    new: type[PlainInverter], document: int, tf: int, positions: list[int]
) -> None:
    inverter = new()
    inverter.add_field(POSITIONS, True)

    def attempt() -> None:
        inverter.add_term(0, b"a", document, tf, positions)
        inverter.invert(0, 5)

    with pytest.raises((ValueError, OverflowError)):
        attempt()


@pytest.mark.parametrize("new", INVERTERS)
def test_documents_ascend_within_a_term(new: type[PlainInverter]) -> None:
    inverter = new()
    inverter.add_field(FREQUENCIES, False)
    inverter.add_term(0, b"a", 3, 1)
    inverter.add_term(0, b"a", 3, 1)
    with pytest.raises(ValueError, match="ascend"):
        inverter.invert(0, 5)


@compiled
def test_unknown_fields_and_wrong_types_are_refused() -> None:
    assert kernel is not None
    native = kernel.Inverter(LENGTHS)
    with pytest.raises(IndexError):
        native.add_term(0, b"a", 0, 1)
    with pytest.raises(IndexError):
        native.invert(-1, 0)
    with pytest.raises(ValueError, match="kind"):
        native.add_field(3, False)
    with pytest.raises(TypeError):
        native.add_text_field(object(), False)
    with pytest.raises(ValueError, match="256"):
        kernel.Inverter(b"abc")
    native.add_field(FREQUENCIES, False)
    with pytest.raises(TypeError):
        native.add_term(0, "a", 0, 1)
    with pytest.raises(ValueError, match="bounds"):
        native.add_term(0, b"a", 2**24, 1)
    with pytest.raises(ValueError, match="documents"):
        native.invert(0, 2**24 + 1)
