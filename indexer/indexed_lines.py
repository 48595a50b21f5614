"""A line of the corpus read for the index: what is searched and filtered, and nothing else.

Lines are what ``interchange.to_line`` writes, so their fields need no mending; a line that is
anything else (another hand may have edited it) is read by ``interchange.from_record``, which does.
Reading one takes 5 µs instead of 40, which is a quarter of what a question costs the index.

>>> line = b'{"uid":"QANR5L15QE1","type":"QE","legislature":15,"number":1,"title":"Loup"}'
>>> indexed_question(line).title
'Loup'
"""

import json
from collections.abc import Callable
from dataclasses import MISSING, fields
from functools import cache
from typing import Any, Final, cast, get_type_hints

from indexer.interchange import InvalidRecord, from_record, name_of
from indexer.native import kernel
from indexer.question import KINDS, Question

# What an index has no use for: markup, who else says the same, what only a page shows.
LEFT_OUT: Final = frozenset(
    {
        "answer_html", "answer_turns", "comments", "extra", "origins", "question_html", "source",
        "source_url", "sources",
    }
)  # fmt: skip

# Every control character but the line feed and the tab is written with one of these.
_TO_CLEAN: Final = (b"\\u", b"\\r", b"\\b", b"\\f")


@cache
def _decoder() -> Any:
    """Return what decodes a line to an object that has what a question has but ``LEFT_OUT``."""
    # Not at the head: those who only search have no use for it, and it takes 0.02 s.
    import msgspec  # noqa: PLC0415  # start-up cost

    hints = get_type_hints(Question)
    members: list[Any] = [("stated_uid", str, msgspec.field(name="uid"))]
    for each in fields(Question):
        if each.name in LEFT_OUT:
            continue
        name = name_of(each.name)
        is_needed = each.default is MISSING
        field = msgspec.field(name=name, default=msgspec.NODEFAULT if is_needed else each.default)
        members.append((each.name, hints[each.name], field))
    read = {name: value for name, value in vars(Question).items() if isinstance(value, property)}
    stand_in = msgspec.defstruct(
        "IndexedQuestion", members, namespace=read, kw_only=True, frozen=True, gc=False
    )
    return msgspec.json.Decoder(stand_in)


def is_to_clean_in_python(line: bytes) -> bool:
    """Tell whether a line may hold what :func:`interchange.clean_text` would take out."""
    # One byte is looked for first: it is much quicker than looking for all the marks.
    return (b"\\" in line and any(mark in line for mark in _TO_CLEAN)) or b"\x7f" in line


is_to_clean: Final[Callable[[bytes], bool]] = (
    is_to_clean_in_python if kernel is None else kernel.is_to_clean
)


def indexed_question(line: bytes) -> Question:
    """Return the question of a line, to be read only; ``LEFT_OUT`` may be missing from it.

    Raises:
        ValueError: the line is no record; :class:`interchange.InvalidRecord` names the field.
    """
    if is_to_clean(line):
        return _mended(line)
    try:
        found = _decoder().decode(line)
    except (ValueError, RecursionError):
        return _mended(line)
    if found.stated_uid != found.uid or found.kind not in KINDS:
        return _mended(line)
    return cast("Question", found)


def stated_uid(question: Question) -> str:
    """Return the identifier of a question that was read here; a line that was not mended has it."""
    stated: str | None = getattr(question, "stated_uid", None)
    return stated or question.uid


def _mended(line: bytes) -> Question:
    try:
        record = json.loads(line)
    except RecursionError as error:
        raise InvalidRecord("trop de niveaux") from error
    if not isinstance(record, dict):
        raise InvalidRecord("un objet JSON est attendu")
    return from_record(record)
