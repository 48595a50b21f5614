"""A line of the corpus read back as a whole question: twice as quick as its interchange form.

Lines are what ``interchange.to_line`` writes; anything else (another hand may have edited it, a
field may be a stranger) is read by ``interchange.from_record``, which mends or refuses it.

>>> line = b'{"uid":"QANR5L15QE1","type":"QE","legislature":15,"number":1,"title":"Loup"}'
>>> question_of_line(line).title
'Loup'
"""

from collections.abc import Callable, Mapping
from functools import cache
from itertools import count
from typing import Annotated, Any, Final, cast, get_type_hints

from indexer.indexed_lines import is_to_clean, mended_question, stand_in
from indexer.question import Question, Turn, properties_of_question

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
    turn = msgspec.defstruct("StoredTurn", [("start", whole), ("speaker", str)], array_like=True)
    hints["answer_turns"] = tuple[turn, ...]  # type: ignore[valid-type]  # made just now
    # One without extra fields only is read so.
    namespace = {**properties_of_question(), "extra": {}}
    made = stand_in(
        "StoredQuestion",
        frozenset({"extra"}),
        hints,
        namespace=namespace,
        forbid_unknown_fields=True,
    )
    return msgspec.json.Decoder(made).decode, msgspec.structs.asdict


def question_of_line(line: bytes) -> Question:
    """Return the question of a line.

    Raises:
        ValueError: the line is no record; :class:`interchange.InvalidRecord` names the field.
    """
    found = shown_question(line)
    return found if isinstance(found, Question) else _whole(found)


def shown_question(line: bytes) -> Question:
    """Return the question of a line to be read only: not a Question itself, but with all it has.

    Raises:
        ValueError: the line is no record; :class:`interchange.InvalidRecord` names the field.
    """
    if next(_read) >= _WORTH_LOADING:
        question = _quickly(line)
        if question is not None:
            return question
    return mended_question(line)


def _quickly(line: bytes) -> Question | None:
    """Return what a line says as it is written, None where it may be another's."""
    if is_to_clean(line):
        return None
    try:
        found = _decoder()[0](line)
        Question.__post_init__(found)
    except (ValueError, RecursionError):
        return None
    return cast("Question", found) if found.uid == found.stated_uid else None


def _whole(found: Question) -> Question:
    values = _decoder()[1](found)
    del values["stated_uid"]
    if found.answer_turns:
        values["answer_turns"] = tuple([Turn(t.start, t.speaker) for t in found.answer_turns])
    return Question(**values)
