"""A line of the corpus read back as a whole question: four times as quick as its interchange form.

Lines are what ``interchange.to_line`` writes; anything else (another hand may have edited it, a
field may be a stranger) is read by ``interchange.from_record``, which mends or refuses it.

>>> line = b'{"uid":"QANR5L15QE1","type":"QE","legislature":15,"number":1,"title":"Loup"}'
>>> question_of_line(line).title
'Loup'
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from functools import cache
from itertools import count
from typing import Annotated, Any, Final, get_type_hints

from indexer.indexed_lines import is_to_clean
from indexer.interchange import from_record, name_of
from indexer.question import Question, Turn

# Reading so many slowly takes less than loading msgspec does: a fresh process that answers one
# search does without it.
_WORTH_LOADING: Final = 100
_read: Final = count()

_MOST: Final = 2**31


@cache
def _decoder() -> tuple[Callable[[bytes], Any], Callable[[Any], dict[str, Any]]]:
    """Return what decodes a line, and what gives the attributes of a question, and its uid."""
    # Not at the head: see _WORTH_LOADING.
    import msgspec  # noqa: PLC0415  # start-up cost

    text = Annotated[str, msgspec.Meta(min_length=1)]
    whole = Annotated[int, msgspec.Meta(ge=0, le=_MOST)]
    # What the interchange form takes for nothing must not come as something, nor what it refuses.
    narrower: Mapping[Any, Any] = {str | None: text | None, int | None: whole | None}
    hints = {name: narrower.get(hint, hint) for name, hint in get_type_hints(Question).items()}
    hints["answer_turns"] = tuple[tuple[whole, str], ...]
    members: list[Any] = [("stated_uid", str, msgspec.field(name="uid"))]
    for each in fields(Question):
        if each.name == "extra":
            continue
        default = msgspec.NODEFAULT if each.default is MISSING else each.default
        if each.default_factory is not MISSING:
            field = msgspec.field(name=name_of(each.name), default_factory=each.default_factory)
        else:
            field = msgspec.field(name=name_of(each.name), default=default)
        members.append((each.name, hints[each.name], field))
    stand_in = msgspec.defstruct(
        "StoredQuestion", members, kw_only=True, forbid_unknown_fields=True, gc=False
    )
    return msgspec.json.Decoder(stand_in).decode, msgspec.structs.asdict


def question_of_line(line: bytes) -> Question:
    """Return the question of a line.

    Raises:
        ValueError: the line is no record; :class:`interchange.InvalidRecord` names the field.
    """
    if next(_read) >= _WORTH_LOADING:
        question = _quickly(line)
        if question is not None:
            return question
    return from_record(json.loads(line))


def _quickly(line: bytes) -> Question | None:
    """Return the question of a line as it is written, None where it may be another's."""
    if is_to_clean(line):
        return None
    decode, values_of = _decoder()
    try:
        values = values_of(decode(line))
        uid = values.pop("stated_uid")
        if values["answer_turns"]:
            values["answer_turns"] = tuple([Turn(*turn) for turn in values["answer_turns"]])
        question = Question(**values)
    except (ValueError, RecursionError):
        return None
    return question if question.uid == uid else None
