"""The native reading of texts against the rules in Python, on texts that matter and on any text."""

import gzip
import json
import random
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer.french import lexicon as french_lexicon
from indexer.french.analysis import analyse
from indexer.french.cutting import surface_words, tokens_in_python
from indexer.french.forms import stem_form
from indexer.french.lexicon import new_lexicon, shared_lexicon
from indexer.native import kernel
from indexer.search.passages import Marker, mark

pytestmark = pytest.mark.skipif(kernel is None, reason="the extension is not compiled")

LEXICON: Any = new_lexicon() if kernel else None
PIECES = (
    # letters of every storage width and case, composed and not
    *"aeblLqQuUsSdnzZßµªéÉàçÇœŒæÆñʼnſfiŁłΣσςİıǅ가한中ქஅ𝐀𐐀ʰ",
    *("e\u0301", "\u0301", "\u0300", "\u036f", "\u0345", "\u0323", "q\u0301", "\u1100\u1161"),
    # what joins and what does not
    *"''’’‘ʼ`´--\u2010\u2011–—..,,·_/@:;!?…«»\"()\u2044",
    # digits, also foreign ones, and what only counts as a number
    *("1", "2", "30", "000", "500", "1234", "٣", "²", "½", "Ⅻ", "①", "߉"),
    # spaces of every kind, what one cannot see, what is no text
    *" \u00a0\u202f\u2009\u2007\u3000\n\t\r\u2028\x1f\x85\x80\x9f",
    *(
        "\xad",
        "\u200b",
        "\u200c",
        "\u200d",
        "\u2060",
        "\ufeff",
        "\ud800",
        "\udfff",
        "\x00",
        "\ue000",
    ),
    *("🙂", "👨‍👩‍👧", "\U000e0001", "\U0010ffff", "\u2126", "\u212b", "\u0958", "\u0f73", "\uf900"),
    # words with a rule of their own
    *(
        "l'",
        "qu’",
        "jusqu",
        "L’",
        "aujourd'hui",
        "prud’homme",
        "C.G.T.",
        "1.234.567",
        "12,5",
        "peut-être",
    ),
    *(
        "30 000",
        "1\u202f234\u202f567,89",
        "x" * 63,
        "é" * 65,
        "entr'ouvert",
        "d'œuvre",
        "grand'mère",
    ),
)
texts = st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.text(max_size=40)


def check(text: str, lexicon: Any = LEXICON) -> None:
    assert lexicon.tokens(text) == list(tokens_in_python(text))


@settings(max_examples=1500, deadline=None)
@given(texts)
@example("1 000 000a")
@example("1 000a")
@example("1 000,5a")
@example("1 000,a 1 000, 1 000,12")
@example("x1 000 _1 000 .1 000 ʼ1 000 1 0000")
@example("ʼaʼbʼ")
@example("ΑΣ ΑΣΑ Ας")
@example("a.b.c.1 1.a a.́b a.b́.c")
@example("aujourd'hui d’aujourd'hui l'a'b x'y-l'ami qu'l'-l' L`É-d´a jusqu'à-l'an")
@example("12,5 1,2Md l'1,5-2,5 " + "a-" * 40 + "a " + "a-" * 31 + "a " + "l'a-" * 15 + "l'a")
def test_any_text_has_the_words_of_the_rules(text: str) -> None:
    check(text)


def test_many_random_texts_have_the_words_of_the_rules() -> None:
    generator = random.Random(7)
    for _ in range(4000):
        check("".join(generator.choices(PIECES, k=generator.randint(1, 30))))


@pytest.mark.parametrize("widest", ["", "é", "…", "🙂"])
def test_words_are_read_wherever_they_stand(widest: str) -> None:
    # Characters are marked 64 at a time, and become keys 16 at a time.
    words = (
        *("l'ami", "d’œuvre", "grand-mère-à-l’ami", "x.y", "1.5", "1 000,5a", "30 000", "1 000'a"),
        *("1 000 000a", "e\u0301'à", "a-", "'b", "µ", "¼", "1 000-000 b"),
    )
    for before in range(140):
        for word in words:
            for padding in (" ", "a", "é "):
                check(f"{widest} {(padding * before)[:before]}{word}")
                check(f"{widest} {(padding * before)[:before]}{word} b {'x' * (before % 40)}")


def test_every_character_is_read_as_the_rules_read_it() -> None:
    blocks = [*range(0, 0x3400, 64), *range(0xA000, 0xAC00, 64), *range(0xD780, 0x1FC00, 64)]
    for first in [*blocks, *range(0x3400, 0x110000, 64 * 41)]:
        check(
            "".join(
                f"a{chr(c)}a {chr(c)}1{chr(c)}{chr(c)} 1{chr(c)}000{chr(c)}00 "
                for c in range(first, first + 64)
            )
        )


def test_a_new_lexicon_expands_a_surface_as_an_old_one() -> None:
    text = "L’État d’aujourd’hui, l'Œuvre : 30 000 peut-être C.G.T. " * 3
    check(text, new_lexicon())


def test_a_lexicon_counts_its_words() -> None:
    lexicon: Any = new_lexicon()
    lexicon.tokens("Le loup, l'agneau, le LOUP")
    assert len(lexicon) == 3
    assert lexicon.surfaces == 5  # Le, loup, l'agneau, le, LOUP


def test_derive_is_asked_once_a_word() -> None:
    asked: list[str] = []

    def derive(word: str) -> str | None:
        asked.append(word)
        return None if word == "le" else word[:2]

    assert kernel
    lexicon = kernel.Lexicon(frozenset(), frozenset(), surface_words, derive)
    assert (
        lexicon.tokens("le loup le loup")
        == lexicon.tokens("Le LOUP le loup")
        == [
            ("le", None, 0, 0, 2, False),
            ("loup", "lo", 1, 3, 7, False),
            ("le", None, 2, 8, 10, False),
            ("loup", "lo", 3, 11, 15, False),
        ]
    )
    assert asked == ["le", "loup"]


def test_surfaces_are_bounded_and_words_stay() -> None:
    lexicon: Any = new_lexicon(surfaces=100)
    generator = random.Random(3)
    words = [f"mot{generator.randrange(10**6)}{tail}" for tail in ("", "-x", "Ω")] * 3
    for number in range(3000):
        text = f"a{number} b{number}-c {number}Ωω l'x{number} c.{number}d"
        check(text, lexicon)
        assert lexicon.surfaces <= 100
    check(" ".join(words), lexicon)
    assert len(lexicon) > 9000
    assert [t.exact for t in lexicon.tokens("a17 b17-c")] == ["a17", "b17c", "b17", "c"]


def test_long_garbage_is_not_kept() -> None:
    lexicon: Any = new_lexicon()
    for text in ("x" * 100_000, "é" * 100_000, "a'" * 50_000 + "a", "a-" * 50_000 + "a"):
        check(text, lexicon)
    assert lexicon.surfaces == 0


def test_numbers_without_an_end_take_no_quadratic_time() -> None:
    check("1 000" + " 000" * 50_000 + "a")
    check("1 000," + "1" * 200_000 + "a")
    check("1.000" + ".000" * 50_000)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        ["loup"],
        [("a", 0, 0, 1)],
        [("a", 0, 0, 99, False)],
        [("a", 0, -1, 1, False)],
        [("a", 0, 1, 1, False)],
        [("a", -1, 0, 1, False)],
        [(b"a", 0, 0, 1, False)],
        [("a", 2**40, 0, 1, False)],
    ],
)
def test_an_expansion_that_is_none_raises(answer: Any) -> None:
    assert kernel
    lexicon = kernel.Lexicon(frozenset(), frozenset(), lambda _: answer, lambda _: None)
    for _ in range(2):
        with pytest.raises((TypeError, ValueError)):
            lexicon.tokens("a.b")
    assert lexicon.tokens("ab") == [("ab", None, 0, 0, 2, False)]


def test_an_empty_expansion_is_no_word() -> None:
    assert kernel
    lexicon = kernel.Lexicon(frozenset(), frozenset(), lambda _: [], lambda _: None)
    assert [t[2] for t in lexicon.tokens("a a.b c") + lexicon.tokens("a a.b c")] == [0, 1, 0, 1]


def test_errors_of_the_callables_come_through_and_lone_surrogates_do_not_matter() -> None:
    assert kernel

    def derive(word: str) -> str | None:
        if word == "b":
            raise KeyError(word)
        return "\udc80" + word

    expand = lambda surface: [("\ud800" + surface, 0, 0, 1, False)]  # noqa: E731  # shorter than a function
    lexicon = kernel.Lexicon(frozenset(), frozenset(), expand, derive)
    assert lexicon.tokens("a.b")[0][:2] == ("\ud800a.b", "\udc80\ud800a.b")
    with pytest.raises(KeyError):
        lexicon.tokens("a b")


def test_a_lexicon_may_be_used_while_it_asks() -> None:
    """As when another thread runs meanwhile."""
    lexicon: Any = None

    def expand(surface: str) -> list[Any]:
        if len(surface) < 5:
            lexicon.tokens(" ".join(f"{surface}.x{n} w{n}{surface[0]}" for n in range(9)))
        return surface_words(surface)

    assert kernel
    lexicon = kernel.Lexicon(frozenset(), frozenset(), expand, stem_form, surfaces=40)
    text = "a.b cd e.f cd g.h"
    expected = [tuple(token) for token in tokens_in_python(text)]
    for _ in range(5):
        assert lexicon.tokens(text) == expected


@pytest.mark.parametrize(
    "arguments",
    [
        ((), frozenset(), surface_words, stem_form),
        (frozenset(), {"a"}, surface_words, stem_form),
        (frozenset(), frozenset(), None, stem_form),
        (frozenset(), frozenset(), surface_words, 3),
    ],
)
def test_wrong_arguments_raise(arguments: Any) -> None:
    assert kernel
    with pytest.raises(TypeError):
        kernel.Lexicon(*arguments)
    with pytest.raises(TypeError):
        kernel.Lexicon(frozenset(), frozenset(), surface_words, stem_form, token=str)
    with pytest.raises(ValueError, match="surfaces"):
        kernel.Lexicon(frozenset(), frozenset(), surface_words, stem_form, surfaces=0)
    with pytest.raises(TypeError):
        LEXICON.tokens(b"a")


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "step"), [("questions.jsonl.gz", 8), ("amendements_17.jsonl.gz", 60)]
)
def test_real_texts_have_the_words_of_the_rules(shared_data: Path, name: str, step: int) -> None:
    with gzip.open(shared_data / name, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % step == 0:
                text = "\n".join(strings(json.loads(line)))
                check(text)
                if number % (step * 10) == 0:
                    check(unicodedata.normalize("NFD", text))
                    check(text.replace("e", "e\xad"))


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for item in value for text in strings(item)]
    return [value] if isinstance(value, str) else []


def test_the_shared_lexicon_is_begun_anew_when_it_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    first = shared_lexicon()
    assert first is shared_lexicon()
    assert first is not None
    monkeypatch.setattr(french_lexicon, "MAX_SHARED_WORDS", len(first) + 100)
    for number in range(300):
        assert analyse(f"nouveau{number}")[0].exact == f"nouveau{number}"
        assert mark(f"nouveau{number}", Marker(exacts=frozenset({"nouveau7"}))) == (
            (f"nouveau{number}", number == 7),
        )
    second = shared_lexicon()
    assert second is not None
    assert second is not first
    assert len(second) <= len(first) + 101


def test_threads_may_share_a_lexicon() -> None:
    lexicon: Any = new_lexicon(surfaces=50)
    assert kernel
    matcher = kernel.Matcher(lexicon, ("loup",), (), (), ())
    texts = [f"Le loup.x{n} l’Œuvre{n}-b{n} loup e\u0301{n} " * 5 for n in range(150)]
    expected = [list(tokens_in_python(text)) for text in texts]

    def read(_: int) -> bool:
        return all(
            lexicon.tokens(text) == tokens and len(matcher.spans(text)) == 10
            for text, tokens in zip(texts, expected, strict=True)
        )

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            assert all(pool.map(read, range(8)))
    finally:
        sys.setswitchinterval(interval)
