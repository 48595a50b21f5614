"""How far two words are, as people misspell them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.search.confusions import errors, sounding_alike

words = st.text(alphabet="abcdehiopstuyéèç'", min_size=1, max_size=9)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("farmacie", "pharmacie"), ("fysique", "physique"), ("ruisso", "ruisseau"),
        ("retraitte", "retraite"), ("comission", "commission"), ("educassion", "éducation"),
        ("abitation", "habitation"), ("develloppement", "développement"), ("chomaje", "chômage"),
        ("enseignents", "enseignants"), ("licée", "lycée"), ("agricol", "agricole"),
        ("retrais", "retrait"),
    ],
)  # fmt: skip
def test_what_sounds_the_same_is_less_than_an_error(typed: str, meant: str) -> None:
    assert 0 < errors(typed, meant) < 1


@pytest.mark.parametrize(
    ("typed", "meant", "least", "most"),
    [
        ("hopital", "hôpital", 0.0, 0.0),  # no accents typed
        ("hòpital", "hôpital", 0.1, 0.1),  # other accents
        ("lopu", "loup", 0.8, 0.8),  # swapped
        ("liup", "loup", 0.8, 0.8),  # the key beside
        ("lxup", "loup", 1.0, 1.0),
        ("xoup", "loup", 1.3, 1.3),  # the first letter
        ("loup", "ours", 2.0, 4.0),
    ],
)
def test_errors_have_their_price(typed: str, meant: str, least: float, most: float) -> None:
    assert least <= errors(typed, meant) <= most


@given(words, words)
def test_no_word_is_further_than_all_its_letters(typed: str, meant: str) -> None:
    assert errors(typed, typed) == 0.0
    assert 0.0 <= errors(typed, meant) <= len(typed) + len(meant) + 1


@given(words)
def test_what_sounds_alike_is_near(word: str) -> None:
    for other in sounding_alike(word):
        assert errors(word, other) <= 1.1
