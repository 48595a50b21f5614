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

from indexer.indexed_lines import is_to_clean, mended_question, properties_of_question, stand_in
from indexer.question import Question, Turn

# Reading so many slowly takes less than loading msgspec does: a fresh process that answers one
# search does without it.
_WORTH_LOADING: Final = 100
_read: Final = count()
_MOST: Final = 2**31


@cache
def _readers() -> tuple[Callable[[bytes], Any], Callable[[bytes], Any], Callable[[Any], Any]]:
    """Return what decodes a line to all of a question, what decodes it to be shown, and ``asdict``.

    The first has a question's attributes and its stated uid, and refuses a field that is no
    question's; the second leaves it out.
    """
    # Not at the head: see _WORTH_LOADING.
    import msgspec  # noqa: PLC0415  # start-up cost

    text = Annotated[str, msgspec.Meta(min_length=1)]
    whole = Annotated[int, msgspec.Meta(ge=0, le=_MOST)]
    # What the interchange form takes for nothing must not come as something, nor what it refuses.
    narrower: Mapping[Any, Any] = {str | None: text | None, int | None: whole | None}
    hints = {name: narrower.get(hint, hint) for name, hint in get_type_hints(Question).items()}
    turn = msgspec.defstruct("StoredTurn", [("start", whole), ("speaker", str)], array_like=True)
    hints["answer_turns"] = tuple[turn, ...]  # type: ignore[valid-type]  # made just now
    stored = stand_in(
        "StoredQuestion", frozenset({"extra"}), hints, namespace=properties_of_question(),
        forbid_unknown_fields=True,
    )  # fmt: skip
    # Of the fields that are no question's, the one that its properties ask for.
    shown = msgspec.defstruct(
        "ShownQuestion",
        [("fictional", Any, None)],
        bases=(stored,),
        namespace={"extra": property(lambda self: {"fictional": self.fictional})},
        kw_only=True,
        gc=False,
        forbid_unknown_fields=False,
    )
    whole_line, shown_line = (msgspec.json.Decoder(each).decode for each in (stored, shown))
    return whole_line, shown_line, msgspec.structs.asdict


def question_of_line(line: bytes) -> Question:
    """Return the question of a line.

    Raises:
        ValueError: the line is no record; :class:`interchange.InvalidRecord` names the field.
    """
    return _whole(line) or mended_question(line)


def shown_question(line: bytes) -> Question:
    """Return what a page shows of the question of a line, to be read only.

    It has the attributes of a question, but is none; of ``extra`` there is what they ask for.

    Raises:
        ValueError: the line is no record; :class:`interchange.InvalidRecord` names the field.
    """
    return _quickly(line, 1) or mended_question(line)


def _quickly(line: bytes, reader: int) -> Question | None:
    """Return what a line says as it is written, None where it may be another's."""
    if next(_read) < _WORTH_LOADING or is_to_clean(line):
        return None
    try:
        found = _readers()[reader](line)
        Question.__post_init__(found)
    except (ValueError, RecursionError):
        return None
    return cast("Question", found) if found.uid == found.stated_uid else None


def _whole(line: bytes) -> Question | None:
    found = _quickly(line, 0)
    if found is None:
        return None
    values: dict[str, Any] = _readers()[2](found)
    del values["stated_uid"]
    if found.answer_turns:
        values["answer_turns"] = tuple([Turn(t.start, t.speaker) for t in found.answer_turns])
    return Question(**values)
