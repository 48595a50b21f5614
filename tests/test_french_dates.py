"""Dates of French pages, and the sentences around them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.sources.french_dates import (
    Publication,
    Withdrawal,
    find_date,
    find_dates,
    is_bare_date,
    publications,
    withdrawal_of,
)

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Question soumise le 5 novembre 2019", date(2019, 11, 5)),
        ("1er janvier 2018", date(2018, 1, 1)),
        ("1 er\u00a0fevrier 2018", date(2018, 2, 1)),
        ("26 juillet 2022", date(2022, 7, 26)),
        ("le 3 AOÛT 1998,", date(1998, 8, 3)),
        ("au JO le : 21/08/2012 page", date(2012, 8, 21)),
        ("2016-03-18 00:00:00", date(2016, 3, 18)),
        ("31/02/2012", None),
        ("0 mars 2012", None),
        ("5 brumaire 2012", None),
        ("121/08/20123", None),
        ("", None),
    ],
)
def test_a_date_is_found_in_its_sentence(text: str, expected: date | None) -> None:
    assert find_date(text) == expected


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_day_is_read_back_in_its_three_forms(day: date) -> None:
    long = f"{day.day}{'er' if day.day == 1 else ''} {MONTHS[day.month - 1]} {day.year}"
    forms = (long, f"{day:%d/%m}/{day.year}", day.isoformat())
    assert [find_date(form) for form in forms] == [day, day, day]
    assert all(is_bare_date(f" {form} ") for form in forms)


@given(st.text())
def test_any_text_is_searched_without_error(text: str) -> None:
    days = find_dates(text)
    assert find_date(text) is None or text
    assert all(isinstance(day, date) for day in days)
    assert withdrawal_of(text) is None or "retir" in text.lower()


def test_all_dates_are_found_in_order_and_impossible_ones_left_out() -> None:
    assert find_dates("02/03/2010, 45/45/2010 et 1er mai 2009") == (
        date(2010, 3, 2),
        date(2009, 5, 1),
    )


def test_a_sentence_with_a_date_is_no_bare_date() -> None:
    assert not is_bare_date("le 5 novembre 2019")


@pytest.mark.parametrize(
    ("text", "label", "expected"),
    [
        (
            "Question publiée au JO le : 21/08/2012 page : 4774",
            "question publiée",
            (Publication(date(2012, 8, 21), 4774),),
        ),
        (
            "Publication de la question au Journal Officiel du 26 juillet 2022, page 3501",
            "publication de la question",
            (Publication(date(2022, 7, 26), 3501),),
        ),
        (
            "publiée dans le JO Sénat du 07/04/2016 - page 1330",
            "dans le JO Sénat",
            (Publication(date(2016, 4, 7), 1330),),
        ),
        ("Erratum : JO du 12/05/2016 p.99", "erratum", (Publication(date(2016, 5, 12), 99),)),
        ("Réponse publiée au JO le : 21/08/2012 page : 0", "réponse", None),
        ("Question publiée le\nRéponse publiée le 3 mai 2012", "question publiée", ()),
        ("Question publiée le 32/08/2012", "question publiée", ()),
    ],
)
def test_a_publication_is_read_after_its_label(
    text: str, label: str, expected: tuple[Publication, ...] | None
) -> None:
    if expected is None:
        expected = (Publication(date(2012, 8, 21), None),)
    assert publications(text, label) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Retirée le 13 mai 2014 (fin de mandat)",
            Withdrawal(date(2014, 5, 13), "fin de mandat"),
        ),
        (
            "Question retirée le : 20/06/2017 (Fin de mandat)",
            Withdrawal(date(2017, 6, 20), "Fin de mandat"),
        ),
        (
            "Question retirée le 9 janvier 2024 pour cause de démission.",
            Withdrawal(date(2024, 1, 9), "démission"),
        ),
        ("(retirée)", Withdrawal(None, None)),
        ("Réponse publiée le 9 janvier 2024", None),
    ],
)
def test_a_withdrawal_tells_day_and_reason(text: str, expected: Withdrawal | None) -> None:
    assert withdrawal_of(text) == expected
