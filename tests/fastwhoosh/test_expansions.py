"""Patterns and misspellings: the compiled walk over the terms against each term looked at."""

import random
from pathlib import Path

import pytest
from whoosh import fields

from indexer.fastwhoosh import plan
from indexer.fastwhoosh.executor import Executor
from indexer.fastwhoosh.expansions import distance, meant
from indexer.fastwhoosh.index import create_in, open_dir
from indexer.fastwhoosh.plan import Expansion
from indexer.whoosh_engine.vocabulary import Vocabulary

LETTERS = "abcdéœ€𝒳"
WEIGHTS = (8, 6, 4, 2, 3, 1, 1, 1)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("loup", "loup", 0),
        ("loup", "coup", 1),
        ("loup", "loups", 1),
        ("", "ab", 2),
        ("ab", "ba", 2),
    ],
)
def test_distance_counts_letters_put_in_left_out_or_changed(
    first: str, second: str, expected: int
) -> None:
    assert distance(first, second, 3) == expected


def random_words(rng: random.Random, count: int, longest: int) -> list[str]:
    return ["".join(rng.choices(LETTERS, WEIGHTS, k=rng.randint(1, longest))) for _ in range(count)]


def test_a_walk_finds_what_looking_at_each_term_finds(tmp_path: Path) -> None:
    rng = random.Random(5)
    words = random_words(rng, 3_000, 8)
    index = create_in(tmp_path, fields.Schema(text=fields.KEYWORD))
    with index.writer() as writer:
        for start in range(0, len(words), 30):
            writer.add_document(text=" ".join(words[start : start + 30]))
    with open_dir(tmp_path).searcher() as searcher:
        executor = Executor(searcher)
        if not executor.is_native:
            pytest.skip("nothing is compiled: there is one reading only")
        known = set(words)
        found_some = 0
        for _ in range(400):
            asked = random_expansion(rng, words)
            expected = {word for word in known if meant(asked, word.encode())}
            found = executor.words(("text",), asked, None)
            assert set(found) == expected, asked
            found_some += bool(expected)
        assert found_some > 200


def random_expansion(rng: random.Random, words: list[str]) -> Expansion:
    word = rng.choice(words) if rng.random() < 0.7 else random_words(rng, 1, 9)[0]
    kind = rng.choice((plan.PREFIX, plan.WILDCARD, plan.FUZZY, plan.BETWEEN))
    if kind == plan.WILDCARD:
        letters = [rng.choice((letter, letter, "*", "?")) for letter in word]
        word = "".join(letters)
    last = rng.choice((None, word.encode() + b"z"))
    return Expansion("text", kind, word.encode(), last, rng.randrange(4), rng.randrange(4))


def test_a_bare_pattern_finds_words_with_accents(tmp_path: Path) -> None:
    index = create_in(tmp_path, fields.Schema(text=fields.KEYWORD))
    with index.writer() as writer:
        writer.add_document(text="médecin medecine œuvre oeuvrer élu loup")
        writer.add_document(text="médecin")
    with open_dir(tmp_path).searcher() as searcher:
        vocabulary = Vocabulary(Executor(searcher), ("text",))
        assert vocabulary.like("medecin*", 10) == ("médecin", "medecine")
        assert vocabulary.like("médecin*", 10) == ("médecin",)
        assert vocabulary.like("oeuvr*", 10) == ("oeuvrer", "œuvre")
        assert vocabulary.like("e?u", 10) == ("élu",)
        assert vocabulary.like("*", 1) == ("médecin",)
        assert vocabulary.near("medecin", 1, 10) == ("médecin", "medecine")
