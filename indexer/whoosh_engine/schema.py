"""A question as a Whoosh document, and what of it comes back.

Three parts (title and headings, question, answer) in two forms each, with positions; one column a
filter, date and sort; the record itself, as it stands in the corpus, as the only stored field.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from importlib.resources import files
from operator import attrgetter
from typing import Any, Final

from whoosh import analysis, columns, fields

from indexer.french.analysis import analyse
from indexer.french.lexicon import shared_lexicon
from indexer.legislatures import legislatures
from indexer.ministries import portfolios_of
from indexer.question import Question
from indexer.search.request import FILTERS, VALUE_OF_STATUS

# Raised with every change of the fields or of what goes into them: an older index is rebuilt.
SCHEMA_VERSION: Final = 4
PARTS: Final = ("title", "question", "answer")
# Between the values of a column whose questions may have several.
BETWEEN_VALUES: Final = "|"
_EPOCH: Final = date(1900, 1, 1)


class _FormAnalyzer(analysis.Analyzer):  # type: ignore[misc]  # Whoosh has no types
    """One form of the project's analysis as Whoosh tokens, positions and offsets kept.

    The bulk writer cuts a text once for both forms: they are of one ``family``.
    """

    family = "french"

    def __init__(self, form: str) -> None:
        self.form = form

    def lexicon(self) -> Any:
        """Return the native lexicon, None where the extension is not compiled.

        It is that of the whole process: what else is read of a question while it is indexed stems
        the same words.
        """
        return shared_lexicon()

    def __call__(self, value: str, **kwargs: Any) -> Iterator[Any]:
        out = analysis.Token(positions=True, chars=True, mode=kwargs.get("mode", ""))
        for token in analyse(value):
            text = token.stem if self.form == "derived" else token.exact
            if text:
                out.text = out.original = text
                out.boost = 1.0
                out.stopped = False
                out.pos, out.startchar, out.endchar = token.position, token.start, token.end
                yield out


def field_of(part: str, form: str) -> str:
    """Return the name of the index field of a part in a form (``exact`` or ``stem``)."""
    return f"{part}_{form}"


def schema() -> fields.Schema:
    """Return the schema of an index of questions."""
    definition = fields.Schema(
        uid=fields.ID(unique=True, sortable=True),
        digest=fields.COLUMN(columns.VarBytesColumn()),
        record=fields.STORED,
        kin=fields.COLUMN(columns.VarBytesColumn()),
        recalls=fields.ID(analyzer=analysis.SpaceSeparatedTokenizer()),
        asked=_number(),
        answered=_number(),
        delay=_number(),
        acronym=fields.ID(),
    )
    for part in PARTS:
        for form in ("exact", "stem"):
            analyzer = _FormAnalyzer("exact" if form == "exact" else "derived")
            definition.add(field_of(part, form), fields.TEXT(analyzer, phrase=True))
    for name in FILTERS:
        definition.add(f"f_{name}", fields.ID(sortable=columns.RefBytesColumn()))
    return definition


def _number() -> fields.NUMERIC:
    """Return a field of numbers from 0 on, where 0 is unknown: in columns as they are."""
    column = columns.NumericColumn("I", default=0)
    return fields.NUMERIC(int, sortable=column, signed=False, shift_step=8)


def texts_of(question: Question) -> dict[str, str]:
    """Return the text of each part that is searched."""
    return {
        "title": title_text(question),
        "question": question.question_text,
        "answer": question.answer_text,
    }


def title_text(question: Question) -> str:
    """Return the title and headings, one a line, as they are searched and shown."""
    headings = (question.title, question.rubrique, question.tete_analyse, *question.analyses)
    return "\n".join(filter(None, dict.fromkeys(headings)))


def shown_title(question: Question) -> str:
    """Return the title, or the headings where there is none, as one line."""
    return question.title or " · ".join(title_text(question).split("\n"))


def headings_of(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the title and headings of a record, without making a question of it."""
    names = ("title", "rubrique", "tete_analyse")
    return tuple(filter(None, (*map(record.get, names), *(record.get("analyses") or ()))))


def _group_labels() -> dict[str, str]:
    text = files("indexer").joinpath("data/groups.tsv").read_text("utf-8")
    rows = (line.partition("\t") for line in text.splitlines() if line and line[0] != "#")
    return {code: label for code, _, label in rows}


_GROUPS: Final = _group_labels()
# Between the analyses of a question: a filter's value is one text, found by its words.
_ANALYSES: Final = " ; "


def _group(question: Question) -> str | None:
    group = question.group_name or question.group
    return _GROUPS.get(group, group) if group else None


@lru_cache(maxsize=20_000)  # there are some hundred
def _begun_small(rubrique: str | None) -> str | None:
    if rubrique and not rubrique[:2].isupper():
        return rubrique[0].lower() + rubrique[1:]
    return rubrique


def _analyse(question: Question) -> str | None:
    if not question.analyses:
        return question.tete_analyse
    return _ANALYSES.join(filter(None, (question.tete_analyse, *question.analyses)))


def _ministry(question: Question) -> tuple[str, date | None] | None:
    """Return the ministry that was asked, or else the one that answers, and the day."""
    asked = question.ministry_short or question.ministry
    name = asked or question.ministry_answering_short or question.ministry_answering
    if not name:
        return None
    return name, question.date_question or _FIRST_DAYS.get(question.legislature)


def _portefeuille(question: Question) -> str | None:
    named = _ministry(question)
    return _joined_portfolios(*named) if named else None


# Hundreds of questions are asked of one ministry on one day.
@lru_cache(maxsize=20_000)
def _joined_portfolios(name: str, day: date | None) -> str:
    return BETWEEN_VALUES.join(sorted(portfolios_of(name, day)))


def _cause(question: Question) -> str | None:
    cause = question.withdrawal_reason or question.closing_label
    return cause if cause and question.status in ("withdrawn", "lapsed") else None


# What each filter of ``request.FILTERS`` has of a question. Several values of one filter stand in
# one text, with ``BETWEEN_VALUES`` between them.
FILTER_VALUES: Final[Mapping[str, Callable[[Question], str | None]]] = {
    "auteur": lambda question: question.author_name or question.author_ref,
    "groupe": _group,
    "departement": attrgetter("department"),
    "portefeuille": _portefeuille,
    "ministere": lambda question: question.ministry_short or question.ministry,
    "ministere_reponse": lambda question: (
        question.ministry_answering_short or question.ministry_answering
    ),
    "rubrique": lambda question: _begun_small(question.rubrique),
    "analyse": _analyse,
    "type": attrgetter("kind"),
    "statut": lambda question: VALUE_OF_STATUS[question.status],
    "cause": _cause,
    "legislature": lambda question: str(question.legislature),
    "chambre": attrgetter("chamber"),
    "signalee": lambda question: "oui" if question.date_signal else None,
    "renouvelee": lambda question: "oui" if question.renewals else None,
    "reattribuee": lambda question: "oui" if len(question.attributions) > 1 else None,
}


def filter_values(question: Question) -> dict[str, str | None]:
    """Return the value of each filter that the question has."""
    return {name: value_of(question) for name, value_of in FILTER_VALUES.items()}


def portfolios(question: Question) -> tuple[str, ...]:
    """Return the portfolios of the ministry that was asked, or else of the one that answers."""
    named = _ministry(question)
    return portfolios_of(*named) if named else ()


_FIRST_DAYS: Final = {entry.number: entry.first for entry in legislatures()}


def day_number(day: date | None) -> int:
    """Return days since 1900, 0 where there is no date."""
    return max(1, (day - _EPOCH).days) if day else 0


def day_of(number: int) -> date | None:
    """Return the date of a day number, None for 0."""
    return date.fromordinal(_EPOCH.toordinal() + number) if number else None
