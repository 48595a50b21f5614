"""A whole question as text: what is known of it, the question, the answer and who speaks in it."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from indexer.cli.terminal import Style, clean, day, plural
from indexer.question import CHAMBERS, KINDS, STATUSES, Question
from indexer.search.results import Piece

_INDENT: Final = "  "


def lines(record: Question, style: Style) -> Iterator[str]:
    """Yield the lines of a question."""
    yield style.bold(record.title or record.tete_analyse or record.rubrique or record.uid)
    for label, value in _facts(record):
        yield f"{style.dim(label)} : {clean(value)}"
    yield from _text("Question", record.question_text, {}, style)
    turns = {turn.start: turn.speaker for turn in record.answer_turns}
    yield from _text("Réponse", record.answer_text, turns, style)
    for label, text in (
        ("Erratum de la question", record.question_erratum),
        ("Erratum de la réponse", record.answer_erratum),
    ):
        yield from _text(label, text or "", {}, style)
    for comment in record.comments:
        label = f"Commentaire de {comment.author or 'anonyme'} ({comment.date or 'sans date'})"
        yield from _text(label, comment.text, {}, style)


def _facts(record: Question) -> Iterator[tuple[str, str]]:
    """Yield what is known, in the order in which one asks for it."""
    named = {
        "Référence": record.uid,
        "Type": f"{KINDS[record.kind]} n° {record.number}",
        "Chambre": f"{CHAMBERS[record.chamber]}, {record.legislature}e législature",
        "Auteur": _author(record),
        "Département": record.department,
        "Rubrique": record.rubrique,
        "Tête d'analyse": record.tete_analyse,
        "Analyse": " ; ".join(record.analyses),
        "Ministère interrogé": record.ministry,
        "Ministère répondant": record.ministry_answering,
        "Attributions": " ; ".join(
            " ".join(filter(None, (_day(step.date), step.ministry))) for step in record.attributions
        ),
        "Posée le": _day(record.date_question),
        "Signalée le": _day(record.date_signal),
        "Renouvelée le": ", ".join(map(day, record.renewals)),
        "État": STATUSES[record.status],
        "Réponse le": _answered(record),
        "Retirée le": _day(record.date_withdrawn),
        "Motif du retrait": record.withdrawal_reason,
        "Page officielle": record.official_url,
        "Sources": ", ".join(record.sources) or record.source,
        "Avertissement": _notice(record),
    }
    for label, value in named.items():
        if value:
            yield label, value


def _author(record: Question) -> str | None:
    name, group = record.author_label, record.group_name or record.group
    return f"{name} ({group})" if name and group else name


def _answered(record: Question) -> str | None:
    if not record.date_answer:
        return None
    delay = record.delay_days
    return day(record.date_answer) + (f" ({plural(delay, 'jour')})" if delay is not None else "")


def _notice(record: Question) -> str | None:
    notice = record.extra.get("notice")
    return notice if isinstance(notice, str) else None


def _day(value: date | None) -> str | None:
    return day(value) if value else None


def _text(label: str, text: str, turns: dict[int, str], style: Style) -> Iterator[str]:
    """Yield the paragraphs of a text behind its label; ``turns`` says who speaks from where."""
    if not text:
        return
    yield ""
    yield style.bold(label)
    place = 0
    for paragraph in text.split("\n"):
        end = place + len(paragraph)
        for start, speaker in turns.items():
            if place <= start <= end:
                yield _INDENT + style.dim(f"[{speaker}]")
        yield from style.paragraph((Piece(paragraph, is_match=False),), _INDENT)
        place = end + 1
