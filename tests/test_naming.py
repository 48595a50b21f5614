"""Questions named by their numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.question import KINDS, Reference
from indexer.search.naming import naming

QE_15 = Reference(24191, None, 15, "QE")


@pytest.mark.parametrize(
    ("typed", "reference"),
    [
        ("24191", Reference(24191)),
        ("n° 24 191", Reference(24191)),
        ("N°24191", Reference(24191)),
        ("n\u00ba\u00a024\u202f191", Reference(24191)),
        ("question n° 24.191", Reference(24191)),
        ("numéro 24191", Reference(24191)),
        ("QE24191", Reference(24191, kind="QE")),
        ("qe 24191", Reference(24191, kind="QE")),
        ("QE n°24191", Reference(24191, kind="QE")),
        ("24191QE", Reference(24191, kind="QE")),
        ("Question écrite n° 24191", Reference(24191, kind="QE")),
        ("question orale sans débat n° 5", Reference(5, kind="QOSD")),
        ("Questions au gouvernement, 12", Reference(12, kind="QG")),
        ("15-24191", Reference(24191, legislature=15)),
        ("24191 15e", Reference(24191, legislature=15)),
        ("15e 24191", Reference(24191, legislature=15)),
        ("24 191 de la 15ème législature", Reference(24191, legislature=15)),
        ("15-24191QE", QE_15),
        ("QE 15-24191", QE_15),
        ("Question écrite n° 24191 (XVe législature)", QE_15),
        ("QANR5L15QE24191", Reference(24191, "AN", 15, "QE")),
        ("https://questions.assemblee-nationale.fr/q15/15-24191QE.htm",
         Reference(24191, "AN", 15, "QE")),
        ("Sénat, question écrite n° 00123", Reference(123, "SENAT", kind="QE")),
    ],
)  # fmt: skip
def test_a_number_is_read_as_it_is_cited(typed: str, reference: Reference) -> None:
    named = naming(typed)
    assert named is not None
    assert named.reference == reference
    assert named.is_sure


@pytest.mark.parametrize("typed", ["115", "3919", "2019", "49"])
def test_a_short_bare_number_may_mean_something_else(typed: str) -> None:
    named = naming(typed)
    assert named is not None
    assert not named.is_sure


@pytest.mark.parametrize(
    "typed",
    ["", "loup", "loup 24191", "n°", "question", "49.3", "24191 15", "l'article 49", "24191 24192",
     "-24191", '"24191"', "1²", "٢٤١٩١", "0", "99999999", "24191*", "30 000 euros", "QE QG 5"],
)  # fmt: skip
def test_what_says_something_else_names_nothing(typed: str) -> None:
    assert naming(typed) is None


@given(st.integers(1, 9_999_999), st.integers(1, 17), st.sampled_from(list(KINDS)))
def test_every_question_is_named_by_its_designation(
    number: int, legislature: int, kind: str
) -> None:
    grouped = f"{number:,}".replace(",", " ")
    expected = Reference(number, None, legislature, kind)
    for typed in (
        f"{legislature}-{number}{kind}",
        f"{kind} n° {grouped} {legislature}e",
        f"{KINDS[kind]} n°{number}, {legislature}e législature",
    ):
        named = naming(typed)
        assert named is not None, typed
        assert named.reference == expected


@given(st.text(max_size=150))
def test_any_text_is_read(typed: str) -> None:
    assert naming(typed) is None or any(char.isdigit() for char in typed)
