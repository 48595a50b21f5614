"""The questions around one as text: its family, what it recalls, and what is like it."""

from collections.abc import Iterator, Sequence

from indexer.cli.terminal import Style, clean, day, plural
from indexer.question import STATUSES
from indexer.search.neighbours import Neighbour, Surroundings

_INDENT = "    "


def lines(around: Surroundings, similar: Sequence[Neighbour], style: Style) -> Iterator[str]:
    """Yield the lines of what stands around a question."""
    shown = (
        ("Rappelle", around.recalls),
        ("Rappelée par", around.recalled_by),
        (_family(around), around.family),
        ("Questions proches qui ont reçu une réponse", similar),
    )
    listed = [(label, questions) for label, questions in shown if questions]
    for place, (label, questions) in enumerate(listed):
        if place:
            yield ""
        yield style.bold(label)
        for question in questions:
            yield from _question(question, style)
    for kind, number in around.unknown:
        yield f"Rappelle la question {kind or ''} n° {number}, absente de l'index.".replace(
            "  ", " "
        )
    if not listed and not around.unknown:
        yield "Aucune autre question n'est proche de celle-ci."


def _family(around: Surroundings) -> str:
    label = plural(
        around.family_size,
        "question presque identique ou de même réponse",
        "questions presque identiques ou de même réponse",
    )
    return f"{label}, dont {around.same_answer} de même réponse" if around.same_answer else label


def _question(question: Neighbour, style: Style) -> Iterator[str]:
    yield f"  {clean(question.title or '(sans titre)')}"
    asked = f"posée le {day(question.date_asked)}" if question.date_asked else ""
    fate = "même réponse" if question.shares_answer else STATUSES.get(question.status, "")
    facts = (question.uid, question.author, asked, fate)
    yield _INDENT + style.dim(" · ".join(clean(fact) for fact in facts if fact))
    if question.shared:
        yield _INDENT + style.dim(f"En commun : {', '.join(question.shared)}")
