"""Texts inverted natively against their tokens added one by one."""

import random
from collections import defaultdict
from collections.abc import Iterable

import pytest

from indexer.fastwhoosh.bulk_documents import POSITIONS
from indexer.fastwhoosh.bulk_inverter import LENGTHS, PlainInverter
from indexer.french.analysis import analyse
from indexer.french.lexicon import new_lexicon
from indexer.native import COMPILED, kernel

pytestmark = pytest.mark.skipif(not COMPILED, reason="the extension is not compiled")

WORDS = [
    *("de", "la", "loi", "l'état", "micro-entreprise", "Œuvre", "C.G.T.", "30", "000", "des"),
    *("peut-être", "aujourd'hui", "êtres", "traités", "n°", "-", "…", "l'avant-projet"),
    *("ministre", "ministres", "arc-en-ciel", "e\u0301tat", "bien-être"),
]


def text(rng: random.Random) -> str:
    count = rng.choice([0, 1, 5, 40, 300])
    return " ".join(rng.choice(WORDS) + ("s" * rng.randrange(3)) for _ in range(count))


def add_tokens(
    plain: PlainInverter, number: int, document: int, words: Iterable[tuple[str, int]], weight: int
) -> None:
    positions: defaultdict[bytes, list[int]] = defaultdict(list)
    length = 0
    for word, position in words:
        positions[word.encode()] += [position] * weight
        length += 1
    for term, places in positions.items():
        plain.add_term(number, term, document, len(places), places)
    plain.add_length(number, document, length)


@pytest.mark.parametrize("seed", range(4))
def test_texts_give_the_sections_of_their_tokens(seed: int) -> None:
    assert kernel is not None
    rng = random.Random(seed)
    native, plain, lexicon = kernel.Inverter(LENGTHS), PlainInverter(), new_lexicon()
    assert lexicon is not None
    forms = [False, True, True, False]
    for derived in forms:
        native.add_text_field(lexicon, derived)
        plain.add_field(POSITIONS, True)
    docs = rng.choice([1, 200, 500])
    for document in range(docs):
        fields = [number for number in range(len(forms)) if rng.random() < 0.7]
        rng.shuffle(fields)
        while fields:
            given = text(rng)
            weight = rng.choice([1, 1, 1, 3])
            own = tuple(fields.pop() for _ in range(rng.randrange(1, len(fields) + 1)))
            native.add_text(given, document, own, weight)
            for number in own:
                words = (
                    (token.stem if forms[number] else token.exact, token.position)
                    for token in analyse(given)
                )
                kept = [(word, position) for word, position in words if word]
                add_tokens(plain, number, document, kept, weight)
    for number in range(len(forms)):
        assert native.invert(number, docs) == tuple(plain.invert(number, docs))


def test_what_cannot_be_held_is_refused() -> None:
    assert kernel is not None
    native, lexicon = kernel.Inverter(LENGTHS), new_lexicon()
    assert lexicon is not None
    native.add_text_field(lexicon, False)
    native.add_text_field(new_lexicon(), False)
    native.add_field(POSITIONS, True)
    for fields in ((0, 1), (2,), ()):
        with pytest.raises(ValueError, match="text"):
            native.add_text("la loi", 0, fields)
    with pytest.raises(IndexError):
        native.add_text("la loi", 0, (7,))
    with pytest.raises(ValueError, match="texts"):
        native.add_term(0, b"loi", 0, 1, [0])
    native.add_text("la loi", 3, (0,))
    with pytest.raises(ValueError, match="ascend"):
        native.add_text("la loi", 3, (0,))
    with pytest.raises(ValueError, match="bounds"):
        native.add_text("la loi", 4, (0,), 0)
    with pytest.raises(ValueError, match="ascend"):
        native.invert(0, 3)
