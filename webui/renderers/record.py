"""A question as its page tells it: what happened to it, in order, and who speaks where.

Nothing here makes markup; the sentences are the project's own, the names come from the record.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit

from indexer.question import Question
from indexer.search.results import Paragraph, Passage, Piece
from webui.renderers.typography import day, punctuated

_HOSTS: Final = {
    "assemblee-nationale.fr": "Page de l’Assemblée nationale",
    "senat.fr": "Page du Sénat",
    "nosdeputes.fr": "Page de NosDéputés.fr",
}
_NO_TEXT: Final = {
    "answered": "La réponse est publiée, mais son texte n’est pas connu de cet index.",
    "waiting": "Cette question attend sa réponse.",
    "lapsed": "Cette question est devenue caduque avant d’avoir reçu une réponse.",
}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a question; ``what`` is said of ``detail``."""

    day: date | None
    what: str
    detail: str | None = None


def history(record: Question) -> list[Event]:
    """Return what happened to a question, oldest first; events without a date keep their place."""
    events = list(_events(record))
    dated = sorted((event for event in events if event.day), key=_day)
    return [*dated, *(event for event in events if not event.day)]


def _day(event: Event) -> date:
    return event.day or date.max


def _events(record: Question) -> Iterator[Event]:
    if record.date_question:
        yield Event(record.date_question, "Question posée", _page(record.page_question))
    for place, given in enumerate(record.attributions):
        what = "Ministère réattributaire" if place else "Ministère attributaire"
        yield Event(given.date, what, given.ministry or given.ministry_short)
    if record.date_signal:
        yield Event(record.date_signal, "Question signalée")
    for renewal in record.renewals:
        yield Event(renewal, "Question renouvelée")
    if record.date_answer:
        yield Event(record.date_answer, "Réponse publiée", _page(record.page_answer))
    if record.date_withdrawn or record.withdrawal_reason:
        yield Event(record.date_withdrawn, "Question retirée", record.withdrawal_reason)
    if record.closing_date and record.closing_date not in (
        record.date_answer,
        record.date_withdrawn,
    ):
        yield Event(record.closing_date, "Clôture", record.closing_label)


def _page(page: int | None) -> str | None:
    return f"Journal officiel, page\u00a0{page}" if page else None


def ministries(asked: str | None, answering: str | None) -> list[str]:
    """Return the ministry asked and, where it is another one, the ministry answering."""
    return list(dict.fromkeys(name for name in (asked, answering) if name))


@dataclass(frozen=True, slots=True)
class Spoken:
    """A text of an exchange: its speaker's name, apart from what follows.

    ``opening`` is the name as the text itself begins with it; where the text does not, ``label``
    is the name to be put before it.
    """

    label: str | None
    opening: tuple[Piece, ...]
    rest: tuple[Piece, ...]


def spoken(extract: Paragraph | Passage) -> Spoken:
    """Tell the speaker's name from the words spoken, without saying the name twice."""
    name = extract.speaker
    text = "".join(piece.text for piece in extract.pieces)
    if not name:
        return Spoken(None, (), extract.pieces)
    if not text.startswith(name):
        return Spoken(name, (), extract.pieces)
    return Spoken(None, *_split(extract.pieces, len(name)))


def _split(pieces: Sequence[Piece], length: int) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    before: list[Piece] = []
    after: list[Piece] = []
    for piece in pieces:
        head, tail = piece.text[:length], piece.text[length:]
        length -= len(head)
        if head:
            before.append(Piece(head, piece.is_match))
        if tail:
            after.append(Piece(tail, piece.is_match))
    return tuple(before), tuple(after)


def is_exchange(record: Question) -> bool:
    """Tell whether the text is one debate, question included, rather than an answer to one."""
    return bool(record.answer_text) and not record.question_text


def notice(record: Question) -> str | None:
    """Return why a record is no real question, None where it is one."""
    if not record.extra.get("fictional"):
        return None
    said: Any = record.extra.get("notice")
    return (
        said
        if isinstance(said, str) and said
        else "Question fictive, écrite pour servir d’exemple."
    )


def no_answer(record: Question) -> str:
    """Return why there is no answer to read."""
    if record.status != "withdrawn":
        return _NO_TEXT[record.status]
    when = f" le {day(record.date_withdrawn)}" if record.date_withdrawn else ""
    reason = f" : {record.withdrawal_reason}" if record.withdrawal_reason else ""
    return punctuated(f"Cette question a été retirée{when}{reason}")


def source_label(address: str) -> str:
    """Return the name of the site that a page is of, as a link says it."""
    host = urlsplit(address).hostname or ""
    for domain, label in _HOSTS.items():
        if host == domain or host.endswith(f".{domain}"):
            return label
    return "Page d’origine"
