import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.sources.official_values import (
    day,
    erratum_notice,
    every,
    items,
    last,
    line,
    ministry,
    page,
    repaired,
    text,
    verbatim,
)

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["#text", "@xsi:nil", "a", "b"]), inner, max_size=3)
    ),
    max_leaves=12,
)


def encoded_twice(right: str) -> str:
    """Return UTF-8 read as cp1252, whose five undefined bytes its readers keep as controls."""
    undefined = (0x81, 0x8D, 0x8F, 0x90, 0x9D)
    return "".join(
        chr(byte) if byte in undefined else bytes([byte]).decode("cp1252")
        for byte in right.encode()
    )


@pytest.mark.parametrize(
    "null", [None, "", [], {}, {"@xsi:nil": "true"}, {"@xmlns:xsi": "…", "@xsi:nil": "1"}, [None]]
)
def test_every_spelling_of_nothing_is_no_item(null: Any) -> None:
    assert items(null) == []


def test_one_thing_and_a_list_of_it_are_the_same() -> None:
    assert items({"a": "1"}) == items([{"a": "1"}]) == [{"a": "1"}]


def test_what_is_nil_inside_a_list_is_left_out() -> None:
    assert items(["a", {"@xsi:nil": "true"}, None, "b"]) == ["a", "b"]


def test_an_object_that_is_not_nil_stays() -> None:
    assert items({"@xsi:nil": "false", "#text": "a"}) == [{"@xsi:nil": "false", "#text": "a"}]


def test_a_path_goes_through_objects_and_lists_alike() -> None:
    record = {"outer": [{"inner": "a"}, {"inner": ["b", "c"]}, "stray", {"other": "d"}]}
    assert every(record, "outer", "inner") == ["a", "b", "c"]
    assert last(record, "outer", "inner") == "c"
    assert last(record, "outer", "missing", "deeper") is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("  mot ", "mot"),
        (47351, "47351"),
        ({"@xsi:type": "IdActeur_type", "#text": "PA923"}, "PA923"),
        ({"@xsi:nil": "true", "#text": "PA923"}, None),
        ({"other": "PA923"}, None),
        (["a"], None),
        (True, None),
        (" \n ", None),
        ("a\ud800b\x00c", "abc"),
    ],
)
def test_a_scalar_is_text_and_what_is_none_is_none(value: Any, expected: str | None) -> None:
    assert text(value) == expected


def test_a_line_loses_invisible_characters_and_runs_of_spaces() -> None:
    assert line("l'\x90État\xad des\u00a0lieux\n ") == "l'État des lieux"


def test_a_verbatim_line_keeps_its_spaces() -> None:
    assert (
        verbatim("LOI «\u00a0GRAND  ÂGE\u00a0»\x90\n(suite)")
        == "LOI «\u00a0GRAND  ÂGE\u00a0» (suite)"
    )


@pytest.mark.parametrize(
    "written",
    [
        "2014-01-07",
        "07/01/2014",
        "7/1/2014",
        "2014-01-07T00:00:00.000+01:00",
        "2014-01-07+01:00",
        "07/01/2014 00:00:00",
        "7 janvier 2014",
        {"#text": "2014-01-07"},
    ],
)
def test_a_date_is_read_in_all_its_forms(written: Any) -> None:
    assert day(written) == date(2014, 1, 7)


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        "inconnue",
        "31/02/2014",
        "2014-13-01",
        "0001-01-01",
        "9999-12-31",
        "20140107",
        7,
        [],
    ],
)
def test_what_is_no_day_of_the_republic_is_no_date(written: Any) -> None:
    assert day(written) is None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("18", 18),
        (18, 18),
        ("p. 18", 18),
        ("page 18", 18),
        ("0", None),
        ("18-19", None),
        (None, None),
    ],
)
def test_a_page_is_a_number(written: Any, expected: int | None) -> None:
    assert page(written) == expected


@pytest.mark.parametrize(
    "right",
    [
        "L’école, l'État : « à peine » – même en été…",
        "DÉGÂTS À ÊTRE ÉVALUÉS",
        "cœur",
        "ça",
        "à la forêt",
    ],
)
def test_text_encoded_twice_is_repaired(right: str) -> None:
    assert repaired(encoded_twice(right)) == right


@pytest.mark.parametrize(
    "clean",
    [
        "ÂGE DES MATÉRIELS – CHÂTEAU « À L’ÎLE »",
        "SÃO PAULO et São Tomé",
        "l'\x90État, l\x92île\x85",
        "200 € l'âne, dès l'été…",
        "Å Stockholm, l’“Âme”",
    ],
)
def test_clean_text_is_never_touched(clean: str) -> None:
    assert repaired(clean) is clean


def test_a_repaired_text_has_no_marks_left_even_when_half_of_it_was_right() -> None:
    assert repaired("une société déjà rÃ©parÃ©e") == "une société déjà réparée"


def test_the_typing_error_of_the_files_is_mended() -> None:
    assert ministry("Minsitère de la défense") == "Ministère de la défense"


def test_an_erratum_without_text_is_told_by_its_place() -> None:
    assert (
        erratum_notice(date(2014, 5, 13), 3858) == "Erratum publié au JO le 13/05/2014, page 3858"
    )
    assert erratum_notice(date(2014, 5, 13), None) == "Erratum publié au JO le 13/05/2014"
    assert erratum_notice(None, 3858) is None


@given(JSON_VALUES)
def test_whatever_json_holds_is_text_without_spaces_around_or_nothing(value: Any) -> None:
    for read in (text, line, verbatim, ministry):
        found = read(value)
        assert found is None or (found == found.strip() and found)
    assert day(value) is None or day(value) == day(text(value))
    assert page(value) is None or str(page(value)) in (text(value) or "")


@given(JSON_VALUES)
def test_items_hold_no_nulls_at_any_depth_of_a_path(value: Any) -> None:
    for found in (items(value), every(value, "a"), every(value, "a", "b")):
        assert all(items(item) for item in found if not isinstance(item, list))


@pytest.mark.real_data
def test_no_real_text_is_taken_for_one_encoded_twice(shared_data: Path) -> None:
    with gzip.open(shared_data / "questions.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = [
            value
            for record in map(json.loads, lines)
            for value in (record["question_text"], record["answer_text"], record["title"])
            if value
        ]
    assert len(texts) > 4000
    assert [value for value in texts if repaired(value) != value] == []
