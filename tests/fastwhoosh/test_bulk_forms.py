"""The forms of one text share its sorted words: each is as if it had been inverted alone."""

import random
from itertools import permutations
from typing import Any

import pytest

from indexer.fastwhoosh.bulk_documents import POSITIONS
from indexer.fastwhoosh.bulk_inverter import LENGTHS, PlainInverter
from indexer.french.analysis import analyse
from indexer.french.lexicon import new_lexicon
from indexer.native import COMPILED, kernel

pytestmark = pytest.mark.skipif(not COMPILED, reason="the extension is not compiled")

# Many words of few stems, some of them rare, and words that have no stem.
ROOTS = ["financ", "ministr", "organis", "nation", "arc-en-ciel", "d'aid"]
ENDS = [
    "e",
    "es",
    "er",
    "ement",
    "ements",
    "é",
    "ée",
    "és",
    "ées",
    "ait",
    "aient",
    "ation",
    "ations",
]
SMALL = ["de", "la", "l'", "et", "aux"]
# A field of exact forms, and of derived ones.
FORMS = (False, True)


def texts_of(rng: random.Random, count: int) -> list[str]:
    words = [root + end for root in ROOTS for end in ENDS]
    weights = [1 / (1 + rng.randrange(200)) ** 2 for _ in words]
    return [
        " ".join(
            rng.choice(SMALL) if rng.random() < 0.4 else rng.choices(words, weights)[0]
            for _ in range(rng.choice([0, 1, 8, 60, 200]))
        )
        for _ in range(count)
    ]


def inverter_of(lexicon: Any, forms: tuple[bool, ...] = FORMS) -> Any:
    assert kernel is not None
    inverter = kernel.Inverter(LENGTHS)
    for derived in forms:
        inverter.add_text_field(lexicon, derived)
    return inverter


def plain_sections(texts: list[str], weights: list[int], derived: bool) -> tuple[Any, ...]:
    plain = PlainInverter()
    plain.add_field(POSITIONS, True)
    for document, (text, weight) in enumerate(zip(texts, weights, strict=True)):
        places: dict[bytes, list[int]] = {}
        length = 0
        for token in analyse(text):
            form = token.stem if derived else token.exact
            if form:
                places.setdefault(form.encode(), []).extend([token.position] * weight)
                length += 1
        for term, positions in places.items():
            plain.add_term(0, term, document, len(positions), positions)
        plain.add_length(0, document, length)
    return tuple(plain.invert(0, len(texts)))


@pytest.mark.parametrize("most", [1, 3])
@pytest.mark.parametrize("seed", range(3))
def test_forms_in_any_order_are_those_of_plain_python(seed: int, most: int) -> None:
    rng = random.Random(seed)
    texts = texts_of(rng, 400)
    weights = [rng.randint(1, most) for _ in texts]
    expected = [plain_sections(texts, weights, derived) for derived in FORMS]
    lexicon = new_lexicon()
    for order in [*permutations(range(2)), (0, 0, 1, 1), (1, 0, 1)]:
        inverter = inverter_of(lexicon)
        for document, (text, weight) in enumerate(zip(texts, weights, strict=True)):
            inverter.add_text(text, document, (0, 1), weight)
        for number in order:
            assert inverter.invert(number, len(texts)) == expected[number]


def test_what_was_shared_is_forgotten_where_texts_come_or_go() -> None:
    """Other texts between two inversions, in both fields or in one, and none at all."""
    rng = random.Random(5)
    texts, ones = texts_of(rng, 60), [1] * 60
    inverter = inverter_of(new_lexicon())
    for document, text in enumerate(texts[:30]):
        inverter.add_text(text, document, (0, 1))
    assert inverter.invert(0, 30) == plain_sections(texts[:30], ones[:30], False)
    for document, text in enumerate(texts[30:40], 30):
        inverter.add_text(text, document, (0, 1))
    assert inverter.invert(1, 40) == plain_sections(texts[:40], ones[:40], True)
    for document, text in enumerate(texts[40:], 40):
        inverter.add_text(text, document, (1,))
    assert inverter.invert(0, 40) == plain_sections(texts[:40], ones[:40], False)
    assert inverter.invert(1, 60) == plain_sections(texts, ones, True)
    inverter.clear()
    for document, text in enumerate(texts[20:50]):
        inverter.add_text(text, document, (0, 1))
    for number, derived in enumerate(FORMS):
        assert inverter.invert(number, 30) == plain_sections(texts[20:50], ones[:30], derived)


def test_fewer_texts_are_not_taken_for_the_same() -> None:
    """A field has the first texts of two others, which share all of theirs."""
    texts = texts_of(random.Random(10), 40)
    inverter = inverter_of(new_lexicon(), (*FORMS, False))
    for document, text in enumerate(texts):
        inverter.add_text(text, document, (0, 1, 2) if document < 25 else (0, 1))
    inverter.invert(0, 40)
    assert (
        inverter.invert(2, 40)[:-1]
        == (plain_sections(texts[:25] + [""] * 15, [1] * 40, False)[:-1])
    )


def test_texts_of_another_lexicon_are_not_shared() -> None:
    texts, others = texts_of(random.Random(6), 50), texts_of(random.Random(7), 50)
    inverter = inverter_of(new_lexicon())
    other = new_lexicon()
    for derived in FORMS:
        inverter.add_text_field(other, derived)
    for document, (text, another) in enumerate(zip(texts, others, strict=True)):
        inverter.add_text(text, document, (0, 1))
        inverter.add_text(another, document, (2, 3))
    for number in (0, 2, 1, 3):
        expected = plain_sections(others if number > 1 else texts, [1] * 50, FORMS[number % 2])
        assert inverter.invert(number, 50) == expected


def test_a_text_that_needs_several_parts() -> None:
    """So many texts that the bits of a place do not hold the positions of the longest."""
    docs, long = 1 << 15, 1 << 14
    rng = random.Random(8)
    texts = [""] * docs
    long_text = " ".join(rng.choices(["ministre", "ministres", "loi", "de"], k=(1 << 16) + 700))
    for document in rng.sample(range(docs), 40):
        texts[document] = rng.choice(["ministre de la loi", "les ministres"])
    texts[long] = texts[long + 5] = long_text
    inverter = inverter_of(new_lexicon())
    for document, text in enumerate(texts):
        inverter.add_text(text, document, (0, 1))
    for number, derived in enumerate(FORMS):
        assert inverter.invert(number, docs) == plain_sections(texts, [1] * docs, derived)


def test_sections_outlive_their_inverter() -> None:
    texts = texts_of(random.Random(9), 30)
    inverter = inverter_of(new_lexicon())
    for document, text in enumerate(texts):
        inverter.add_text(text, document, (0, 1))
    *_, blob, offsets, infos, postings, positions, _ = inverter.invert(0, 30)
    del inverter
    expected = plain_sections(texts, [1] * 30, False)[5:10]
    assert (blob, offsets, infos, postings, positions) == expected
    assert all(part.readonly for part in (blob, offsets, infos, postings, positions))
