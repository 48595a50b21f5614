"""Whole pages: encodings, first lines, trees."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import BadRecord, SourceError
from indexer.sources import page
from indexer.sources.documents import HEAD_BYTES, Document


def document(data: bytes) -> Document:
    return Document("page.html", "page.html", lambda: io.BytesIO(data))


@pytest.mark.parametrize(
    "data",
    [
        "Été".encode(),
        "Été".encode("utf-8-sig"),
        "Été".encode("cp1252"),
        "Été".encode("utf-16"),
    ],
)
def test_the_bytes_tell_the_encoding(data: bytes) -> None:
    assert page.decode(data) == "Été"
    assert page.head_text(document(data)) == "Été"


def test_a_page_that_declares_another_encoding_is_not_believed() -> None:
    data = '<meta charset="iso-8859-15"><p>Sénat, cœur</p>'.encode()
    assert page.paragraphs_in(page.soup_of(page.decode(data), "x").p) == "Sénat, cœur"


def test_a_byte_that_windows_leaves_undefined_does_not_stop_the_reading() -> None:
    assert page.decode(b"l'\x90\xc9tat").endswith("État")


@pytest.mark.parametrize("cut", range(4))
def test_a_character_cut_at_the_end_of_the_head_does_not_change_its_encoding(cut: int) -> None:
    text = "é" + "x" * (HEAD_BYTES - 2 - cut) + "😀"
    assert page.head_text(document(text.encode())).startswith("éx")


def test_the_encoding_of_a_whole_file_is_found_past_its_head() -> None:
    ascii_head = b"x" * 200_000
    assert page.encoding_of(document(ascii_head + "é".encode())) == "utf-8-sig"
    assert page.encoding_of(document(ascii_head + "é".encode("cp1252"))) == "cp1252"
    assert page.encoding_of(document(ascii_head + "é".encode()[:1])) == "cp1252"


def test_the_title_is_read_on_one_line_with_its_entities() -> None:
    assert page.title_of("<TITLE lang=fr>Sénat\n &amp; &eacute;t&eacute;</title>") == "Sénat & été"
    assert page.title_of("<p>rien") == ""


def test_a_page_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MAX_PAGE_BYTES", 10)
    assert page.read_page(document(b"x" * 10)) == "x" * 10
    with pytest.raises(BadRecord, match="pour une page"):
        page.read_page(document(b"x" * 11))


def test_a_text_without_any_tag_is_no_page() -> None:
    with pytest.raises(BadRecord, match="pas une page HTML"):
        page.soup_of("page.html", "x")


def test_a_page_that_calls_itself_xml_is_read_as_html() -> None:
    soup = page.soup_of('<?xml version="1.0" encoding="UTF-8"?>\n<p>Un<br>deux</p>', "x")
    assert page.paragraphs_in(soup.p) == "Un\ndeux"
    assert page.line_in(soup.p) == "Un deux"


@pytest.mark.parametrize("markup", ["<div>" * 50_000, "<b>x</b>" * 100_001])
def test_a_page_made_to_exhaust_memory_is_refused(markup: str) -> None:
    with pytest.raises(BadRecord, match="démesurée"):
        page.soup_of(markup, "x")


def test_what_is_nested_deeper_than_any_real_page_is_still_read() -> None:
    assert page.line_in(page.soup_of("<div>" * 900 + "fond", "x")) == "fond"


def test_no_element_has_no_text() -> None:
    assert (page.line_in(None), page.paragraphs_in(None), page.href_of(None)) == ("", "", "")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://www.senat.fr/a.html", "https://www.senat.fr/a.html"),
        ("HTTPS://exemple.fr", "https://exemple.fr"),
        ("javascript:alert(1)", None),
        ("http://", None),
        ("http://a b", None),
        ('http://a"onclick="x', None),
        ("", None),
    ],
)
def test_only_web_addresses_are_kept_and_they_become_secure(url: str, expected: str | None) -> None:
    assert page.secure_url(url) == expected


@given(st.binary(max_size=3000))
def test_no_bytes_raise_anything_but_a_source_error(data: bytes) -> None:
    text = page.decode(data)
    assert page.title_of(page.head_text(document(data))).isprintable() or text
    try:
        soup = page.soup_of(text, "x")
    except SourceError:
        assert "<" not in text
    else:
        assert isinstance(page.line_in(soup), str)
