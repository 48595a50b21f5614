"""The values that many questions have of one field, read once where they are alike.

A value depends on few attributes of a question, and most of those are the same all through a batch
or take a dozen values in it: a filter is asked once for each combination, of one question that has
it.

>>> from indexer.indexed_lines import batch_of
>>> question = Question(legislature=15, kind="QE", number=1, rubrique="Animaux")
>>> dict(filter_columns(batch_of([question, question])))["rubrique"]
['animaux', 'animaux']
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from indexer.indexed_lines import Batch
from indexer.question import Question
from indexer.whoosh_engine.schema import FILTER_VALUES, title_text

_MINISTRIES: Final = ("ministry_short", "ministry")
_ANSWERING: Final = ("ministry_answering_short", "ministry_answering")
# What of a question tells of its end. Of a text it is only asked whether there is one.
_CLOSING: Final = (
    "answer_text", "date_answer", "closing_code", "closing_label", "date_withdrawn",
    "withdrawal_reason",
)  # fmt: skip
_WHETHER: Final = frozenset(["answer_text"])

# The attributes that the value of each filter is made of.
FILTER_ATTRIBUTES: Final[Mapping[str, tuple[str, ...]]] = {
    "auteur": ("author", "author_ref", "chamber", "legislature"),
    "groupe": ("group_name", "group"),
    "departement": ("department",),
    "portefeuille": (*_MINISTRIES, *_ANSWERING, "date_question", "legislature"),
    "ministere": _MINISTRIES,
    "ministere_reponse": _ANSWERING,
    "rubrique": ("rubrique",),
    "analyse": ("tete_analyse", "analyses"),
    "type": ("kind",),
    "statut": _CLOSING,
    "cause": _CLOSING,
    "legislature": ("legislature",),
    "chambre": ("chamber",),
    "signalee": ("date_signal",),
    "renouvelee": ("renewals",),
    "reattribuee": ("attributions",),
}


class _Alike:
    """Tells which questions of a batch are alike in some attributes."""

    def __init__(self, batch: Batch) -> None:
        self.questions = batch.questions
        self._columns: dict[str, Sequence[Any]] = dict(batch.columns)
        for name in _WHETHER:
            self._columns[name] = list(map(bool, batch.columns[name]))
        self._differing: dict[str, bool] = {}

    def keys(self, names: Sequence[str]) -> Sequence[Any] | None:
        """Return what is the same of questions that are alike, None where all are."""
        columns = [self._columns[name] for name in names if self._differs(name)]
        if len(columns) <= 1:
            return columns[0] if columns else None
        return list(zip(*columns, strict=True))

    def _differs(self, name: str) -> bool:
        found = self._differing.get(name)
        if found is None:
            column = self._columns[name]
            found = self._differing[name] = column.count(column[0]) != len(column)
        return found


def filter_columns(batch: Batch) -> Iterator[tuple[str, list[str | None]]]:
    """Yield each filter with the value that each of some questions has, None for none."""
    alike = _Alike(batch)
    for name, value_of in FILTER_VALUES.items():
        yield name, _values(value_of, alike, FILTER_ATTRIBUTES[name])


def _values(
    value_of: Callable[[Question], str | None], alike: _Alike, names: Sequence[str]
) -> list[str | None]:
    questions = alike.questions
    keys = alike.keys(names) if questions else None
    if keys is None:
        return [value_of(question) or None for question in questions[:1]] * len(questions)
    one_of_each = dict(zip(keys, questions, strict=True))
    value = {key: value_of(question) or None for key, question in one_of_each.items()}
    return list(map(value.__getitem__, keys))


def titles(batch: Batch) -> list[str | None]:
    """Return the title and headings of each question as one text, None for none."""
    names = ("title", "rubrique", "tete_analyse", "analyses")
    columns = zip(*map(batch.columns.__getitem__, names), batch.questions, strict=True)
    return [
        # Where there is one text only, or one twice, nothing is to be joined.
        (title if not (first or others) and rubrique in (None, title) else title_text(question))
        or None
        for title, rubrique, first, others, question in columns
    ]
