"""The text form of a question: one JSON object, written and read without loss.

The field names are those of public normalised collections (``uid``, ``type``, ``question_text``,
``answer_text``…); what those do not have is added only where it is known, and fields that are not
ours come back untouched. The corpus, ``questions export`` and ``questions import`` share this form.

>>> record = {"uid": "QANR5L15QE1", "type": "QE", "legislature": 15, "number": 1}
>>> to_record(from_record(record))["uid"]
'QANR5L15QE1'
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from indexer.question import Attribution, Comment, Question, Turn, parse_reference

# Written even when empty: every reader of the form may count on them.
_ALWAYS: Final = (
    "uid", "type", "legislature", "number", "author", "author_ref", "group", "ministry",
    "ministry_answering", "date_question", "date_answer", "title", "rubrique", "tete_analyse",
    "analyses", "status", "question_text", "answer_text", "question_html", "answer_html", "source",
    "source_url",
)  # fmt: skip
# Keys of the form whose names differ from the attribute's.
_ATTRIBUTE_OF: Final = {"type": "kind", "status": "closing_code"}
_NAME_OF: Final = {attribute: name for name, attribute in _ATTRIBUTE_OF.items()}
# Fields of public collections are two levels deep; deeper than this is made to break readers.
_MAX_FOREIGN_DEPTH: Final = 32
_UNUSABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class InvalidRecord(ValueError):
    """The record cannot be a question; the message names the field and what would be right."""


@dataclass(frozen=True, slots=True)
class _Codec:
    """How a field is read and written; ``is_text`` where a clean text is read as it is."""

    read: Callable[[Any], Any]
    write: Callable[[Any], Any]
    is_text: bool = False


def clean_text(text: str) -> str:
    """Return text that any encoder, page and terminal can hold: one kind of line end, no controls.

    Everything visible stays as it was written, no-break spaces included.
    """
    if text.isprintable():
        return text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNUSABLE.sub("", text)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError("un texte")
    return clean_text(value)


def _optional_text(value: Any) -> str | None:
    return _text(value) or None


def _integer(value: Any) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError("un nombre entier")
    number = int(value)
    if not 0 <= number <= 2**31:
        raise ValueError("un nombre entier positif")
    return number


def _date(value: Any) -> date | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise TypeError("une date AAAA-MM-JJ")
    return date.fromisoformat(value[:10])


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _list(read: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
    def reader(value: Any) -> tuple[Any, ...]:
        if value is None:
            return ()
        if not isinstance(value, list | tuple):
            raise TypeError("une liste")
        return tuple(read(item) for item in value)

    return reader


def _turn(value: Any) -> Turn:
    start, speaker = value
    return Turn(_integer(start) or 0, _text(speaker))


def _attribution(value: Any) -> Attribution:
    return Attribution(
        _date(value.get("date")),
        _optional_text(value.get("ministry")),
        _optional_text(value.get("ministry_short")),
    )


def _comment(value: Any) -> Comment:
    return Comment(
        _optional_text(value.get("id")),
        _optional_text(value.get("author")),
        _optional_text(value.get("date")),
        _text(value.get("text")),
    )


def _comment_record(comment: Comment) -> dict[str, Any]:
    return {
        "id": comment.id,
        "author": comment.author,
        "date": comment.date,
        "text": comment.text,
    }


def _attribution_record(attribution: Attribution) -> dict[str, Any]:
    return {
        "date": _iso(attribution.date),
        "ministry": attribution.ministry,
        "ministry_short": attribution.ministry_short,
    }


def _texts_by_name(value: Any) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise TypeError("un objet")
    return {_text(name): _text(item) for name, item in value.items()}


def _foreign(value: Any, depth: int = 0) -> Any:
    """Return a field that is not ours such as any encoder can write and any reader compare."""
    if depth > _MAX_FOREIGN_DEPTH:
        raise ValueError(f"plus de {_MAX_FOREIGN_DEPTH} niveaux")
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, Mapping):
        return {clean_text(str(key)): _foreign(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_foreign(item, depth + 1) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _same(value: Any) -> Any:
    return value


_OPTIONAL_TEXT = _Codec(_optional_text, _same, is_text=True)
_TEXT = _Codec(_text, _same, is_text=True)
_DATE = _Codec(_date, _iso)
_INTEGER = _Codec(_integer, _same)
_TEXTS = _Codec(_list(_text), list)

_CODECS: Final[Mapping[str, _Codec]] = {
    "chamber": _Codec(lambda value: _text(value) or "AN", _same),
    "type": _TEXT,
    "legislature": _INTEGER,
    "number": _INTEGER,
    "author": _OPTIONAL_TEXT,
    "author_ref": _OPTIONAL_TEXT,
    "group": _OPTIONAL_TEXT,
    "group_name": _OPTIONAL_TEXT,
    "department": _OPTIONAL_TEXT,
    "ministry": _OPTIONAL_TEXT,
    "ministry_short": _OPTIONAL_TEXT,
    "ministry_answering": _OPTIONAL_TEXT,
    "ministry_answering_short": _OPTIONAL_TEXT,
    "attributions": _Codec(
        _list(_attribution), lambda value: [_attribution_record(item) for item in value]
    ),
    "date_question": _DATE,
    "date_answer": _DATE,
    "date_signal": _DATE,
    "renewals": _Codec(_list(_date), lambda value: [_iso(item) for item in value]),
    "date_withdrawn": _DATE,
    "withdrawal_reason": _OPTIONAL_TEXT,
    "page_question": _INTEGER,
    "page_answer": _INTEGER,
    "status": _OPTIONAL_TEXT,
    "closing_label": _OPTIONAL_TEXT,
    "closing_date": _DATE,
    "title": _OPTIONAL_TEXT,
    "rubrique": _OPTIONAL_TEXT,
    "tete_analyse": _OPTIONAL_TEXT,
    "analyses": _TEXTS,
    "question_text": _TEXT,
    "answer_text": _TEXT,
    "answer_turns": _Codec(
        _list(_turn), lambda value: [[turn.start, turn.speaker] for turn in value]
    ),
    "question_html": _OPTIONAL_TEXT,
    "answer_html": _OPTIONAL_TEXT,
    "question_erratum": _OPTIONAL_TEXT,
    "answer_erratum": _OPTIONAL_TEXT,
    "comments": _Codec(_list(_comment), lambda value: [_comment_record(item) for item in value]),
    "source": _OPTIONAL_TEXT,
    "source_url": _OPTIONAL_TEXT,
    "sources": _TEXTS,
    "origins": _Codec(_texts_by_name, dict),
}


# Field → the attribute that it is kept in, how it is read, and whether a clean text stays as it is.
_READERS: Final[Mapping[str, tuple[str, Callable[[Any], Any] | None, bool]]] = {
    name: (_ATTRIBUTE_OF.get(name, name), codec.read, codec.is_text)
    for name, codec in _CODECS.items()
}
_NO_READER: Final = ("", None, False)


def name_of(attribute: str) -> str:
    """Return the field of the form that an attribute of :class:`Question` is written as."""
    return _NAME_OF.get(attribute, attribute)


def from_record(record: Mapping[str, Any]) -> Question:
    """Build a question from one JSON object.

    Raises:
        InvalidRecord: a field has the wrong type, or the key is missing or impossible.
    """
    values: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for written_name, value in record.items():
        name = written_name if written_name in _READERS else clean_text(str(written_name))
        attribute, read, is_text = _READERS.get(name, _NO_READER)
        try:
            if read is not None:
                if value is None:  # what a question has where nothing is said
                    continue
                is_clean = is_text and value.__class__ is str and value and value.isprintable()
                values[attribute] = value if is_clean else read(value)
            elif name != "uid":
                extra[name] = _foreign(value)
        except (TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
            raise InvalidRecord(f"champ « {name} » illisible ({error})") from error
    _complete_key(values, record.get("uid"))
    try:
        return Question(**values, extra=extra)
    except (TypeError, ValueError) as error:
        raise InvalidRecord(str(error)) from error


def _complete_key(values: dict[str, Any], uid: Any) -> None:
    """Fill the parts of the key that only the identifier states, and refuse a contradiction."""
    reference = parse_reference(uid) if isinstance(uid, str) else None
    if reference and reference.chamber:
        stated = ("legislature", reference.legislature), ("kind", reference.kind)
        for name, value in (*stated, ("number", reference.number), ("chamber", reference.chamber)):
            if values.setdefault(name, value) != value:
                raise InvalidRecord(f"« {uid} » contredit {name} = {values[name]}")
    for name in ("legislature", "kind", "number"):
        if values.get(name) in (None, ""):
            raise InvalidRecord(f"champ « {name} » absent ; attendu avec type et legislature")


def to_record(question: Question) -> dict[str, Any]:
    """Return the JSON object of a question; :func:`from_record` gives the same question back."""
    record: dict[str, Any] = {"uid": question.uid}
    for name, codec in _CODECS.items():
        value = getattr(question, _READERS[name][0])
        written = codec.write(value)
        if name in _ALWAYS or (written and not (name == "chamber" and value == "AN")):
            record[name] = written
    ordered = {name: record.pop(name) for name in _ALWAYS}
    return {**ordered, **record, **question.extra}


def to_line(question: Question) -> str:
    """Return the record as one line of JSON, without the line feed."""
    return json.dumps(to_record(question), ensure_ascii=False, separators=(",", ":"))
