"""A line of the corpus read for the index: what is searched and filtered, and nothing else.

Lines are what ``interchange.to_line`` writes, so their fields need no mending; a line that is
anything else (another hand may have edited it) is read by ``interchange.from_record``, which does.
Reading one takes 6 µs instead of 40, and 4.5 where many are read at once: their long texts are left
out by the JSON reader, which is slow at French, and read natively.

>>> line = b'{"uid":"QANR5L15QE1","type":"QE","legislature":15,"number":1,"title":"Loup"}'
>>> indexed_question(line).title
'Loup'
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, fields
from functools import cache, lru_cache
from itertools import repeat
from operator import add, attrgetter
from typing import Annotated, Any, Final, NamedTuple, cast, get_type_hints

from indexer.interchange import InvalidRecord, from_record, name_of
from indexer.native import kernel
from indexer.question import KINDS, Chamber, Key, Question, uid_of

# What an index has no use for: markup, who else says the same, what only a page shows.
LEFT_OUT: Final = frozenset(
    {
        "answer_html", "answer_turns", "comments", "extra", "origins", "question_html", "source",
        "source_url", "sources",
    }
)  # fmt: skip

_READ: Final = tuple(each.name for each in fields(Question) if each.name not in LEFT_OUT)

# Those that are as long as all others together.
_LONG_TEXTS: Final = ("question_text", "answer_text")

# Every control character but the line feed and the tab is written with one of these.
_TO_CLEAN: Final = (b"\\u", b"\\r", b"\\b", b"\\f")


def stand_in(name: str, left_out: frozenset[str], hints: Mapping[str, Any], **options: Any) -> Any:
    """Return what a line is decoded to: a type with the fields of a question, and its stated uid.

    Args:
        name: of the type.
        left_out: fields that it does not have.
        hints: the types of the others.
        options: of ``msgspec.defstruct``.
    """
    # Not at the head: those who search once have no use for it, and it takes 0.02 s.
    import msgspec  # noqa: PLC0415  # start-up cost

    members: list[Any] = [("stated_uid", str, msgspec.field(name="uid"))]
    for each in fields(Question):
        if each.name in left_out:
            continue
        default: dict[str, Any] = {}
        if each.default is not MISSING:
            default["default"] = each.default
        elif each.default_factory is not MISSING:
            default["default_factory"] = each.default_factory
        field = msgspec.field(name=name_of(each.name), **default)
        members.append((each.name, hints[each.name], field))
    return msgspec.defstruct(name, members, kw_only=True, gc=False, **options)


def properties_of_question() -> dict[str, Any]:
    """Return what is computed of a question, by name: for what stands in for one."""
    return {name: value for name, value in vars(Question).items() if isinstance(value, property)}


@cache
def _decoders() -> tuple[Callable[[bytes], Any], Callable[[bytes], Any]]:
    """Return what decodes a line, and what leaves its long texts as they stand in it."""
    import msgspec  # noqa: PLC0415  # start-up cost

    # The interchange form takes an empty text for none.
    text = Annotated[str, msgspec.Meta(min_length=1)] | None
    told = get_type_hints(Question)
    hints = {name: text if hint == str | None else hint for name, hint in told.items()}
    raw = hints | dict.fromkeys(_LONG_TEXTS, msgspec.Raw)
    properties = properties_of_question()
    whole = stand_in("IndexedQuestion", LEFT_OUT, hints, namespace=properties, frozen=True)
    short = stand_in("ShortlyReadQuestion", LEFT_OUT, raw, namespace=properties)
    return msgspec.json.Decoder(whole).decode, msgspec.json.Decoder(short).decode


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
        return mended_question(line)
    try:
        found = _decoders()[0](line)
    except (ValueError, RecursionError):
        return mended_question(line)
    if found.stated_uid != uid_of(found) or found.kind not in KINDS:
        return mended_question(line)
    return cast("Question", found)


class Batch(NamedTuple):
    """Some questions, and by attribute what each has; ``uid`` is what it states."""

    questions: list[Question]
    columns: Mapping[str, tuple[Any, ...]]


def indexed_questions(lines: list[bytes]) -> Batch:
    """Return the questions of some lines, each as :func:`indexed_question` reads it.

    Raises:
        ValueError: a line is no record.
    """
    found = _read_shortly(lines)
    if found is None:
        return batch_of(list(map(indexed_question, lines)))
    questions, elsewhere = found
    batch = batch_of(questions)
    elsewhere.update(_contradicted(batch.columns))
    if not elsewhere:
        return batch
    for place in elsewhere:
        questions[place] = indexed_question(lines[place])
    return batch_of(questions)


def _read_shortly(lines: list[bytes]) -> tuple[list[Question], set[int]] | None:
    """Return the questions of lines, and the places of those that are to be read elsewhere.

    Returns:
        None where not even that can be told.
    """
    if kernel is None:
        return None
    try:
        found = list(map(_decoders()[1], lines))
    except (ValueError, RecursionError):
        return None
    elsewhere = {*kernel.read_json_texts(found, _LONG_TEXTS), *kernel.lines_to_clean(lines)}
    return found, elsewhere


def _contradicted(columns: Mapping[str, tuple[Any, ...]]) -> Iterator[int]:
    """Yield the places of questions that state another uid than theirs, or are of no kind."""
    stated, kinds = columns["uid"], columns["kind"]
    keys = set(zip(columns["chamber"], columns["legislature"], kinds, strict=True))
    starts: Iterable[str] = map(_uid_start, columns["chamber"], columns["legislature"], kinds)
    if len(keys) == 1:  # those of a file
        starts = repeat(_uid_start(*keys.pop()))
    uids = tuple(map(add, starts, map(str, columns["number"])))
    if stated == uids and KINDS.keys() >= set(kinds):
        return
    for place, (one, other, kind) in enumerate(zip(stated, uids, kinds, strict=True)):
        if one != other or kind not in KINDS:
            yield place


@lru_cache(maxsize=1000)  # there are some dozen
def _uid_start(chamber: Chamber, legislature: int, kind: str) -> str:
    """Return what all uids of a chamber, a legislature and a kind begin with."""
    return uid_of(Key(chamber, legislature, kind, 0)).removesuffix("0")


def batch_of(questions: list[Question]) -> Batch:
    """Return questions with what they have of each attribute that is indexed.

    >>> batch_of([Question(legislature=15, kind="QE", number=1)]).columns["uid"]
    ('QANR5L15QE1',)
    """
    import msgspec  # noqa: PLC0415  # start-up cost

    rows: list[tuple[Any, ...]]
    try:
        rows = list(map(msgspec.structs.astuple, cast("list[Any]", questions)))
    except TypeError:  # a question that was mended
        rows = list(map(attrgetter("uid", *_READ), questions))
    columns = zip(*rows, strict=True) if rows else repeat(())
    return Batch(questions, dict(zip(("uid", *_READ), columns, strict=False)))


def mended_question(line: bytes) -> Question:
    """Return the whole question of a line that another hand may have written.

    Raises:
        InvalidRecord: the line is no record; the message names the field.
        ValueError: it is no JSON.
    """
    try:
        record = json.loads(line)
    except RecursionError as error:
        raise InvalidRecord("trop de niveaux") from error
    if not isinstance(record, dict):
        raise InvalidRecord("un objet JSON est attendu")
    return from_record(record)
