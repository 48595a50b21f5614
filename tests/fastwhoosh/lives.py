"""What happens to an index over its life, as data that several processes derive from one seed.

A life is a chain of steps, each a commit: what is added, updated and deleted, and what the index
holds afterwards. Whoever knows seed and number of a step knows the state of the index, so that a
process that finds it after a murder can say whether anything was lost or is there twice. Each
step also updates the document ``etat``, whose number says which state a reader sees.
"""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final, NamedTuple

from whoosh import fields, query
from whoosh import index as stock
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC
from whoosh.util.numeric import byte_to_length, length_to_byte

from indexer.fastwhoosh import bulk_flushing
from indexer.fastwhoosh.bulk_publish import named_files
from indexer.fastwhoosh.checking import check_deep
from indexer.fastwhoosh.executor import Executor

SCHEMA: Final = fields.Schema(
    uid=fields.ID(unique=True, stored=True),
    text=fields.TEXT(SpaceSeparatedTokenizer(), stored=True),
    number=fields.NUMERIC(int, sortable=True, stored=True),
    tag=fields.ID(sortable=True, stored=True),
)
WORDS: Final = tuple(f"mot{number}" for number in range(18))
TAGS: Final = ("LR", "SER", "RE", "GDR")
STATE: Final = "etat"
MERGING: Final = ("none", "some", "some", "all")
_LOCKS: Final = {"MAIN_WRITELOCK", "MAIN_READLOCK"}


class Document(NamedTuple):
    """A document of the tests; what its fields hold."""

    uid: str
    text: str
    number: int
    tag: str


Model = Mapping[str, Document]


class Operation(NamedTuple):
    """``add`` or ``update`` a document, delete a uid by ``term`` or ``number``, a tag by ``query``.

    >>> Operation("term", "n1-0")
    Operation(kind='term', what='n1-0')
    """

    kind: str
    what: Any


@dataclass(frozen=True)
class Step:
    """A commit: what it does, and what the index holds before and after."""

    number: int
    operations: tuple[Operation, ...]
    before: Model
    after: Model
    merging: str
    processes: int

    def run(self, index: Any, **options: Any) -> None:
        """Do it, on an index that holds ``before``."""
        self.commit(self.written(index, **options))

    def written(self, index: Any, **options: Any) -> Any:
        """Return a writer that was told everything and did not commit yet."""
        writer = index.writer(**{"limitmb": 1, "procs": self.processes} | options)
        self.tell(writer)
        return writer

    def tell(self, writer: Any) -> None:
        """Tell a writer everything but to commit."""
        for operation in self.operations:
            _tell(writer, operation)

    def commit(self, writer: Any) -> None:
        """Commit, merging as much as the step says."""
        writer.commit(merge=self.merging != "none", optimize=self.merging == "all")


def _tell(writer: Any, operation: Operation) -> None:
    kind, what = operation
    if kind == "add":
        writer.add_document(**what._asdict())
    elif kind == "update":
        writer.update_document(**what._asdict())
    elif kind == "term":
        writer.delete_by_term("uid", what)
    elif kind == "query":
        writer.delete_by_query(query.Term("tag", what))
    else:
        writer.delete_document(writer.searcher().document_number(uid=what))


def life(seed: object, *, processes: int = 1) -> Iterator[Step]:
    """Give the steps of a life without end; with two processes each third step uses them."""
    model: Model = {}
    for number in count(1):
        several = processes > 1 and number % 3 == 0
        step = _step(random.Random(f"{seed}-{number}"), number, model, several=several)
        yield step
        model = step.after


def _step(rng: random.Random, number: int, before: Model, *, several: bool) -> Step:
    state = Document(STATE, STATE, number, STATE)
    operations, live, added = [Operation("update", state)], dict(before), {STATE: state}
    live.pop(STATE, None)
    for turn in range(rng.choice((1, 6, 25)) if not several else 150):
        if live and rng.random() < (0.1 if several else 0.45):
            operations += _deletion(rng, live)
            continue
        uid = f"n{number}-{turn}"
        if live and rng.random() < 0.3:
            uid = rng.choice(sorted(live))
            del live[uid]
        added[uid] = _document(rng, uid)
        operations.append(Operation("update" if uid in before else "add", added[uid]))
    return Step(
        number,
        tuple(operations),
        before,
        live | added,
        rng.choice(MERGING),
        2 if several else 1,
    )


def _deletion(rng: random.Random, live: dict[str, Document]) -> list[Operation]:
    """Delete something of what lives and was committed."""
    chosen = rng.choice(sorted(live))
    if rng.random() < 0.05:
        tag = live[chosen].tag
        for uid in [uid for uid, document in live.items() if document.tag == tag]:
            del live[uid]
        return [Operation("query", tag)]
    del live[chosen]
    return [Operation(rng.choice(("term", "number")), chosen)]


def _document(rng: random.Random, uid: str) -> Document:
    words = rng.choices(WORDS, k=rng.randint(0, 12))
    return Document(uid, " ".join(words), rng.randint(-1000, 1000), rng.choice(TAGS))


def small_segments(documents: int = 7) -> None:
    """Make segments so small, in this process, that there are several and they get merged."""
    setattr(bulk_flushing, "MAX_DOCUMENTS", documents)  # noqa: B010 - a constant elsewhere


def differences(folder: Path, model: Model) -> list[str]:
    """Return where what can be read from an index differs from the model; a sentence each."""
    index = stock.open_dir(str(folder))
    with index.searcher() as searcher:
        problems = [*_stored_problems(searcher, model)]
        if not problems:
            problems += _term_problems(searcher, model)
            problems += _document_problems(searcher, model) if model else ()
    if index.doc_count() != len(model):
        problems.append(f"{index.doc_count()} documents counted, not {len(model)}")
    foreign = "d’un autre format"
    return problems + [found for found in check_deep(folder) if foreign not in found]


def state_of(searcher: Any) -> int:
    """Return which step a searcher sees, 0 for none."""
    found = searcher.document(uid=STATE)
    return int(found["number"]) if found else 0


def inconsistencies(searcher: Any, models: Mapping[int, Model]) -> list[str]:
    """Return what a searcher sees that is not the state that it says to see."""
    model = models[state_of(searcher)]
    return [*_stored_problems(searcher, model)] or [*_term_problems(searcher, model)]


def _stored_problems(searcher: Any, model: Model) -> Iterator[str]:
    stored = Counter(
        tuple(sorted(found.items())) for found in searcher.reader().all_stored_fields()
    )
    wanted = Counter(tuple(sorted(document._asdict().items())) for document in model.values())
    if stored != wanted:
        yield f"lost: {sorted(wanted - stored)}; too much: {sorted(stored - wanted)}"
    if searcher.reader().doc_count() != len(model):
        yield f"{searcher.reader().doc_count()} live documents, not {len(model)}"


def _term_problems(searcher: Any, model: Model) -> Iterator[str]:
    uids = {number: found["uid"] for number, found in searcher.reader().iter_docs()}
    executor = Executor(searcher)
    for asked, wanted in _questions(model):
        for how, numbers in (
            ("executor", [number for _, number in executor.search(asked, limit=10_000).top]),
            ("Whoosh", list(searcher.docs_for_query(asked))),
        ):
            found = sorted(uids.get(number, f"#{number}") for number in numbers)
            if found != wanted:
                yield f"{asked!r} by {how}: {found}, not {wanted}"
        if executor.search(asked).total != len(wanted):
            yield f"{asked!r}: not {len(wanted)} hits"


def _questions(model: Model) -> Iterator[tuple[Any, list[str]]]:
    """Give queries with the documents that answer them."""
    for word in WORDS:
        holders = (d.uid for d in model.values() if word in d.text.split())
        yield query.Term("text", word), sorted(holders)
    for tag in (*TAGS, STATE):
        yield query.Term("tag", tag), sorted(d.uid for d in model.values() if d.tag == tag)
    holders = (d.uid for d in model.values() if -200 <= d.number <= 300)
    yield query.NumericRange("number", -200, 300), sorted(holders)
    holders = (d.uid for d in model.values() if {"mot1", "mot2"} <= set(d.text.split()))
    yield query.And([query.Term("text", "mot1"), query.Term("text", "mot2")]), sorted(holders)
    yield query.Every(), sorted(model)


def _document_problems(searcher: Any, model: Model) -> Iterator[str]:
    reader = searcher.reader()
    numbers, tags = reader.column_reader("number"), reader.column_reader("tag")
    lengths = [0]
    for place, found in reader.iter_docs():
        document = model[found["uid"]]
        if searcher.document_number(uid=document.uid) != place:
            yield f"{document.uid} is not found by its identifier"
        if (numbers[place], tags[place]) != (document.number, document.tag):
            yield f"columns of {document.uid}: {numbers[place]}, {tags[place]}"
        lengths.append(len(document.text.split()))
        if (reader.doc_field_length(place, "text") or 0) != byte_to_length(
            length_to_byte(lengths[-1])
        ):
            yield f"length of {document.uid}: {reader.doc_field_length(place, 'text')}"
    total = reader.field_length("text")
    if total < sum(lengths) or (not reader.has_deletions() and total != sum(lengths)):
        yield f"length of all texts: {total}, not {sum(lengths)}"
    if reader.max_field_length("text") < max(lengths):
        yield f"longest text: {reader.max_field_length('text')}, not {max(lengths)}"


def leftovers(folder: Path) -> set[str]:
    """Return the names of the files that the table of contents does not name."""
    toc = TOC.read(FileStorage(str(folder)), "MAIN")
    named = {f"_MAIN_{toc.generation}.toc"} | _LOCKS
    for segment in toc.segments:
        named |= named_files(segment, folder)
    return {path.name for path in folder.iterdir()} - named
