"""Whole pages: their bytes to text, their first lines for recognition, their tree.

What a page declares about its encoding is never believed: pages stored in UTF-8 go on declaring
ISO-8859-15. The bytes are UTF-8 when they decode as such, else Windows-1252.

>>> decode("Sénat".encode("cp1252")), decode("Sénat".encode())
('Sénat', 'Sénat')
"""

import codecs
import html
import re
from typing import Final

from bs4 import BeautifulSoup
from bs4.builder import ParserRejectedMarkup
from bs4.element import Tag
from lxml import etree

from indexer.errors import BadRecord
from indexer.sources.documents import Document
from indexer.sources.markup import one_line, text_of

# The longest page known, minutes of a long debate, is under 1 MB; a tree takes fifty times that.
MAX_PAGE_BYTES: Final = 4 * 2**20
# Real pages have at most 3,000 elements, 25 deep. A tree takes about 2 kB an element, and the
# parser of fragments drops what is deeper than 2,048.
MAX_ELEMENTS: Final = 100_000
MAX_DEPTH: Final = 1_000
_CHUNK_BYTES: Final = 2**16
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_TITLE = re.compile(r"<title\b[^>]*>(.{0,2000}?)</title", re.IGNORECASE | re.DOTALL)
_XML_DECLARATION = re.compile(r"^\s*<\?xml\b[^>]{0,200}>", re.IGNORECASE)
_MARKUP = re.compile(r"<(?:!doctype|html|head|body|div|table|title)\b", re.IGNORECASE)


def decode(data: bytes) -> str:
    """Return the text of a document, trusting its byte order mark or its bytes alone."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace").replace("\ufeff", "")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def encoding_of(document: Document) -> str:
    """Return ``utf-8-sig`` or ``cp1252`` after reading the document once, a piece at a time."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with document.open() as stream:
        try:
            while chunk := stream.read(_CHUNK_BYTES):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def head_text(document: Document) -> str:
    """Return the first 16 kB as text, from its first visible character on."""
    try:
        # The last character may be cut in two; an incremental decoder waits for its end.
        text = codecs.getincrementaldecoder("utf-8")().decode(document.head)
    except UnicodeDecodeError:
        text = decode(document.head)
    return text.lstrip("\ufeff \t\r\n\x00")


def is_markup(head: str) -> bool:
    """Tell whether the beginning of a document is that of an HTML page."""
    return bool(_MARKUP.search(head))


def title_of(head: str) -> str:
    """Return the title of a page from its beginning, on one line; ``""`` where it has none."""
    match = _TITLE.search(head)
    return one_line(html.unescape(match[1])) if match else ""


def read_page(document: Document) -> str:
    """Return the text of a page.

    Raises:
        BadRecord: it is larger than a page can be.
    """
    with document.open() as stream:
        data = stream.read(MAX_PAGE_BYTES + 1)
    if len(data) > MAX_PAGE_BYTES:
        raise BadRecord(document.name, f"plus de {MAX_PAGE_BYTES // 2**20} Mo pour une page")
    return decode(data)


class _Census:
    """Counts the elements of a page as they are read, without keeping any."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._elements = self._depth = 0

    def start(self, tag: object, attrib: object) -> None:  # noqa: ARG002  # lxml names them
        self._elements += 1
        self._depth += 1
        if self._elements > MAX_ELEMENTS or self._depth > MAX_DEPTH:
            raise BadRecord(self._where, "page démesurée : trop d'éléments, ou imbriqués trop loin")

    def end(self, tag: object) -> None:  # noqa: ARG002  # the same
        self._depth -= 1

    def close(self) -> None:
        """Do nothing: the parser asks for it."""


def soup_of(markup: str, where: str) -> BeautifulSoup:
    """Return the tree of a page.

    Raises:
        BadRecord: it is no HTML, or it has more elements than a page can have.
    """
    # Beautiful Soup takes a bare word for a file's name, and XHTML for XML: it warns of both.
    markup = _XML_DECLARATION.sub("", markup)
    if "<" not in markup:
        raise BadRecord(where, "ce n'est pas une page HTML")
    try:
        census = _Census(where)
        etree.fromstring(markup, etree.HTMLParser(target=census))  # type: ignore[arg-type]  # text and comments are optional
        return BeautifulSoup(markup, "lxml")
    except (
        ParserRejectedMarkup,
        etree.LxmlError,
        ValueError,
        AssertionError,
        RecursionError,
    ) as error:
        raise BadRecord(where, "page HTML illisible") from error


def line_in(tag: Tag | None) -> str:
    """Return all the text of an element on one line; ``""`` for no element."""
    return one_line(paragraphs_in(tag))


def paragraphs_in(tag: Tag | None) -> str:
    """Return the paragraphs of an element; ``""`` for no element."""
    return text_of(tag.decode_contents()) if tag else ""


def href_of(tag: Tag | None) -> str:
    """Return where a link leads, ``""`` for no link."""
    href = tag.get("href") if tag else None
    return href.strip() if isinstance(href, str) else ""


def secure_url(url: str) -> str | None:
    """Return a web address over https, None for anything else."""
    match = re.match(r"https?://(?=[^\s/])", url, re.IGNORECASE)
    address = url[match.end() :].strip() if match else ""
    return f"https://{address}" if address and not re.search(r"[\s\"<>]", address) else None
