"""Two records of one question, from different sources or days, into one that loses nothing.

Pure: it reads and writes no file. Each field comes from the more official source that has it
(``indexer.sources.PRECEDENCE``); between two records of one source the later import wins. What is
empty never replaces what is known. The result does not depend on the order in which two sources
came.

>>> page = Question(legislature=15, kind="QE", number=1, title="Loups", sources=("page_text",))
>>> official = Question(legislature=15, kind="QE", number=1, sources=("assemblee_json",))
>>> merged = merge(page, official)
>>> merged.title, merged.sources, dict(merged.origins)
('Loups', ('assemblee_json', 'page_text'), {'title': 'page_text'})
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from indexer.closing import Closing, closing_status
from indexer.question import Comment, Question
from indexer.sources import PRECEDENCE

_KEY: Final = ("chamber", "legislature", "kind", "number")
_UNITED: Final = ("comments", "extra", "sources", "origins")
_CLOSING: Final = ("closing_code", "closing_label", "closing_date")
# A field that means nothing without another one: offsets into a text, the short form of a name.
# Where the two records differ in the leading field, the follower comes with the one chosen.
_FOLLOWERS: Final[Mapping[str, str]] = {
    "answer_turns": "answer_text",
    "ministry_short": "ministry",
    "ministry_answering_short": "ministry_answering",
    "group_name": "group",
}
_SINGLE: Final = tuple(
    entry.name
    for entry in fields(Question)
    if entry.name not in {*_KEY, *_UNITED, *_CLOSING, *_FOLLOWERS}
)

_Rank = tuple[int, str]


@dataclass(frozen=True, slots=True)
class _Choice:
    """A field's value and the source that it is from."""

    value: Any
    origin: str


def merge(known: Question, incoming: Question) -> Question:
    """Return one record of a question out of the known one and an incoming one.

    Raises:
        ValueError: they are not the same question.
    """
    if known.key != incoming.key:
        raise ValueError(f"{known.uid} et {incoming.uid} ne sont pas la même question")
    if known == incoming:
        return known
    chosen = dict(_choices(known, incoming))
    sources = tuple(sorted({*known.sources, *incoming.sources}, key=_rank))
    first = sources[0] if sources else ""
    return Question(
        **known.key._asdict(),
        **{name: choice.value for name, choice in chosen.items()},
        sources=sources,
        origins={
            name: choice.origin
            for name, choice in chosen.items()
            if choice.origin != first and not is_empty(choice.value)
        },
    )


def is_empty(value: Any) -> bool:
    """Tell whether a field's value says nothing."""
    return value is None or (isinstance(value, str | tuple | list | Mapping) and not value)


def _choices(known: Question, incoming: Question) -> Iterator[tuple[str, _Choice]]:
    for name in _SINGLE:
        yield name, _chosen(known, incoming, name)
    for name, leader in _FOLLOWERS.items():
        if getattr(known, leader) == getattr(incoming, leader):
            yield name, _chosen(known, incoming, name)
        else:
            yield name, _of(_winner(known, incoming, leader), name)
    yield from _closing(known, incoming)
    yield "comments", _comments(known, incoming)
    yield "extra", _extra(known, incoming)


def _rank(source: str) -> _Rank:
    """Order sources by precedence, unknown ones last and by name."""
    return (PRECEDENCE.index(source) if source in PRECEDENCE else len(PRECEDENCE), source)


def _origin(question: Question, name: str) -> str:
    return question.origins.get(name) or (question.sources[0] if question.sources else "")


def _of(question: Question, name: str) -> _Choice:
    return _Choice(getattr(question, name), _origin(question, name))


def _more_official(known: Question, incoming: Question, name: str) -> Question:
    """Return the record whose source of a field is the more official, the later one if equal."""
    outranks = _rank(_origin(known, name)) < _rank(_origin(incoming, name))
    return known if outranks else incoming


def _winner(known: Question, incoming: Question, name: str) -> Question:
    if is_empty(getattr(incoming, name)):
        return known
    if is_empty(getattr(known, name)):
        return incoming
    return _more_official(known, incoming, name)


def _chosen(known: Question, incoming: Question, name: str) -> _Choice:
    return _of(_winner(known, incoming, name), name)


def _closing(known: Question, incoming: Question) -> Iterator[tuple[str, _Choice]]:
    """Choose the closing field by field, except that an answer is never taken back."""
    meanings = {
        closing_status(entry.closing_code, entry.closing_label): entry
        for entry in (known, incoming)
    }
    answered = meanings.pop(Closing.ANSWERED, None)
    for name in _CLOSING:
        if not (answered and meanings):
            yield name, _chosen(known, incoming, name)
        elif None in meanings and is_empty(getattr(answered, name)):
            yield name, _of(meanings[None], name)
        else:
            yield name, _of(answered, name)


def _identity(comment: Comment) -> tuple[str | None, ...]:
    return (comment.id,) if comment.id else (comment.author, comment.date, comment.text)


def _comments(known: Question, incoming: Question) -> _Choice:
    """Unite the comments; one that both have is told as the better source tells it."""
    better = _more_official(known, incoming, "comments")
    first, other = (incoming, known) if better is incoming else (known, incoming)
    if _origin(known, "comments") == _origin(incoming, "comments"):
        first, other = known, incoming
    united = {_identity(comment): comment for comment in (*first.comments, *other.comments)}
    united.update({_identity(comment): comment for comment in better.comments})
    origin = _origin(_winner(known, incoming, "comments"), "comments")
    return _Choice(tuple(united.values()), origin)


def _extra(known: Question, incoming: Question) -> _Choice:
    """Unite the foreign fields; one that both have is the better source's."""
    better = _more_official(known, incoming, "extra")
    other = known if better is incoming else incoming
    told = {name: value for name, value in better.extra.items() if not is_empty(value)}
    united = {**better.extra, **other.extra, **told}
    return _Choice(united, _origin(_winner(known, incoming, "extra"), "extra"))
