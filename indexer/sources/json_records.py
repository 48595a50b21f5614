"""Records of one kind out of JSON exports: one record a file, or all of them in one big file.

The big files are read as a stream of events and only the record at hand is built, so that memory
does not grow with the file. What a record means is the business of the source that asks for it.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import ijson

from indexer.errors import BadRecord
from indexer.sources.documents import Document
from indexer.sources.record_stream import RecordStream, without_leading

# Official records are 8 levels deep. A file that is all "[" would take 100 times its size.
MAX_DEPTH: Final = 64
_OPENING: Final = ("start_map", "start_array")
_CLOSING: Final = ("end_map", "end_array")
# What first_key() says of a list, and what stands for one among the keys of a path.
LIST: Final = "[]"


def first_key(document: Document) -> str | None:
    """Return the first key of a JSON object that is no XML attribute (``@…``).

    Returns:
        The key; :data:`LIST` for a list of objects; None for what begins as neither, and for
        interchange records, which are told by their lines or by their field ``question_text``.
    """
    if document.suffix in (".jsonl", ".ndjson") or b'"question_text"' in document.head:
        return None
    start = without_leading(document.head)
    if re.match(rb"\[\s*\{", start):
        return LIST
    match = re.match(rb'\{\s*(?:"@[^"]*"\s*:\s*"[^"]*"\s*,\s*)*"([^"\\]{1,80})"\s*:', start)
    return match[1].decode("utf-8", "replace") if match else None


def records(document: Document, name: str) -> Iterator[Any]:
    """Yield every object that stands under the key ``name``, alone or in a list.

    Items of a list that is the whole document count too; ``{"<name>": {…}}`` among them is
    unwrapped.

    Raises:
        BadRecord: the JSON is broken, too deep, or larger than a record can be; what came before
            has been yielded.
    """
    start = without_leading(document.head)
    if re.match(rb'\{\s*"' + re.escape(name.encode()) + rb'"\s*:\s*\{', start):
        yield _whole(document)[name]
        return
    with document.open() as stream:
        source = RecordStream(stream, document.name)
        # Without use_float, a number of 5,000 digits is undefined behaviour of the C backend.
        events = ijson.basic_parse(source, use_float=True)
        try:
            yield from _streamed(events, source, name)
        except _TooDeep as error:
            raise BadRecord(document.name, f"plus de {MAX_DEPTH} niveaux de JSON") from error
        except (ijson.JSONError, ValueError) as error:
            raise BadRecord(document.name, f"JSON illisible ({_first_line(error)})") from error


class _TooDeep(Exception):
    """The nesting is deeper than that of any record."""


def _whole(document: Document) -> dict[str, Any]:
    try:
        content = json.loads(without_leading(document.read()))
    except (ValueError, RecursionError) as error:
        raise BadRecord(document.name, f"JSON illisible ({error})") from error
    assert isinstance(content, dict)  # the caller saw its brace
    return content


def _streamed(events: Iterable[tuple[str, Any]], source: RecordStream, name: str) -> Iterator[Any]:
    """Yield the records of a stream; ``path`` is the key, or the mark of a list, of each level."""
    path: list[str] = []
    builder: Any = None
    record_depth = 0
    for event, value in events:
        if builder is None and event == "start_map" and _holds_records(path, name):
            builder, record_depth = ijson.ObjectBuilder(), len(path)
        if builder is not None:
            builder.event(event, value)
        _follow(path, event, value)
        if builder is None:
            source.next_record()
        elif len(path) == record_depth:
            yield _unwrapped(builder.value, name)
            builder = None
            source.next_record()


def _follow(path: list[str], event: str, value: Any) -> None:
    if event == "map_key":
        path[-1] = value
    elif event in _OPENING:
        path.append(LIST if event == "start_array" else "")
        if len(path) > MAX_DEPTH:
            raise _TooDeep
    elif event in _CLOSING:
        path.pop()


def _holds_records(path: list[str], name: str) -> bool:
    return path == [LIST] or path[-1:] == [name] or path[-2:] == [name, LIST]


def _unwrapped(record: dict[str, Any], name: str) -> Any:
    inner = record.get(name)
    return inner if isinstance(inner, dict) else record


def _first_line(error: Exception) -> str:
    message = error.args[0] if error.args else ""
    if isinstance(message, bytes):
        message = message.decode("utf-8", "replace")
    return str(message).strip().split("\n")[0]
