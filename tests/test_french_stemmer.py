"""The light stemmer against the reference stems of 341,727 words."""

import gzip
from pathlib import Path

import pytest

from indexer.french.stemmer import stem


@pytest.mark.real_data
def test_every_reference_word_has_its_stem(shared_data: Path) -> None:
    path = shared_data / "french" / "light_stems.tsv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        pairs = [line.rstrip("\n").split("\t") for line in lines]
    assert len(pairs) == 341_727
    wrong = [(word, wanted, stem(word)) for word, wanted in pairs if stem(word) != wanted]
    assert wrong == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("loi", "lois"),
        ("emploi", "emplois"),
        ("enjeu", "enjeux"),
        ("élu", "élus"),
        ("lieu", "lieux"),
    ],
)
def test_plurals_that_the_corpus_lives_on_are_joined(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize("word", ["", "a", "xx", "aaaa", "ss", "éé", "123", "e" * 60])
def test_any_string_has_a_stem(word: str) -> None:
    assert isinstance(stem(word), str)
