"""From the keyword arguments of ``add_document`` to what a segment takes.

Everything that can fail, fails here, before anything of the document has reached the segment:
unknown fields, values of a wrong type, weights that the format cannot hold.

Analyzers of text fields may offer more than Whoosh asks for: ``lexicon()`` gives a native
tokeniser or None, ``family`` names what the analyzers share and ``form`` is ``exact`` or
``derived``; two fields of one family that are given the same text have it tokenised once.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from whoosh import analysis, fields, formats
from whoosh.fields import Schema, UnknownFieldError

from indexer.fastwhoosh.bulk_weights import spread, whole
from indexer.fastwhoosh.errors import UnsupportedField

EXISTENCE, FREQUENCIES, POSITIONS = 0, 1, 2
KINDS: Final = ("existence", "frequencies", "positions")
_KIND_OF: Final = {
    formats.Existence: EXISTENCE,
    formats.Frequency: FREQUENCIES,
    formats.Positions: POSITIONS,
}
# Values of which the terms are kept: facets and days have thousands, and come back all the time.
_REMEMBERED: Final = 50_000
# Sets of names that documents come with: one for each choice of what a document lacks.
_REMEMBERED_NAMES: Final = 10_000

# (term, weight, positions or None), one a term.
Items = tuple[tuple[bytes, int, Sequence[int] | None], ...]


class Posted(NamedTuple):
    """The terms of a value in the field of a place, and the value's length."""

    place: int
    items: Items
    length: int


class Shown(NamedTuple):
    """What the column of the field of a place holds of a value."""

    place: int
    value: Any


# What becomes of one value: its terms, what its column holds.
Taken = tuple[Posted | None, Shown | None]
NOTHING: Final[Taken] = (None, None)


@dataclass(slots=True)
class Prepared:
    """One document, ready: nothing of it can be refused any more.

    Fields are told by their place among ``Documents.plans``.
    """

    # By (id of the lexicon, text, weight): the fields that have it.
    texts: dict[tuple[int, str, int], list[int]] = field(default_factory=dict)
    values: list[Taken] = field(default_factory=list)
    stored: dict[str, Any] = field(default_factory=dict)


class FieldPlan:
    """What is to be done with the values of one field."""

    def __init__(self, place: int, name: str, spec: Any) -> None:
        self.place = place
        self.name = name
        self.spec = spec
        self.indexed = bool(spec.indexed)
        self.scorable = bool(spec.scorable)
        self.stored = bool(spec.stored)
        self.column = spec.column_type
        self.kind = _kind_of(name, spec) if self.indexed else EXISTENCE
        self.lexicon = _lexicon_of(spec) if self.kind == POSITIONS else None
        self.derived = self.lexicon is not None and spec.analyzer.form == "derived"
        self.stored_key = f"_stored_{name}"
        self.boost_key = f"_{name}_boost"
        # Texts do not come back, and identifiers not by intention. Of numbers and strings, equal
        # ones are one key of a dictionary and one value of a field: 1, True and 1.0 for one.
        self.is_remembered = self.kind != POSITIONS and not spec.unique and not self.stored
        self._classes = (int,) if isinstance(spec, fields.NUMERIC) else (str,)
        self.known: dict[Any, Taken] = {None: NOTHING}
        self.is_whole = type(spec) is fields.ID and type(spec.analyzer) is analysis.IDTokenizer

    def weight(self, boost: float) -> int:
        """Return how often each word of a text counts under a boost."""
        return whole(self.spec.format.field_boost * boost, self.name)

    def taken(self, value: Any) -> Taken:
        """Return what becomes of a value that is given without a boost; see :attr:`known`."""
        if value is None:
            return NOTHING
        posted = self.posted(value, 1.0) if self.indexed and self.lexicon is None else None
        both = posted, self.shown(value) if self.column else None
        if self.is_remembered and value.__class__ in self._classes:
            if len(self.known) >= _REMEMBERED:
                self.known = {None: NOTHING}
            self.known[value] = both
        return both

    def shown(self, value: Any) -> Shown:
        """Return the value as the column holds it."""
        return Shown(self.place, self.spec.to_column_value(value))

    def posted(self, value: Any, boost: float) -> Posted:
        """Return the terms of a value and its length, as Whoosh's field gives them."""
        words = _whole_words(value) if self.is_whole else None
        if words is not None:  # what Whoosh does, without its generators
            tf = whole(self.spec.format.field_boost * boost, self.name)
            own: Items = tuple([(word.encode(), tf, None) for word in words])
            return Posted(self.place, own, len(own) if self.scorable else 0)
        terms: dict[bytes, tuple[int, Sequence[int] | None]] = {}
        length = 0
        for term, frequency, weight, data in self.spec.index(value):
            length += frequency
            tf = whole(weight * boost, self.name)
            positions = None
            if self.kind == POSITIONS:
                positions = self.spec.format.decode_positions(data)
            terms[term] = _joined(terms.get(term), tf, positions, self.kind)
        items = tuple(
            (term, tf, None if positions is None else spread(positions, tf, self.name))
            for term, (tf, positions) in terms.items()
        )
        return Posted(self.place, items, length if self.scorable else 0)


class _Layout(NamedTuple):
    """The plans of the fields of a document; plain is one where all its names are of fields."""

    is_plain: bool
    remembered: tuple[FieldPlan, ...]
    others: tuple[FieldPlan, ...]


class Documents:
    """Prepares documents of one schema. ``plans`` are those of its fields met so far."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.plans: list[FieldPlan] = []
        self._plan_of: dict[str, FieldPlan] = {}
        self._layouts: dict[tuple[str, ...], _Layout] = {}
        self._lexicons: dict[Any, Any] = {}

    def plan(self, name: str) -> FieldPlan:
        """Return the plan of a field.

        Raises:
            UnknownFieldError: The schema has no such field.
            UnsupportedField: A fast segment cannot hold it.
        """
        plan = self._plan_of.get(name)
        if plan is None:
            if name not in self.schema:
                raise UnknownFieldError(f"No field named {name!r} in {self.schema}")
            plan = FieldPlan(len(self.plans), name, self.schema[name])
            self.plans.append(plan)
            self._plan_of[name] = plan
            if plan.lexicon is not None:
                # One lexicon a family, even where each of its analyzers makes a new one.
                family = getattr(plan.spec.analyzer, "family", id(plan.lexicon))
                plan.lexicon = self._lexicons.setdefault(family, plan.lexicon)
        return plan

    def prepare(self, given: dict[str, Any]) -> Prepared:
        """Return a document's words, columns and stored fields.

        Raises:
            ValueError: A value or a weight that its field cannot take.
        """
        names = tuple(given)
        layout = self._layouts.get(names) or self._layout(names)
        if not layout.is_plain:
            return self._prepare_weighted(layout.others, given)
        prepared = Prepared()
        values = prepared.values
        for plan in layout.remembered:
            value = given[plan.name]
            try:
                values.append(plan.known[value])
            except (KeyError, TypeError):
                values.append(plan.taken(value))
        for plan in layout.others:
            value = given[plan.name]
            if value is None:
                continue
            if plan.lexicon is not None:
                self._text(prepared, plan, value, 1.0)
            if plan.lexicon is None or plan.column:
                values.append(plan.taken(value))
            if plan.stored:
                prepared.stored[plan.name] = value
        return prepared

    def _prepare_weighted(self, plans: tuple[FieldPlan, ...], given: dict[str, Any]) -> Prepared:
        """Prepare a document that has boosts or says what is stored in a field's stead."""
        prepared = Prepared()
        everywhere = float(given.get("_boost", 1.0))
        for plan in plans:
            value = given[plan.name]
            if value is None:
                continue
            boost = float(given.get(plan.boost_key, everywhere))
            if plan.lexicon is not None:
                self._text(prepared, plan, value, boost)
            elif plan.indexed:
                prepared.values.append((plan.posted(value, boost), None))
            shown = given.get(plan.stored_key, value)
            if shown is None:
                continue
            if plan.stored:
                prepared.stored[plan.name] = shown
            if plan.column:
                prepared.values.append((None, plan.shown(shown)))
        return prepared

    def _layout(self, names: tuple[str, ...]) -> _Layout:
        """Return what to do with documents of such names, which are looked at once."""
        # All names first: an unknown one is an error even without a value.
        given = sorted(name for name in names if not name.startswith("_"))
        plans = [self.plan(name) for name in given]
        is_plain = len(given) == len(names)
        remembered = tuple(plan for plan in plans if is_plain and plan.is_remembered)
        others = tuple(plan for plan in plans if plan not in remembered)
        if len(self._layouts) >= _REMEMBERED_NAMES:
            self._layouts.clear()
        layout = self._layouts[names] = _Layout(is_plain, remembered, others)
        return layout

    def _text(self, prepared: Prepared, plan: FieldPlan, value: Any, boost: float) -> None:
        if not isinstance(value, str):
            raise TypeError(f"Le champ {plan.name} attend un texte, pas {type(value).__name__}")
        key = (id(plan.lexicon), value, plan.weight(boost))
        prepared.texts.setdefault(key, []).append(plan.place)


def _whole_words(value: Any) -> Iterable[str] | None:
    """Return the terms of a text, or of some, that are each one term; None for anything else."""
    if value.__class__ is str:
        return (value,)
    if value.__class__ is tuple and set(map(type, value)) == {str}:
        return dict.fromkeys(value)
    return None


def _kind_of(name: str, spec: Any) -> int:
    if spec.vector:
        raise UnsupportedField(f"Champ {name} : les vecteurs ne sont pas conservés")
    if spec.separate_spelling():
        raise UnsupportedField(f"Champ {name} : l'orthographe à part n'est pas conservée")
    kind = _KIND_OF.get(type(spec.format))
    if kind is None:
        raise UnsupportedField(f"Champ {name} : format {type(spec.format).__name__} non conservé")
    return kind


def _lexicon_of(spec: Any) -> Any:
    offered: Callable[[], Any] | None = getattr(spec.analyzer, "lexicon", None)
    return offered() if offered else None


def _joined(
    known: tuple[int, Sequence[int] | None] | None,
    tf: int,
    positions: Sequence[int] | None,
    kind: int,
) -> tuple[int, Sequence[int] | None]:
    """Join postings of one term that a field gave apart (a number's coarse terms, for one)."""
    if known is None:
        return tf, positions
    if kind == EXISTENCE:
        return max(known[0], tf), None
    both = None if positions is None else sorted([*(known[1] or ()), *positions])
    return known[0] + tf, both
