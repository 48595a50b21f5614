"""Texts inverted natively against their tokens added one by one."""

import random
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

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


def odd_text(rng: random.Random) -> str:
    """Return words that no lexicon knows, some of them not composed or written in odd letters."""
    words = ["".join(rng.choices("abcdeéœ’-'.\xad\u0301\u200bŁ1", k=9)) for _ in range(30)]
    return " ".join(rng.choices(words + WORDS, k=rng.choice([0, 3, 80])))


@pytest.mark.parametrize("seed", range(4))
def test_texts_that_are_cut_together_are_those_added_one_by_one(seed: int) -> None:
    assert kernel is not None
    rng = random.Random(seed)
    texts = [rng.choice([text, odd_text])(rng) if rng.random() < 0.9 else None for _ in range(300)]
    together, in_a_row, alone = (kernel.Inverter(LENGTHS) for _ in range(3))
    lexicon, second, other = new_lexicon(), new_lexicon(), new_lexicon()
    assert lexicon is not None
    for derived in (False, True):
        together.add_text_field(lexicon, derived)
        in_a_row.add_text_field(second, derived)
        alone.add_text_field(other, derived)
    for begin in (0, 100, 250):
        end = {0: 100, 100: 250, 250: 300}[begin]
        cut = lexicon.cut((None, *texts[begin:end]))
        together.add_cut(cut, 1, end - begin, begin, (0, 1), 2)
        in_a_row.add_texts(tuple(texts[begin:end]), begin, (0, 1), 2)
    for document, each in enumerate(texts):
        if each is not None:
            alone.add_text(each, document, (0, 1), 2)
    for number in range(2):
        inverted = alone.invert(number, 300)
        assert together.invert(number, 300) == inverted
        assert in_a_row.invert(number, 300) == inverted


def test_texts_are_cut_while_others_add_surfaces() -> None:
    lexicon, other = new_lexicon(2_000), new_lexicon()
    assert kernel is not None
    assert lexicon is not None
    assert other is not None
    rng = random.Random(7)
    texts = tuple(odd_text(rng) + text(rng) for _ in range(600))
    inverters = kernel.Inverter(LENGTHS), kernel.Inverter(LENGTHS)
    for inverter, used in zip(inverters, (lexicon, other), strict=True):
        inverter.add_text_field(used, True)
    with ThreadPoolExecutor(3) as pool:
        cuts = [pool.submit(lexicon.cut, texts[at : at + 50]) for at in range(0, 600, 50)]
        for each in reversed(texts):
            assert [token.exact for token in lexicon.tokens(each)] == [
                token.exact for token in analyse(each)
            ]
        for at, cut in enumerate(cuts):
            inverters[0].add_cut(cut.result(), 0, 50, at * 50, (0,), 1)
    for document, each in enumerate(texts):
        inverters[1].add_text(each, document, (0,))
    assert inverters[0].invert(0, 600) == inverters[1].invert(0, 600)


def test_cut_texts_that_make_no_sense_are_refused() -> None:
    assert kernel is not None
    native, lexicon, other = kernel.Inverter(LENGTHS), new_lexicon(), new_lexicon()
    assert lexicon is not None
    assert other is not None
    native.add_text_field(lexicon, False)
    cut = lexicon.cut(("la loi", None))
    for wrong in (("a", 3), ["a"], "a"):
        with pytest.raises(TypeError):
            lexicon.cut(wrong)  # type: ignore[arg-type]  # that is what is tested
    with pytest.raises(TypeError, match="lexicon"):
        native.add_cut(other.cut(("la loi",)), 0, 1, 0, (0,), 1)
    for begin, count in ((0, 3), (2, 1)):
        with pytest.raises(IndexError):
            native.add_cut(cut, begin, count, 10, (0,), 1)
    with pytest.raises(ValueError, match="bounds"):
        native.add_cut(cut, -1, 1, 20, (0,), 1)
    with pytest.raises(ValueError, match="ascend"):
        native.add_cut(cut, 0, 1, 0, (0,), 1)


def test_texts_in_a_row_that_make_no_sense_are_refused() -> None:
    assert kernel is not None
    native, lexicon = kernel.Inverter(LENGTHS), new_lexicon()
    assert lexicon is not None
    native.add_text_field(lexicon, False)
    for wrong in (("a", 3), ["a"], "a"):
        with pytest.raises(TypeError):
            native.add_texts(wrong, 10, (0,), 1)
    for first, weight in ((1 << 24, 1), (20, 0)):
        with pytest.raises(ValueError, match="bounds"):
            native.add_texts(("la loi",), first, (0,), weight)
    with pytest.raises(ValueError, match="ascend"):
        native.add_texts(("la loi",), 10, (0,), 1)


def test_a_text_may_be_added_while_another_is_read() -> None:
    assert kernel is not None

    def expand(surface: str) -> list[tuple[str, int, int, int, bool]]:
        if surface == "œuf":
            inverter.add_texts(("mot " * 500, "Łódź"), 0, (1,), 1)
        return [(surface, 0, 0, len(surface), False)]

    lexicon = kernel.Lexicon(frozenset(), frozenset(), expand, str.lower)
    inverter, plain = kernel.Inverter(LENGTHS), kernel.Inverter(LENGTHS)
    for each in (inverter, plain):
        each.add_text_field(lexicon, False)
        each.add_text_field(lexicon, True)
    inverter.add_texts(("un œuf de plus",), 0, (0,), 1)
    plain.add_texts(("mot " * 500, "Łódź"), 0, (1,), 1)
    plain.add_texts(("un œuf de plus",), 0, (0,), 1)
    for number in range(2):
        assert inverter.invert(number, 2) == plain.invert(number, 2)


def test_words_whose_positions_skip_are_refused() -> None:
    assert kernel is not None

    def skipping(surface: str) -> list[tuple[str, int, int, int, bool]]:
        return [(surface, 0, 0, 1, False), (surface, 2, 1, 2, False)]

    lexicon = kernel.Lexicon(frozenset(), frozenset(), skipping, str.lower)
    native = kernel.Inverter(LENGTHS)
    native.add_text_field(lexicon, False)
    for _ in range(2):  # new, then known
        with pytest.raises(ValueError, match="skip"):
            native.add_text("Łódź", 0, (0,))
        with pytest.raises(ValueError, match="skip"):
            native.add_cut(lexicon.cut(("Łódź",)), 0, 1, 0, (0,), 1)
