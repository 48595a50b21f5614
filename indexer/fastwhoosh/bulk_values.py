"""Documents by field: what becomes of the values of a batch of documents, one field at a time.

A table has a sequence a field, with one value for each of the documents in a row, None where a
document has none. Taking a field of many documents at once costs a fraction of taking a document
at a time: values that come again and again (facets, days) are looked at once a segment, have a
code from then on, and a batch of codes is one call.

>>> table_of([{"a": 1, "b": 2}, {"b": 3}])
{'a': [1, None], 'b': [2, 3]}
"""

from array import array
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from whoosh import fields
from whoosh.fields import UnknownFieldError

from indexer.fastwhoosh.bulk_codes import codes_of, gathered
from indexer.fastwhoosh.bulk_columns import Column, StringsColumn
from indexer.fastwhoosh.bulk_documents import POSITIONS, FieldPlan

# Fields whose columns take a byte string as it is.
_BYTES_AS_THEY_ARE: Final = frozenset({fields.COLUMN, fields.ID})
# The values of documents in a row, by field; all sequences are of one length.
Table = Mapping[str, Sequence[Any]]
Inverter = Any  # what ``new_inverter`` returns: the native one or its twin


def rows_in(table: Table) -> int:
    """Return how many documents a table has.

    Raises:
        ValueError: its sequences are not of one length.
        UnknownFieldError: it names something else than a field.
    """
    lengths = {len(values) for values in table.values()}
    if len(lengths) > 1:
        raise ValueError("Les colonnes d'une table ont des longueurs différentes")
    if named := [name for name in table if name.startswith("_")]:
        raise UnknownFieldError(f"Une table ne connaît pas {', '.join(named)}")
    return lengths.pop() if lengths else 0


def table_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return documents as a table."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names}


class FieldValues(Protocol):
    """Takes the values of one field into a segment."""

    def add(self, first: int, values: Sequence[Any]) -> None:
        """Take the values of documents in a row from ``first`` on.

        Raises:
            ValueError: one that the field cannot take; the segment is of no use any more.
        """


def field_values(
    plan: FieldPlan, number: int, inverter: Inverter, column: Column | None
) -> FieldValues:
    """Return what takes the values of a field whose texts no lexicon reads."""
    if not plan.indexed:
        return _ShownValues(plan, column)
    if plan.kind == POSITIONS:
        return _SingleValues(plan, number, inverter, column)
    kind = _UniqueValues if plan.spec.unique else _CodedValues
    return kind(plan, number, inverter, column)


class _ShownValues:
    """A field that is a column, or stored, and nothing else."""

    def __init__(self, plan: FieldPlan, column: Column | None) -> None:
        self._plan = plan
        self._column = column

    def add(self, first: int, values: Sequence[Any]) -> None:
        if self._column is not None:
            self._column.extend(first, _kept(self._column, self._plan, values))


class _SingleValues:
    """A field with positions: its values are taken one by one."""

    def __init__(
        self, plan: FieldPlan, number: int, inverter: Inverter, column: Column | None
    ) -> None:
        self._plan = plan
        self._numbers = [number]
        self._inverter = inverter
        self._column = column

    def add(self, first: int, values: Sequence[Any]) -> None:
        for document, value in enumerate(values, first):
            if value is not None:
                posted = self._plan.posted(value, 1.0)._replace(place=0)
                self._inverter.add_values(document, [(posted, None)], self._numbers)
        if self._column is not None:
            self._column.extend(first, _kept(self._column, self._plan, values))


class _UniqueValues:
    """A field of identifiers: hardly any comes twice."""

    def __init__(
        self, plan: FieldPlan, number: int, inverter: Inverter, column: Column | None
    ) -> None:
        self._number = number
        self._inverter = inverter
        self._column = column
        self._plan = plan
        self._others = _SingleValues(plan, number, inverter, None)

    def add(self, first: int, values: Sequence[Any]) -> None:
        if self._plan.is_whole and set(map(type, values)) == {str}:
            tf, length = self._plan.weight(1.0), int(self._plan.scorable)
            values = list(map(str.encode, values))  # as its column has them, too
            self._inverter.add_terms(self._number, first, tuple(values), tf, length)
        else:
            self._others.add(first, values)
        if self._column is not None:
            self._column.extend(first, _kept(self._column, self._plan, values))


class _CodedValues(dict[Any, int]):
    """A field whose values come again and again: the codes of the values that were met.

    Equal values (1 and True) are one value. It holds no reference to itself, so that all that a
    segment took is given back with it.
    """

    def __init__(
        self, plan: FieldPlan, number: int, inverter: Inverter, column: Column | None
    ) -> None:
        super().__init__({None: 0})
        self._plan = plan
        self._number = number
        self._inverter = inverter
        self._column = column
        self._kept: Any = []
        if column is not None:
            self._kept = column.table()
            self._kept.append(column.missing)

    def add(self, first: int, values: Sequence[Any]) -> None:
        try:
            codes = codes_of(self, values)
        except TypeError:  # a value that is no key of a dictionary
            codes = array("I", map(self._code, values))
        self._inverter.add_codes(self._number, first, codes)
        if self._column is not None:
            self._column.extend(first, gathered(self._kept, codes))

    def __missing__(self, value: Any) -> int:
        code = self[value] = self._define(value)
        return code

    def _code(self, value: Any) -> int:
        try:
            return self[value]
        except TypeError:
            return self._define(value)

    def _define(self, value: Any) -> int:
        posted = self._plan.posted(value, 1.0)
        code: int = self._inverter.define_value(self._number, posted.items, posted.length)
        if self._column is not None:
            self._kept.append(self._column.kept(self._plan.spec.to_column_value(value)))
        return code


def _kept(column: Column, plan: FieldPlan, values: Sequence[Any]) -> Sequence[Any]:
    if isinstance(column, StringsColumn) and type(plan.spec) in _BYTES_AS_THEY_ARE:
        classes = set(map(type, values))
        if classes == {bytes}:
            return values
        if classes <= {bytes, type(None)}:
            return [b"" if value is None else value for value in values]
    kept, missing, shown = column.kept, column.missing, plan.spec.to_column_value
    return [missing if value is None else kept(shown(value)) for value in values]
