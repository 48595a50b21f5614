"""One segment in the making: documents go in, a file comes out.

It knows neither the index nor other segments, so that worker processes use it as the writer does.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

from indexer.fastwhoosh.bulk_codes import little_endian
from indexer.fastwhoosh.bulk_columns import Column, new_column
from indexer.fastwhoosh.bulk_documents import KINDS, Documents, FieldPlan, Prepared
from indexer.fastwhoosh.bulk_inverter import Inverted, new_inverter
from indexer.fastwhoosh.bulk_stored import StoredFields, pickled, stored_entries
from indexer.fastwhoosh.bulk_texts import CutAhead, Texts
from indexer.fastwhoosh.bulk_values import FieldValues, Table, field_values
from indexer.fastwhoosh.segmentfile import SegmentFileWriter

# A segment of more is merged from smaller ones: it would be inverted in too much memory.
MAX_DOCUMENTS: Final = 100_000
# Fields inverted at one time: each needs memory of its own (see the inverter's ``memory``).
_INVERTED_AT_ONCE: Final = 2
# Documents, and characters of their texts, that wait to be taken together.
_BATCH: Final = 256
_BATCH_BYTES: Final = 1 << 20
# What a character that waits may take: as text, in what is stored of it, and inverted.
_WAITING_FACTOR: Final = 8
# What a document costs in columns, about: asking each column would cost more than it tells.
_COLUMN_BYTES: Final = 16


class SegmentBuilder:
    """Takes prepared documents and writes the file of their segment.

    Stored fields go to the file as they come; words and columns are held until ``finish``. Where
    ``is_threaded``, other threads do what needs no GIL: good where a processor is free.
    """

    def __init__(
        self,
        path: Path,
        documents: Documents,
        dictionary: bytes | None = None,
        *,
        is_threaded: bool = True,
    ) -> None:
        self._is_threaded = is_threaded
        self.documents = documents
        self.docs = 0
        self._file = SegmentFileWriter(path)
        self._file.begin()
        self._stored = StoredFields(self._file.append, dictionary, is_threaded=is_threaded)
        self._inverter = new_inverter()
        self._texts = CutAhead(self._inverter, is_threaded=is_threaded)
        # By place among the plans of ``documents``: the number of a field, its column.
        self._numbers: list[int] = []
        self._columns: list[Column | None] = []
        self._groups: dict[tuple[int, ...], tuple[int, ...]] = {}
        self._values: dict[int, FieldValues] = {}
        self._waiting: list[Prepared] = []
        self._waiting_entries: list[bytes] = []
        self._waiting_bytes = self._held = 0

    @property
    def memory(self) -> int:
        """Memory held, and needed to write the segment."""
        waiting = self._waiting_bytes * _WAITING_FACTOR
        return self._held + self._stored.memory + self._texts.memory + waiting

    @property
    def dictionary(self) -> bytes | None:
        """The dictionary of the stored fields, None while it is not decided."""
        return self._stored.dictionary

    def add(self, prepared: Prepared) -> None:
        """Add the next document.

        Raises:
            Exception: a stored value cannot be pickled; nothing was added.
        """
        self._waiting_entries.append(pickled(prepared.stored))
        self._waiting.append(prepared)
        self._waiting_bytes += sum(len(text) for _, text, _ in prepared.texts)
        self.docs += 1

    def take_if_due(self) -> None:
        """Work off the documents that wait if they are many; an error leaves the segment useless.

        Raises:
            OSError: the disk refuses what they write.
        """
        if len(self._waiting) >= _BATCH or self._waiting_bytes >= _BATCH_BYTES:
            self._take()

    def add_table(self, table: Table, count: int) -> None:
        """Add the next documents, given by field; an error leaves the segment useless.

        Raises:
            ValueError: a value that its field cannot take.
            OSError: the disk refuses what documents before have written.
        """
        self._take()
        first = self.docs
        self.docs += count
        # A field that none of them has is as if it were not there.
        names = sorted(name for name in table if _has_values(table[name]))
        plans = [self.documents.plan(name) for name in names]
        self._declare_new()
        self._stored.add(stored_entries({p.name: table[p.name] for p in plans if p.stored}, count))
        self._texts.add(first, self._same_texts(plans, table))
        for plan in plans:
            if plan.lexicon is None or plan.column:
                self._values_of(plan).add(first, table[plan.name])
        self._note_held()

    def _same_texts(self, plans: list[FieldPlan], table: Table) -> Iterator[Texts]:
        """Yield the texts of fields that share a lexicon, a weight and a sequence of texts."""
        groups: dict[tuple[int, int, int], list[FieldPlan]] = {}
        for plan in plans:
            if plan.lexicon is not None:
                key = id(plan.lexicon), id(table[plan.name]), plan.weight(1.0)
                groups.setdefault(key, []).append(plan)
        for (_, _, weight), group in groups.items():
            fields = self._group(tuple(plan.place for plan in group))
            yield Texts(group[0].lexicon, table[group[0].name], fields, weight)

    def _values_of(self, plan: FieldPlan) -> FieldValues:
        values = self._values.get(plan.place)
        if values is None:
            column = self._column(plan.place) if plan.column else None
            number = self._numbers[plan.place]
            values = self._values[plan.place] = field_values(plan, number, self._inverter, column)
        return values

    def _take(self) -> None:
        """Take the documents that wait, all of them one kind of work after the other.

        Each kind has tables that fill the processor's caches: in turn for every document they
        would take twice as long.
        """
        if not self._waiting:
            return
        batch, self._waiting, self._waiting_bytes = self._waiting, [], 0
        entries, self._waiting_entries = self._waiting_entries, []
        first = self.docs - len(batch)
        self._stored.add(entries)
        self._declare_new()
        self._texts.settle()
        numbered = list(enumerate(batch, first))
        for document, prepared in numbered:
            self._add_texts(document, prepared)
        for document, prepared in numbered:
            self._inverter.add_values(document, prepared.values, self._numbers)
        for document, prepared in numbered:
            self._add_columns(document, prepared)
        self._note_held()

    def _note_held(self) -> None:
        columns = self.docs * len(self._columns) * _COLUMN_BYTES
        self._held = self._inverter.memory + columns

    def finish(self) -> None:
        """Write the segment; its file is on the disk afterwards."""
        self._take()
        self._texts.settle()
        self._texts.close()
        dictionary, ends = self._stored.finish()
        stored = {"data": self._file.end()}
        stored["index"] = self._file.section(little_endian(ends))
        stored["dict"] = self._file.section(dictionary)
        plans = sorted(self.documents.plans[: len(self._numbers)], key=attrgetter("name"))
        with self._inverted(plans) as inverted:
            # Nothing holds the sections of a field while those of the next are made.
            entries = map(self._entry, inverted)
            fields = {p.name: entry for p, entry in zip(plans, entries, strict=True) if entry}
        columns = {
            plan.name: column.write(self.docs, self._file.section)
            for plan in plans
            if (column := self._columns[plan.place]) is not None
        }
        self._file.finish(
            {
                "docs": self.docs,
                "fields": fields,
                "columns": columns,
                "stored": stored,
            }
        )

    def cancel(self) -> None:
        """Give the segment up and remove its file."""
        self._texts.close()
        self._stored.close()
        self._file.abandon()

    def _add_texts(self, document: int, prepared: Prepared) -> None:
        for (_, text, weight), places in prepared.texts.items():
            self._inverter.add_text(text, document, self._group(tuple(places)), weight)

    def _add_columns(self, document: int, prepared: Prepared) -> None:
        for _, shown in prepared.values:
            if shown is None:
                continue
            self._column(shown.place).add(document, shown.value)

    def _column(self, place: int) -> Column:
        column = self._columns[place]
        if column is None:
            column = self._columns[place] = new_column(self.documents.plans[place].column)
        return column

    def _group(self, places: tuple[int, ...]) -> tuple[int, ...]:
        group = self._groups.get(places)
        if group is None:
            group = self._groups[places] = tuple(self._numbers[place] for place in places)
        return group

    def _declare_new(self) -> None:
        for plan in self.documents.plans[len(self._numbers) :]:
            self._declare(plan)

    def _declare(self, plan: FieldPlan) -> None:
        self._columns.append(None)
        if plan.lexicon is not None:
            self._numbers.append(self._inverter.add_text_field(plan.lexicon, plan.derived))
        else:
            self._numbers.append(self._inverter.add_field(plan.kind, plan.scorable))

    @contextmanager
    def _inverted(self, plans: Iterable[FieldPlan]) -> Iterator[Iterator[Inverted]]:
        """Give the inverted fields, in order."""
        if not self._is_threaded:
            yield map(self._inverted_field, plans)
            return
        # Most of an inversion needs no GIL, and the two forms of a text are the largest fields.
        with ThreadPoolExecutor(_INVERTED_AT_ONCE) as pool:
            yield pool.map(self._inverted_field, plans)

    def _entry(self, inverted: Inverted) -> dict[str, Any] | None:
        return field_entry(inverted, self._file) if inverted.terms else None

    def _inverted_field(self, plan: FieldPlan) -> Inverted:
        return Inverted(*self._inverter.invert(self._numbers[plan.place], self.docs))


def _has_values(values: Sequence[Any]) -> bool:
    """Tell whether there is something else than None; counting all of them compares each."""
    return bool(values) and (values[0] is not None or values.count(None) < len(values))


def field_entry(inverted: Inverted, file: SegmentFileWriter) -> dict[str, Any]:
    """Write the sections of a field and return its entry in the directory."""
    entry: dict[str, Any] = {
        "kind": KINDS[inverted.kind],
        "terms": inverted.terms,
        "length": inverted.length,
        "min_length": inverted.min_length,
        "max_length": inverted.max_length,
    }
    for part in ("blob", "offsets", "infos", "postings", "positions", "norms"):
        section = getattr(inverted, part)
        if section is not None:
            entry[part] = file.section(section)
    return entry
