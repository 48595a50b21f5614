"""A question as a Whoosh document, and what of it comes back.

Three parts (title and headings, question, answer) in two forms each, with positions; one column a
filter, date and sort; the record itself, as it stands in the corpus, as the only stored field.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from importlib.resources import files
from typing import Any, Final

from whoosh import analysis, columns, fields

from indexer.digests import line_digest
from indexer.french.analysis import analyse
from indexer.french.lexicon import new_lexicon
from indexer.indexed_lines import indexed_question
from indexer.legislatures import legislatures
from indexer.ministries import portfolios_of
from indexer.question import Question
from indexer.search.recalls import recalls
from indexer.search.request import FILTERS, VALUE_OF_STATUS
from indexer.stored_lines import question_of_line
from indexer.whoosh_engine.acronyms import terms_of
from indexer.whoosh_engine.families import kin_of

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
        """Return a new native lexicon, None where the extension is not compiled."""
        return new_lexicon()

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


def document_of(line: bytes) -> dict[str, Any]:
    """Return the Whoosh document of a record of the corpus.

    Raises:
        ValueError: the line is no record.
    """
    question = indexed_question(line)
    document: dict[str, Any] = {
        "uid": question.uid,
        "digest": line_digest(line).encode(),
        "record": line,
        "asked": day_number(question.date_question),
        "answered": day_number(question.date_answer),
        "delay": 0 if question.delay_days is None else question.delay_days + 1,
    }
    texts = texts_of(question)
    if acronyms := terms_of(texts.values()):
        document["acronym"] = acronyms
    if kin := kin_of(question):
        document["kin"] = kin
    if recalled := recalls(question.question_text):
        document["recalls"] = " ".join(str(recall.number) for recall in recalled)
    for part, text in texts.items():
        if text:
            document[field_of(part, "exact")] = text
            document[field_of(part, "stem")] = text
    for name, value in filter_values(question).items():
        if value:
            document[f"f_{name}"] = value
    return document


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
    return "\n".join(dict.fromkeys(heading for heading in headings if heading))


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


def filter_values(question: Question) -> dict[str, str | None]:
    """Return the value of each filter of ``request.FILTERS`` that the question has.

    Several values of one filter stand in one text, with ``BETWEEN_VALUES`` between them.
    """
    group = question.group_name or question.group
    status = question.status
    cause = question.withdrawal_reason or question.closing_label
    rubrique = question.rubrique
    if rubrique and not rubrique[:2].isupper():
        rubrique = rubrique[0].lower() + rubrique[1:]
    return {
        "auteur": question.author_name or question.author_ref,
        "groupe": _GROUPS.get(group, group) if group else None,
        "departement": question.department,
        "portefeuille": BETWEEN_VALUES.join(sorted(portfolios(question))),
        "ministere": question.ministry_short or question.ministry,
        "ministere_reponse": question.ministry_answering_short or question.ministry_answering,
        "rubrique": rubrique,
        "analyse": _ANALYSES.join(filter(None, (question.tete_analyse, *question.analyses))),
        "type": question.kind,
        "statut": VALUE_OF_STATUS[status],
        "cause": cause if status in ("withdrawn", "lapsed") else None,
        "legislature": str(question.legislature),
        "chambre": question.chamber,
        "signalee": "oui" if question.date_signal else None,
        "renouvelee": "oui" if question.renewals else None,
        "reattribuee": "oui" if len(question.attributions) > 1 else None,
    }


def portfolios(question: Question) -> tuple[str, ...]:
    """Return the portfolios of the ministry that was asked, or else of the one that answers."""
    asked = question.ministry_short or question.ministry
    name = asked or question.ministry_answering_short or question.ministry_answering
    if not name:
        return ()
    return portfolios_of(name, question.date_question or _FIRST_DAYS.get(question.legislature))


_FIRST_DAYS: Final = {entry.number: entry.first for entry in legislatures()}


def record_of(stored: bytes) -> Question:
    """Return the question of a stored document."""
    return question_of_line(stored)


def day_number(day: date | None) -> int:
    """Return days since 1900, 0 where there is no date."""
    return max(1, (day - _EPOCH).days) if day else 0


def day_of(number: int) -> date | None:
    """Return the date of a day number, None for 0."""
    return date.fromordinal(_EPOCH.toordinal() + number) if number else None
