"""What texts are known by: both readings agree, and the estimate is near the exact similarity."""

import gzip
import json
import random
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.native import kernel
from indexer.question import Question
from indexer.search.fingerprint import (
    BINS,
    LEAST_SHINGLES,
    SHINGLE,
    _words,
    fingerprint,
    fingerprint_in_python,
)
from indexer.whoosh_engine.families import kin_of, kin_of_each

compiled = pytest.mark.skipif(kernel is None, reason="the extension is not compiled")
WORDS = st.lists(
    st.sampled_from(["la", "loi", "É", "œuf", "1", "été", "İ", "𝐀b", "ß"]), max_size=90
)


@compiled
@given(WORDS.map(" ".join) | st.text(max_size=300))
def test_both_readings_agree_on_any_text(text: str) -> None:
    assert fingerprint(text) == fingerprint_in_python(text)


LONG_WORDS = st.lists(
    st.text("aÉœ9İß中𐐀", min_size=1, max_size=40)
    | st.sampled_from(["loi" * 200, "x" * 8, "é" * 9]),
    max_size=200,
)


@compiled
@given(LONG_WORDS, st.sampled_from([" ", "’", "  ", "😀"]))
def test_both_readings_agree_on_words_of_any_length(words: list[str], between: str) -> None:
    text = between.join(words)
    assert fingerprint(text) == fingerprint_in_python(text)


@compiled
def test_both_readings_agree_on_every_character() -> None:
    every = "".join(chr(code) + " " * (code % 5 == 0) for code in range(0x110000))
    for start in range(0, len(every), 5003):
        text = every[start : start + 5003]
        assert fingerprint(text) == fingerprint_in_python(text)


@compiled
def test_only_text_has_a_fingerprint() -> None:
    assert kernel
    with pytest.raises(TypeError, match="str"):
        kernel.fingerprint(b"loi")


def test_case_punctuation_and_spaces_change_nothing() -> None:
    words = [f"mot{place}" for place in range(60)]
    assert fingerprint(" ".join(words)) == fingerprint(f"« {',  '.join(words).upper()} ! »")
    assert fingerprint(" ".join(words)).key != fingerprint(" ".join(reversed(words))).key


@pytest.mark.parametrize("words", range(LEAST_SHINGLES + SHINGLE - 3, LEAST_SHINGLES + SHINGLE + 1))
def test_only_texts_that_are_long_enough_have_a_signature(words: int) -> None:
    made = fingerprint(" ".join(f"mot{place}" for place in range(words)))
    enough = words >= LEAST_SHINGLES + SHINGLE - 1
    assert (made.words, len(made.signature)) == (words, BINS if enough else 0)


@pytest.mark.real_data
def test_the_estimate_is_near_the_exact_similarity_of_real_questions(shared_data: Path) -> None:
    with gzip.open(shared_data / "questions.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["question_text"] or "" for line in lines]
    rng = random.Random(3)
    errors = []
    for text in rng.sample([text for text in texts if len(text) > 800], 60):
        words = text.split(" ")
        changed = [f"autre{rng.random()}" if rng.random() < 0.05 else word for word in words]
        errors.append(_estimate(text, " ".join(changed)) - _exact(text, " ".join(changed)))
    assert max(map(abs, errors)) < 0.2
    assert abs(sum(errors) / len(errors)) < 0.02


def _estimate(one: str, other: str) -> float:
    pairs = zip(fingerprint(one).signature, fingerprint(other).signature, strict=True)
    filled = [pair for pair in pairs if any(pair)]
    return sum(a == b for a, b in filled) / len(filled)


def _exact(one: str, other: str) -> float:
    first, second = _shingles(one), _shingles(other)
    return len(first & second) / len(first | second)


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = _words(text)
    return {tuple(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1)}


def test_texts_that_have_nothing_in_common_are_not_alike() -> None:
    texts = [" ".join(f"m{text}x{place}" for place in range(200)) for text in range(8)]
    assert all(_estimate(one, other) < 0.06 for one, other in combinations(texts, 2))


TEXTS = st.lists(st.sampled_from(["loup", "Été", "l’ours", "n° 5", " , "]), max_size=60).map(
    " ".join
)


@given(st.lists(st.tuples(TEXTS, TEXTS)))
def test_kin_is_that_of_each_question(pairs: list[tuple[str, str]]) -> None:
    questions = [
        Question(legislature=15, kind="QE", number=1, question_text=asked, answer_text=answer)
        for asked, answer in pairs
    ]
    found = kin_of_each([asked for asked, _ in pairs], [answer for _, answer in pairs])
    assert found == [kin_of(question) or None for question in questions]


@compiled
def test_kin_needs_texts_and_as_many_of_both() -> None:
    assert kernel
    with pytest.raises(ValueError, match="as many answers"):
        kernel.kin(["loup"], [], 30)
    for questions, answers in ([b"loup"], [""]), ([""], [None]):
        with pytest.raises(TypeError, match="must be a str"):
            kernel.kin(questions, answers, 30)
