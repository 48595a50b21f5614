"""Native marks, extracts and holdings against the readings in Python."""

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.french.analysis import analyse, stem_form
from indexer.french.cutting import surface_words
from indexer.french.lexicon import new_lexicon
from indexer.native import kernel
from indexer.search.extracts import extracts_in_python, pieces, spans_in_python
from indexer.search.holdings import forms_in_python, held_in_python
from indexer.search.marker import Marker, Span
from indexer.search.matcher import native_matcher
from indexer.search.results import Piece

pytestmark = pytest.mark.skipif(kernel is None, reason="the extension is not compiled")

LEXICON: Any = new_lexicon() if kernel else None
WORDS = (
    "loup",
    "loups",
    "loi",
    "lois",
    "des",
    "être",
    "êtres",
    "traite",
    "traité",
    "micro",
    "entreprise",
)
JOINTS = (
    " ",
    " ",
    " ",
    ". ",
    ".\n",
    "\n",
    "… ",
    "-",
    "'",
    ", ",
    "!\u00a0\n ",
    "  ",
    "\xad",
    "e\u0301 ",
    "🙂",
)


def text_of(generator: random.Random, words: int) -> str:
    filling = ["x", "yz", "mot" * 5, "w" * 70] if generator.random() < 0.8 else []
    parts = []
    for _ in range(generator.randrange(words)):
        pool = filling if filling and generator.random() < 0.85 else WORDS
        parts += [generator.choice(pool), generator.choice(JOINTS)]
    return "".join(parts)


def marker_of(generator: random.Random) -> Marker:
    stems = {
        stem
        for word in generator.sample(WORDS, generator.randrange(4))
        if (stem := stem_form(word))
    }
    phrases = {
        tuple(generator.choices(WORDS[:7], k=generator.randint(1, 3))): generator.choice(
            [0, 0, 1, 3, 8]
        )
        for _ in range(generator.randrange(3))
    }
    exacts = frozenset(generator.sample(WORDS, generator.randrange(3)))
    known = [stem for word in WORDS if (stem := stem_form(word))]
    chains = {
        tuple(generator.choices(known, k=generator.randint(1, 4)))
        for _ in range(generator.randrange(3))
    }
    slops = tuple(phrases.values())
    return Marker(frozenset(stems), exacts, tuple(phrases), slops, tuple(chains))


def check(text: str, marker: Marker) -> None:
    matcher = native_matcher(marker)
    assert matcher
    expected = spans_in_python(text, marker)
    found = matcher.spans(text)
    assert found == expected
    assert matcher.mark(text) == pieces(text, expected, 0, len(text))
    assert matcher.passages(text) == extracts_in_python(text, marker)
    assert matcher.passages(text) == extracts_in_python(text, marker)  # remembered words
    forms = matcher.forms((text, "la loi, les Lois", text))
    reference = forms_in_python((text, "la loi, les Lois", text), marker)
    assert [(stem, list(counts.items())) for stem, counts in forms.items()] == [
        (stem, list(counts.items())) for stem, counts in reference.items()
    ]


def test_random_texts_are_marked_as_the_rules_mark_them() -> None:
    generator = random.Random(5)
    for number in range(3000):
        check(text_of(generator, 20 if number % 3 else 300), marker_of(generator))


@settings(max_examples=300, deadline=None)
@given(
    st.text(alphabet="loup LOUPS.\né'-’traite des êtres\u0301\xad…", max_size=900), st.integers()
)
def test_any_text_is_marked_as_the_rules_mark_it(text: str, seed: int) -> None:
    check(text, marker_of(random.Random(seed)))


def test_what_is_given_back_has_the_names_of_python() -> None:
    matcher = native_matcher(Marker(stems=frozenset({"loup"})))
    assert matcher
    (span,) = matcher.spans("Le Loup")
    (_, piece) = matcher.mark("Le Loup")
    assert (type(span), span.word, span.weight) == (Span, "loup", 1.0)
    assert (type(piece), piece.text, piece.is_match) == (Piece, "Loup", True)


def test_held_words_are_those_of_the_rules() -> None:
    assert kernel
    generator = random.Random(9)
    for _ in range(600):
        texts = tuple(text_of(generator, 12) for _ in range(3))
        words = generator.choices([*WORDS, "inconnu", "", "trait", "etre", "É"], k=4)
        wanted = tuple(stem_form(word) or word for word in words)
        assert kernel.holds(LEXICON, texts, wanted) == held_in_python(texts, wanted)
    assert kernel.holds(LEXICON, (), ("a",)) == [False]
    assert kernel.holds(LEXICON, ("a",), ()) == []


def test_many_words_near_each_other_take_no_quadratic_time() -> None:
    text = "a b " * 20_000
    wide = Marker(phrases=(("a", "b"), ("a", "zz")), slops=(1_000_000, 1_000_000))
    matcher = native_matcher(wide)
    assert matcher
    assert len(matcher.spans(text)) == 40_000
    assert len(matcher.passages(text)) == 1


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((), TypeError),
        ((None, (), (), (), ()), TypeError),
        ((LEXICON, [], (), (), ()), TypeError),
        ((LEXICON, (1,), (), (), ()), TypeError),
        ((LEXICON, (), (b"a",), (), ()), TypeError),
        ((LEXICON, (), (), ("ab",), (0,)), ValueError),
        ((LEXICON, (), (), ((),), (0,)), ValueError),
        ((LEXICON, (), (), ((1,),), (0,)), TypeError),
        ((LEXICON, (), (), (("a",),), ()), ValueError),
        ((LEXICON, (), (), (("a",),), (-1,)), ValueError),
        ((LEXICON, (), (), (("a",), ("b",)), (0, "x")), TypeError),
        ((LEXICON, (), (), (("a",),), (2**70,)), OverflowError),
    ],
)
def test_wrong_arguments_raise(arguments: Any, error: type[Exception]) -> None:
    assert kernel
    with pytest.raises(error):
        kernel.Matcher(*arguments)


def test_wrong_texts_and_types_raise() -> None:
    assert kernel
    matcher: Any = kernel.Matcher(LEXICON, ("loup",), (), (), ())
    for method in (matcher.spans, matcher.mark, matcher.passages, matcher.forms):
        with pytest.raises(TypeError):
            method(b"a")
    with pytest.raises(TypeError):
        matcher.forms((b"a",))
    with pytest.raises(TypeError):
        kernel.Matcher(LEXICON, (), (), (), (), piece=list)
    for arguments in [
        (None, (), ()),
        (LEXICON, [], ()),
        (LEXICON, (1,), ()),
        (LEXICON, ("a",), (1,)),
    ]:
        with pytest.raises(TypeError):
            kernel.holds(*arguments)


def test_errors_of_derive_come_through() -> None:
    def derive(word: str) -> str | None:
        if word == "b":
            raise KeyError(word)
        return None

    assert kernel
    lexicon = kernel.Lexicon(frozenset(), frozenset(), surface_words, derive)
    matcher = kernel.Matcher(lexicon, ("x",), ("b",), (), ())
    for method in (matcher.spans, matcher.mark, matcher.passages):
        with pytest.raises(KeyError):
            method("a b")
    with pytest.raises(KeyError):
        matcher.forms(("a b",))
    with pytest.raises(KeyError):
        kernel.holds(lexicon, ("a b",), ("x",))


def test_a_text_is_remembered_by_what_it_is() -> None:
    """Texts come and go at the same addresses; the words must be those of the text asked for."""
    matcher = native_matcher(Marker(stems=frozenset({"loup"})))
    assert matcher
    for number in range(2000):
        text = f"{number} " + "loup " * (number % 7)
        assert len(matcher.spans(text)) == number % 7


@pytest.mark.real_data
def test_real_texts_are_marked_as_the_rules_mark_them(shared_data: Path) -> None:
    generator = random.Random(2)
    with gzip.open(shared_data / "questions.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = [str(json.loads(line).get("question_text") or "") for line in lines]
    for text in generator.sample([text for text in texts if text], 150):
        words = [token for token in analyse(text) if not token.compound]
        some = generator.sample(words, min(3, len(words)))
        at = generator.randrange(len(words))
        phrase = tuple(token.exact for token in words[at : at + 3])
        check(
            text,
            Marker(
                frozenset(token.stem for token in some if token.stem),
                frozenset({words[at].exact}),
                (phrase, phrase[::-1] + ("x",) * (at % 2)),
                (0, 5),
            ),
        )
