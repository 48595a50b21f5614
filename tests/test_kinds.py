"""Kinds of questions by their names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.question import KINDS
from indexer.sources.kinds import kind_of


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Question écrite", "QE"),
        ("QUESTION ÉCRITE", "QE"),
        (" qosd ", "QOSD"),
        ("Question au Gouvernement", "QG"),
        ("Question d’actualité au gouvernement", "QG"),
        ("Question orale", "QOSD"),
        ("Question orale  sans débat", "QOSD"),
        ("Question orale avec débat", "QOAD"),
        ("Question orale avec débat portant sur un sujet européen", "QOAE"),
        ("Question orale européenne", "QOAE"),
        ("Question crible thématique", "QC"),
        ("Question-crible", "QC"),
        ("Résolution", None),
        ("", None),
    ],
)
def test_a_name_tells_the_kind(name: str, kind: str | None) -> None:
    assert kind_of(name) == kind


@pytest.mark.parametrize("code", KINDS)
def test_every_official_name_tells_its_own_code(code: str) -> None:
    assert kind_of(KINDS[code]) == kind_of(code) == code


@given(st.text())
def test_any_text_is_a_known_kind_or_none(text: str) -> None:
    assert kind_of(text) in {None, *KINDS}
