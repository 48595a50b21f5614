"""Is a fetched file what its name says? A portal in trouble answers 200 with a page of apologies.

Only the container is looked at: whether there are questions inside is the business of an import.

>>> import pathlib, tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     page = pathlib.Path(folder, "page")
...     _ = page.write_text("<!DOCTYPE html><title>Maintenance</title>")
...     what_is_wrong(page, "questions.csv")
'une page web au lieu du fichier'
"""

import re
import zipfile
import zlib
from pathlib import Path
from typing import Final

from indexer.sources.documents import MAX_ARCHIVE_BYTES, MAX_MEMBERS

_HEAD_BYTES: Final = 4_096
_ZIP_MAGIC: Final = b"PK\x03\x04"
_UTF8_MARK: Final = b"\xef\xbb\xbf"
_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
# What zipfile lets through from a damaged, encrypted or exotic archive.
_ZIP_ERRORS: Final = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip


def what_is_wrong(path: Path, name: str) -> str | None:
    """Return in French what a file is that it should not be, None where all is well.

    Args:
        path: where the bytes are.
        name: the name that they shall have: ``.zip`` and ``.csv`` are held to their format, every
            other one but ``.htm`` and ``.html`` must at least be no web page.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    suffix = Path(name).suffix.lower()
    if not head:
        return "un fichier vide"
    if suffix not in (".htm", ".html") and _HTML.search(head):
        return "une page web au lieu du fichier"
    if suffix == ".zip":
        return _wrong_zip(path, head)
    if suffix == ".csv":
        return _wrong_csv(head)
    return None


def _wrong_csv(head: bytes) -> str | None:
    text = head.removeprefix(_UTF8_MARK).lstrip()
    if text.startswith((b"<", b"{", _ZIP_MAGIC)) or b"\x00" in text:
        return "autre chose qu'un tableau CSV"
    return None


def _wrong_zip(path: Path, head: bytes) -> str | None:
    if not head.startswith(_ZIP_MAGIC) or not zipfile.is_zipfile(path):
        return "autre chose qu'une archive zip entière"
    try:
        with zipfile.ZipFile(path) as archive:
            return _wrong_members(archive)
    except _ZIP_ERRORS:
        return "une archive zip endommagée"


def _wrong_members(archive: zipfile.ZipFile) -> str | None:
    members = archive.infolist()
    # Bounds first: the test decompresses everything, though never more than is declared.
    if len(members) > MAX_MEMBERS or sum(m.file_size for m in members) > MAX_ARCHIVE_BYTES:
        return "une archive zip démesurée"
    return "une archive zip endommagée" if archive.testzip() else None
