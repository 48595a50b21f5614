"""Words that the best hits share: the compiled reading and the obvious one are the same."""

import random
from collections.abc import Sequence

import pytest

from indexer.french.lexicon import shared_lexicon
from indexer.native import COMPILED, kernel
from indexer.search import ranking
from indexer.search.feedback import (
    Document,
    likely_words,
    likely_words_in_python,
    related_words,
)

WORDS = (
    "loup", "loups", "Loi", "lois", "état", "e\u0301tat", "micro-entreprise", "C.G.T.", "30 000",
    "l’élu", "des", "à", "être", "œuvre", "aujourd'hui", "\ud800", "n° 3", "🐺", "", "\n",
)  # fmt: skip


def documents(rng: random.Random) -> list[Document]:
    return [
        (
            rng.choice((1.0, 0.5, 0.0, 0.37)),
            tuple(
                " ".join(rng.choices(WORDS, k=rng.choice((0, 1, 9, 60))))
                for _ in range(rng.randrange(4))
            ),
        )
        for _ in range(rng.randrange(7))
    ]


@pytest.mark.skipif(not COMPILED, reason="the extension is not compiled")
def test_both_readings_give_the_same_to_the_last_bit() -> None:
    rng = random.Random(4)
    for _ in range(300):
        some, least = documents(rng), rng.randrange(4)
        found = likely_words(some, least)
        assert found == likely_words_in_python(some, least)
    assert likely_words(documents(random.Random(5)), 1)


@pytest.mark.skipif(not COMPILED, reason="the extension is not compiled")
@pytest.mark.parametrize(
    ("texts", "weights"),
    [((("loup",),), ()), (("loup",), (1.0,)), (((1,),), (1.0,)), ((("loup",),), ("x",))],
)
def test_what_is_no_document_is_refused(texts: object, weights: object) -> None:
    assert kernel is not None
    with pytest.raises((TypeError, ValueError)):
        kernel.likely(shared_lexicon(), texts, weights, 1)


def said(stems: Sequence[str]) -> list[float]:
    return [{"loup": 3.0, "brebi": 5.0, "ministr": 0.05}.get(stem, 1.0) for stem in stems]


def test_words_are_ordered_by_what_they_say_of_the_hits() -> None:
    hits = [
        (9.0, ("Le loup et les brebis, monsieur le ministre",)),
        (8.0, ("Des brebis, ministre",)),
        (7.0, ("Le loup, ministre",)),
    ]
    words = related_words(hits, said)
    assert [word.stem for word in words][:2] == ["brebi", "loup"]
    assert sum(word.share for word in words) == pytest.approx(1.0)
    assert related_words(hits, said) == words


def test_a_word_of_one_hit_says_nothing_about_the_others() -> None:
    assert [word.stem for word in related_words([(9.0, ("brebis",))], said)] == ["brebi"]
    assert related_words([(9.0, ("brebis",)), (8.0, ("loup",))], said) == ()
    assert related_words([], said) == ()
    assert related_words([(0.0, ("brebis",)), (0.0, ("brebis",))], said) == ()


def test_few_words_are_enough() -> None:
    text = " ".join(f"mot{number}" for number in range(200))
    assert len(related_words([(2.0, (text,)), (1.0, (text,))], said)) == ranking.FEEDBACK_WORDS
