from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.search.request import DateRange
from webui.renderers import typography as t
from webui.renderers.record import source_label


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0 question"),
        (1, "1 question"),
        (2, "2 questions"),
        (1234567, "1\u202f234\u202f567 questions"),
    ],
)
def test_counts(value: int, said: str) -> None:
    assert t.counted(value, "question") == said


def test_punctuation_takes_no_break_spaces() -> None:
    assert t.punctuated("Quoi ? « Rien » : fin ; oui ! 5 %") == (
        "Quoi\u202f? «\u00a0Rien\u00a0»\u00a0: fin\u202f; oui\u202f! 5\u202f%"
    )


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2019-01-01", "2019-12-31", "en 2019"),
        ("2018-01-01", "2019-12-31", "de 2018 à 2019"),
        ("2020-02-01", "2020-02-29", "en février 2020"),
        ("2020-12-01", "2020-12-31", "en décembre 2020"),
        ("2019-11-05", "2019-11-05", "le 5 novembre 2019"),
        ("2019-02-01", "2020-02-29", "du 1er février 2019 au 29 février 2020"),
        ("2019-11-05", "2019-12-31", "du 5 novembre 2019 au 31 décembre 2019"),
        ("2019-11-01", None, "depuis le 1er novembre 2019"),
        (None, "2019-11-05", "jusqu’au 5 novembre 2019"),
        (None, None, ""),
    ],
)
def test_periods(first: str | None, last: str | None, said: str) -> None:
    span = DateRange(
        date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None
    )
    assert t.period(span).replace("\u00a0", " ") == said


@given(st.dates(), st.dates())
def test_every_period_can_be_said(one: date, other: date) -> None:
    assert t.period(DateRange(min(one, other), max(one, other)))


@pytest.mark.parametrize(
    ("days", "said"), [(0, "le jour même"), (1, "en 1\u00a0jour"), (14, "en 14\u00a0jours")]
)
def test_delays(days: int, said: str) -> None:
    assert t.delay(days) == said


def test_ordinals_and_stamps() -> None:
    assert (t.ordinal(1), t.ordinal(15)) == ("1re", "15e")
    assert t.stamp("2025-11-24T00:10:00Z") == "24\u00a0novembre 2025"
    assert t.stamp("<b>") == "<b>"


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,<script>",
        "vbscript:x",
        "//evil.example",
        "/relative",
        "https:",
        "https://",
        "http://[",
        "https:\\\\evil.example",
        "https://exa mple.fr",
        "ftp://example.fr",
    ],
)
def test_only_plain_web_addresses_become_links(address: str | None) -> None:
    assert t.web_address(address) is None


@given(st.text())
def test_no_text_breaks_the_check_of_addresses(text: str) -> None:
    for address in (text, f"https://{text}", f"https:{text}"):
        kept = t.web_address(address)
        assert kept is None or kept.startswith(("https://", "http://")), kept


@pytest.mark.parametrize(
    ("address", "label"),
    [
        ("https://questions.assemblee-nationale.fr/q15/x", "Page de l’Assemblée nationale"),
        ("https://www.senat.fr/questions/x", "Page du Sénat"),
        ("https://www.nosdeputes.fr/15/question/QE/1", "Page de NosDéputés.fr"),
        ("https://notsenat.fr/", "Page d’origine"),
        ("https://senat.fr@evil.example/", "Page d’origine"),
    ],
)
def test_a_source_is_named_by_its_host(address: str, label: str) -> None:
    assert source_label(address) == label
