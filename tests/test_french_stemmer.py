"""The light stemmer against the reference stems of 341,727 words, and its native reading."""

import gzip
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.french.forms import stem_form, stem_form_in_python
from indexer.french.specification import specification
from indexer.french.stemmer import SUFFIXES, stem
from indexer.native import kernel


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


@pytest.mark.real_data
def test_native_code_gives_the_same_form_of_every_reference_word(shared_data: Path) -> None:
    path = shared_data / "french" / "light_stems.tsv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        words = [line.partition("\t")[0] for line in lines]
    python = stem_form_in_python.__wrapped__
    assert [word for word in words if stem_form(word) != python(word)] == []


ENDINGS = tuple(ending for _, ending, _, _ in SUFFIXES)
PARTS = st.sampled_from((*ENDINGS, "ive", "ual", "ss", "s", "x", "aux", "eaux", "ie", "ree", "rr"))
LETTERS = st.text("aeioustnrlxcqàâäéèêëîïôùûüÿçñæœøßđ'-.0²İ\ud800", max_size=9)


@given(st.tuples(LETTERS, PARTS, st.just("") | PARTS).map("".join) | st.text(max_size=70))
@example("traitements")
@example("a" * 65)
@example("des")
@example("Lois")
def test_native_code_gives_the_same_form_of_any_word(word: str) -> None:
    assert stem_form(word) == stem_form_in_python.__wrapped__(word)


@pytest.mark.skipif(kernel is None, reason="the extension is not compiled")
def test_a_native_stemmer_refuses_what_is_no_table() -> None:
    assert kernel is not None
    lists = specification()
    words, exceptions = lists.stop_words, dict(lists.stem_exceptions)
    rows = [(4, b"a" * 16, b"", False), (4, b"", b"", False), (-1, b"abc", b"", False)]
    for row in (*rows, (4, b"abc", b"abcd", False)):
        with pytest.raises(ValueError, match="an ending has"):
            kernel.Stemmer((row,), words, exceptions, str)
    with pytest.raises(ValueError, match="at most 64"):
        kernel.Stemmer(((4, b"abc", b"", False),) * 65, words, exceptions, str)
    with pytest.raises(TypeError):
        kernel.Stemmer((), words, exceptions, str)(word="loi")
