"""Which questions a question names: "rappelle les termes de sa question n° 24 191".

A number means nothing without its legislature, which is hardly ever said. What is read of the text
is all that helps to tell: the kind, the chamber, the legislature, a date, and whether the question
is the author's own. :func:`meant` then says which of the questions of that number can be the one.

>>> text = "M. Dupont rappelle à Mme la ministre les termes de sa question écrite n° 24 191."
>>> [(recall.number, recall.kind, recall.is_own, recall.is_reminder) for recall in recalls(text)]
[(24191, 'QE', True, True)]
>>> recalls("La question de la loi n° 2004-575 et du décret n° 345 se pose.")
()
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from indexer.french.forms import fold
from indexer.native import kernel
from indexer.question import Chamber, Question

# Past its beginning a text that names another question has a matter of its own.
_REMINDER_CHARACTERS: Final = 400
# Around the number: where its date, its chamber and its legislature are said.
_TAIL_CHARACTERS: Final = 120
_MAX_NUMBER: Final = 999_999

_NUMBER = r"(?:\d{1,3}(?:[ \u00a0\u202f.]\d{3})+|\d{1,6})(?![\d/-]|[.,]\d)"
_SIGN = r"(?:n\s?[°ºo˚]\s?s?|num[ée]ros?)"
_RECALL: Final = re.compile(
    rf"""questions?
         (?P<what>(?:\s+(?:[ée]crites?|orales?|sans\s+d[ée]bat|au\s+gouvernement|AN|S[ée]nat))*)
         (?:,?\s+(?:publi[ée]es?|parues?|pos[ée]es?|d[ée]pos[ée]es?|enregistr[ée]es?|en\s+date|du\s+\d)
            [^;?!\n]{{0,80}}?)?
         \s*\(?\s*{_SIGN}\s*
         (?P<numbers>{_NUMBER}(?:\s*(?:,|et)\s*(?:{_SIGN}\s*)?{_NUMBER})*)""",
    re.IGNORECASE | re.VERBOSE,
)
# Where the word stands: plain strings are found many times faster than a pattern.
_WORDS: Final = ("uestion", "UESTION")
_OWN: Final = re.compile(
    r"\bs(?:a|es)\s+(?:(?:pr[ée]c[ée]dentes?|premi[èe]res?|derni[èe]res?)\s+)?\Z", re.IGNORECASE
)
_OWN_CHARACTERS: Final = 24
_NUMBERS: Final = re.compile(_NUMBER)
_LEGISLATURE: Final = re.compile(r"\b(\d{1,2}|[IVX]{1,5})\s?(?:e|è|ème)\s+l[ée]gislature")
_DAY: Final = re.compile(
    r"\b(\d{1,2})(?:er)?\s+([a-zéûô]{3,9})\s+(\d{4})\b|\b(\d{1,2})/(\d{1,2})/(\d{4})\b"
)
_SENATE: Final = re.compile(r"\bS[ée]nat\b", re.IGNORECASE)
_MONTHS: Final = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre",
    "octobre", "novembre", "decembre",
)  # fmt: skip
_ROMAN: Final = {"I": 1, "V": 5, "X": 10}


@dataclass(frozen=True, slots=True)
class Recall:
    """A question that a text names; what is not said is None.

    ``is_own`` tells that it is the author's own, ``is_reminder`` that the text says so to begin
    with: it exists to recall that question.
    """

    number: int
    kind: str | None = None
    chamber: Chamber | None = None
    legislature: int | None = None
    day: date | None = None
    is_own: bool = False
    is_reminder: bool = False


def naming_in_python(texts: list[str]) -> list[int]:
    """Return the places of the texts that may name a question; the others name none.

    Native code leaves out some more.
    """
    return [place for place, text in enumerate(texts) if any(word in text for word in _WORDS)]


naming: Final[Callable[[list[str]], list[int]]] = (
    naming_in_python if kernel is None else kernel.naming_questions
)


def recalls(text: str) -> tuple[Recall, ...]:
    """Return the questions that a text names by their numbers, each number once, in order."""
    if _WORDS[0] not in text and _WORDS[1] not in text:
        return ()
    found: dict[int, Recall] = {}
    for place in _places(text):
        if match := _RECALL.match(text, place):
            for recall in _named(text, match):
                found.setdefault(recall.number, recall)
    return tuple(found.values())


def _places(text: str) -> Iterator[int]:
    for word in _WORDS:
        place = text.find(word, 1)
        while place > 0:
            yield place - 1
            place = text.find(word, place + 1)


def _named(text: str, match: re.Match[str]) -> Iterator[Recall]:
    tail = text[match.start() : match.end() + _TAIL_CHARACTERS]
    what = fold(match["what"])
    before = text[: match.start()]
    is_own = bool(_OWN.search(before[-_OWN_CHARACTERS:]))
    for written in _NUMBERS.findall(match["numbers"]):
        number = int(re.sub(r"\D", "", written))
        if 0 < number <= _MAX_NUMBER:
            yield Recall(
                number,
                kind=_kind(what),
                chamber=_chamber(what, tail),
                legislature=_legislature(tail),
                day=_day(tail),
                is_own=is_own,
                is_reminder=len(before) <= _REMINDER_CHARACTERS and "rappel" in before.lower(),
            )


def _kind(what: str) -> str | None:
    if "ecrite" in what:
        return "QE"
    if "gouvernement" in what:
        return "QG"
    return "QOSD" if "sans debat" in what else None


def _chamber(what: str, tail: str) -> Chamber | None:
    if _SENATE.search(tail):
        return "SENAT"
    return "AN" if " an" in what else None


def _legislature(tail: str) -> int | None:
    match = _LEGISLATURE.search(tail)
    if not match:
        return None
    if match[1].isdigit():
        return int(match[1])
    values = [_ROMAN[letter] for letter in match[1]]
    following = [*values[1:], 0]
    return sum(-one if one < after else one for one, after in zip(values, following, strict=True))


def _day(tail: str) -> date | None:
    match = _DAY.search(tail)
    if not match:
        return None
    day, month, year, *numeric = match.groups()
    try:
        if day:
            return date(int(year), _MONTHS.index(fold(month)) + 1, int(day))
        return date(int(numeric[2]), int(numeric[1]), int(numeric[0]))
    except ValueError:
        return None


def meant(recall: Recall, recalling: Question, candidate: Question) -> bool:
    """Tell whether a question is the one that another names.

    An own question is by the same author. One of another legislature must be said to be: by the
    legislature, by the date, or, of an own one, by a number that its own legislature has not yet
    come to.
    """
    if candidate.key == recalling.key or candidate.number != recall.number:
        return False
    if candidate.chamber != (recall.chamber or recalling.chamber):
        return False
    if recall.kind not in (None, candidate.kind) or _is_later(candidate, recalling):
        return False
    if recall.legislature not in (None, candidate.legislature):
        return False
    if recall.is_own and fold(candidate.author_name or "") != fold(recalling.author_name or ""):
        return False
    return _is_of_the_time(recall, recalling, candidate)


def _is_later(candidate: Question, recalling: Question) -> bool:
    one, other = candidate.date_question, recalling.date_question
    return candidate.legislature > recalling.legislature or bool(one and other and one > other)


def _is_of_the_time(recall: Recall, recalling: Question, candidate: Question) -> bool:
    if candidate.legislature == recalling.legislature:
        return candidate.kind != recalling.kind or recall.number < recalling.number
    if recall.legislature or recall.day in (candidate.date_question, candidate.date_answer, None):
        return bool(recall.legislature or recall.day or recall.is_own)
    return False
