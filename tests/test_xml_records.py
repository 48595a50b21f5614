import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from indexer.errors import BadRecord
from indexer.sources import record_stream, xml_records
from indexer.sources.documents import Document
from indexer.sources.xml_records import has_element, records, root_name

LAUGHS = "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' if n else '<!ENTITY a0 "ha">' for n in range(12)
)


def document(content: bytes | str, name: str = "essai.xml") -> Document:
    data = content.encode() if isinstance(content, str) else content
    return Document(name, name, lambda: io.BytesIO(data))


def read_to_the_end(content: bytes | str) -> tuple[list[Any], str]:
    """Return the records before the break, and what is said of it."""
    found: list[Any] = []
    try:
        found.extend(records(document(content), "question"))
    except BadRecord as error:
        return found, str(error)
    return found, ""


def read(content: bytes | str, name: str = "question") -> list[Any]:
    return list(records(document(content), name))


@pytest.fixture
def requests() -> Iterator[list[str]]:
    """Serve on the loopback interface; what was asked for, at the address in the first item."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'<!ENTITY secret "secret">')

        def log_message(self, *_arguments: object) -> None:
            """Keep quiet."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        asked.append(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield asked
        server.shutdown()
        thread.join()


def test_elements_attributes_and_lists_become_nested_objects() -> None:
    xml = """<w><question id="7"><a>un</a><b>deux</b><b>trois</b><b/><c d="quatre">cinq</c>
             <e><f> six </f></e><!-- rien --><?rien rien?></question></w>"""
    assert read(xml) == [
        {
            "@id": "7",
            "a": "un",
            "b": ["deux", "trois", None],
            "c": {"@d": "quatre", "#text": "cinq"},
            "e": {"f": "six"},
        }
    ]


def test_namespaces_are_left_out_and_nil_is_nothing() -> None:
    xml = """<question xmlns="http://schemas.assemblee-nationale.fr/referentiel"
             xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="QuestionEcrite_Type">
             <uid>U</uid><cloture xsi:nil="true"/><signalement xsi:nil="false">x</signalement>
             </question>"""
    assert read(xml) == [
        {
            "@xsi:type": "QuestionEcrite_Type",
            "uid": "U",
            "cloture": None,
            "signalement": {"@xsi:nil": "false", "#text": "x"},
        }
    ]


def test_a_comment_does_not_cut_a_text() -> None:
    assert read("<question><a>un <!-- deux -->trois<?q?> quatre</a></question>") == [
        {"a": "un trois quatre"}
    ]


def test_escaped_markup_cdata_and_plain_elements_in_a_text_are_the_same_markup() -> None:
    bodies = ("&lt;p>a &amp;amp; b&lt;/p>", "<![CDATA[<p>a &amp; b</p>]]>", "<p>a &amp; b</p>")
    for body in bodies:
        assert read(f"<question><texte>{body}</texte></question>") == [
            {"texte": "<p>a &amp; b</p>"}
        ]


def test_a_record_inside_a_record_is_part_of_it() -> None:
    xml = "<w><question><n>1</n><question><n>2</n></question></question><question/></w>"
    assert read(xml) == [{"n": "1", "question": {"n": "2"}}, None]


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "cp1252"])
def test_the_declared_encoding_is_read(encoding: str) -> None:
    xml = f'<?xml version="1.0" encoding="{encoding}"?><question><a>été</a></question>'
    assert read(xml.encode(encoding)) == [{"a": "été"}]


def test_a_byte_order_mark_and_white_space_may_come_before_the_declaration() -> None:
    xml = b'\xef\xbb\xbf\r\n  <?xml version="1.0" encoding="UTF-8"?><question><a>1</a></question>'
    assert read(xml) == [{"a": "1"}]


def test_what_comes_before_broken_xml_is_still_read() -> None:
    found, error = read_to_the_end("<w><question><n>1</n></question><question><n>2</n></w>")
    assert found == [{"n": "1"}]
    assert "essai.xml : XML illisible" in error


@pytest.mark.parametrize(
    "content",
    [
        "",
        "<question>",
        "<question>&eacute;</question>",
        "<question></questio>",
        b"<question>\xe9</question>",
    ],
)
def test_broken_xml_names_the_file(content: bytes | str) -> None:
    with pytest.raises(BadRecord, match=r"essai\.xml : XML illisible"):
        read(content)


@pytest.mark.parametrize("depth", [300, 100_000])
def test_nesting_without_end_is_refused(depth: int) -> None:
    with pytest.raises(BadRecord, match="XML illisible"):
        read("<question>" + "<a>" * depth + "</a>" * depth + "</question>")


@pytest.mark.parametrize(
    "dtd",
    [
        LAUGHS,
        '<!ENTITY a11 "x">',
        '<!ENTITY a11 SYSTEM "file:///etc/hostname">',
        '<!ENTITY % a11 SYSTEM "file:///etc/hostname"> %a11;',
        f"<!-- {'a' * 20_000} -->{LAUGHS}",
    ],
    ids=["laughs", "plain", "file", "parameter", "hidden after the head"],
)
@pytest.mark.parametrize("use", ["<a>&a11;</a>", "<a b='&#38;'>1</a>"])
def test_a_document_that_defines_entities_is_refused(dtd: str, use: str) -> None:
    with pytest.raises(BadRecord, match="entités"):
        read(f"<!DOCTYPE question [{dtd}]><question>{use}</question>")


def test_a_document_that_opens_with_entities_reaches_no_parser(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(etree, "iterparse")
    with pytest.raises(BadRecord, match="entités"):
        read('<!DOCTYPE question [<!ENTITY a "b">]><question/>')


def test_entities_in_the_attributes_of_the_root_do_not_expand() -> None:
    hidden = f"<!-- {'a' * 20_000} -->"
    with pytest.raises(BadRecord):
        read(f"<!DOCTYPE question [{hidden}{LAUGHS}]><question b='&a11;'><n>1</n></question>")


def test_a_plain_doctype_is_no_danger() -> None:
    assert read("<!DOCTYPE question><question><n>1</n></question>") == [{"n": "1"}]


@pytest.mark.parametrize("body", ["<n>&e;</n>", "<texte>&e;</texte>", "<texte><p>&e;</p></texte>"])
def test_no_file_is_read(tmp_path: Path, body: str) -> None:
    dtd = tmp_path / "secret.dtd"
    dtd.write_text('<!ENTITY e "secret"><!BROKEN', encoding="utf-8")
    doctype = f'<!DOCTYPE question SYSTEM "{dtd.as_uri()}">'
    assert read(f"{doctype}<question><m>1</m></question>") == [{"m": "1"}]
    with pytest.raises(BadRecord, match="entités"):
        read(f"{doctype}<question>{body}<m>1</m></question>")


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE question SYSTEM "{address}/external.dtd">',
        '<!DOCTYPE question [<!ENTITY % p SYSTEM "{address}/parameter.dtd"> %p;]>',
        '<!DOCTYPE question [<!-- {padding} --><!ENTITY % p SYSTEM "{address}/late.dtd"> %p;]>',
        '<!DOCTYPE question [<!-- {padding} --><!ENTITY e SYSTEM "{address}/entity.txt">]>',
    ],
)
def test_nothing_is_fetched(requests: list[str], doctype: str) -> None:
    filled = doctype.replace("{address}", requests[0]).replace("{padding}", "a" * 20_000)
    with pytest.raises(BadRecord, match="entités"):
        read(f"{filled}<question><n>&e;</n><n>1</n></question>")
    assert requests[1:] == []


def test_a_record_that_was_read_leaves_nothing_before_it_and_nothing_in_it() -> None:
    root = etree.fromstring("<w><a/>x<question><n>1</n></question>y<b/></w>")
    xml_records._forget(root[1])
    assert etree.tostring(root) == b"<w><question/><b/></w>"


def test_a_record_that_is_too_large_stops_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_stream, "MAX_RECORD_BYTES", 2**20)
    small, large = "<question><n>1</n></question>", f"<question>{'<n>1</n>' * 2**18}</question>"
    found, error = read_to_the_end(f"<w>{small}{small}{large}{small}</w>")
    assert found == [{"n": "1"}, {"n": "1"}]
    assert "plus de 1 Mo" in error


def test_many_records_that_are_large_together_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_stream, "MAX_RECORD_BYTES", 2**20)
    small = f"<question><n>{'a' * 1000}</n></question>"
    assert len(read(f"<w>{small * 3000}</w>")) == 3000


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"<question>", "question"),
        (b"\xef\xbb\xbf\n<?xml version='1.0'?>\n<!-- <a> -->\n<QUESTION TYPE='QE'>", "QUESTION"),
        (b"<!DOCTYPE q [<!ENTITY a 'b'>]><an:question xmlns:an='x'>", "question"),
        (b"<!DOCTYPE html><html>", "html"),
        (b"<?xml version='1.0'?>", ""),
        (b'{"question": 1}', ""),
        (b"<<<<", ""),
        (b"\xff\x00<\x00q", ""),
        (b"", ""),
    ],
)
def test_the_root_is_read_from_the_head(head: bytes, expected: str) -> None:
    assert root_name(head) == expected


def test_an_element_is_found_by_its_whole_name() -> None:
    head = b"<w><questions><an:question a='1'><acteurRef>"
    assert has_element(head, "question")
    assert has_element(head, "questions")
    assert not has_element(head, "acteur")
