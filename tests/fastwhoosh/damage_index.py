"""A small index with every kind of section, and the questions whose answers are compared.

Small, so that each of its bytes can be damaged in turn; two segments, one with lists of several
blocks, dense terms and a tail, one with deletions. ``LARGE`` has more documents and less of
everything else: there long lists are not dense, and scores are bounded window by window.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from whoosh import analysis, columns, fields, query

from indexer.fastwhoosh import bulk_stored, plan
from indexer.fastwhoosh.executor import Executor, filter_codes
from indexer.fastwhoosh.index import create_in, open_dir
from indexer.fastwhoosh.request import SCORE, FacetCodes, OrderKey, Request, Spread
from indexer.fastwhoosh.spreads import rows_of_codes
from indexer.native import kernel

WORDS = ["de", "la", "loi", "état", "étape", "œuvre", *(f"mot{n}" for n in range(40))]
COMMON, OTHER, THIRD = b"de", b"la", b"loi"
SCHEMA = fields.Schema(
    uid=fields.ID(unique=True, stored=True, sortable=True),
    text=fields.TEXT(analysis.SpaceSeparatedTokenizer(), phrase=True),
    plain=fields.KEYWORD(scorable=True),
    group=fields.ID(sortable=columns.RefBytesColumn()),
    day=fields.NUMERIC(int, sortable=True, signed=True),
    record=fields.STORED,
    raw=fields.COLUMN(columns.FixedBytesColumn(3)),
    packed=fields.COLUMN(columns.CompressedBytesColumn()),
)


class Shape(NamedTuple):
    """How much an index holds: documents of its segments, words a text, the spread of words."""

    docs: tuple[int, ...]
    most_words: int
    spread: float
    has_all: bool


SMALL = Shape((300, 40), 9, 0.18, has_all=True)
LARGE = Shape((4200, 60), 3, 0.16, has_all=False)


def build(folder: Path, shape: Shape) -> None:
    """Write an index of a shape; always the same."""
    rng = random.Random(7)
    index = create_in(folder, SCHEMA)
    size = bulk_stored.DICTIONARY_BYTES
    bulk_stored.DICTIONARY_BYTES = 700  # type: ignore[misc]  # a small one is damaged as well
    try:
        for segment, docs in enumerate(shape.docs):
            with index.writer() as writer:
                writer.merge = False
                for number in range(docs):
                    writer.add_document(**_document(rng, segment, number, shape))
    finally:
        bulk_stored.DICTIONARY_BYTES = size  # type: ignore[misc]  # a small one, for small indexes
    with index.writer() as writer:
        writer.merge = False
        for uid in ("0-0", "0-200", "1-0"):
            writer.delete_by_term("uid", uid)


def _document(rng: random.Random, segment: int, number: int, shape: Shape) -> dict[str, Any]:
    words = [_word(rng, shape.spread) for _ in range(rng.randrange(1, shape.most_words))]
    document: dict[str, Any] = {
        "text": " ".join(words * rng.choice([1, 1, 1, 3])),
        "group": f"groupe {rng.randrange(7)}",
        "day": rng.randrange(-50, 400) * 100,
    }
    if shape.has_all or number % 100 == 0:
        document["uid"] = f"{segment}-{number}"
    if shape.has_all:
        document |= {
            "plain": " ".join(_word(rng, shape.spread) for _ in range(rng.randrange(4))),
            "record": f"Question de la loi numéro {number % 9} sur l’état "
            + rng.randbytes(9).hex(),
            "raw": rng.randbytes(3),
            "packed": rng.randbytes(rng.randrange(5)),
        }
    return document


def _word(rng: random.Random, spread: float) -> str:
    return WORDS[min(int(rng.expovariate(spread)), len(WORDS) - 1)]


# ---- plans ---------------------------------------------------------------------------------------


def _part(term: bytes, field: str = "text") -> plan.Part:
    return plan.Part(field, term, 1.0, 0.75, 5.0)


def _word_of(*parts: plan.Part) -> plan.Word:
    return plan.Word((plan.Group(parts, 2.0, 1.2),))


def _term(text: bytes) -> plan.Word:
    return _word_of(_part(text))


def _line(mode: int, width: int, *terms: bytes) -> plan.Positional:
    line = plan.Line("text", terms, tuple(range(len(terms))), 1.0, 0.75, 5.0)
    return plan.Positional((line,), 2.0, 1.2, mode, width)


def _expansion(kind: int, text: str, **more: Any) -> plan.Expansion:
    return plan.Expansion("text", kind, text.encode(), score=1.0, **more)


FROM, TO = (SCHEMA["day"].to_column_value(day) for day in (100, 20_000))
PLANS: dict[str, plan.Node] = {
    "common": _term(COMMON),
    "rare": _term(b"mot25"),
    "absent": _term(b"rien"),
    "two fields": _word_of(_part(COMMON), _part(COMMON, "plain")),
    "two groups": plan.Word(
        (plan.Group((_part(COMMON),), 2.0, 1.2), plan.Group((_part(OTHER, "plain"),), 1.0, 0.0)),
        0.5,
    ),
    "and": plan.All((_term(COMMON), _term(OTHER), _term(b"mot3"))),
    "and, rare": plan.All((_term(b"mot25"), _term(OTHER))),
    "or": plan.Any(tuple(map(_term, (COMMON, OTHER, THIRD, b"mot9", b"mot30")))),
    "two of": plan.Any(tuple(map(_term, (COMMON, OTHER, THIRD, b"mot9"))), 2),
    "not": plan.All((_term(COMMON),), (_term(OTHER), _term(b"mot12"))),
    "maybe": plan.All((_term(COMMON),), (), (_term(b"mot4"), _line(plan.ORDERED, 0, OTHER, THIRD))),
    "phrase": _line(plan.ORDERED, 0, COMMON, OTHER),
    "phrase of three": _line(plan.ORDERED, 0, COMMON, OTHER, COMMON),
    "chain": _line(plan.CHAIN, 3, COMMON, OTHER, THIRD),
    "window": _line(plan.WINDOW, 4, COMMON, OTHER, THIRD),
    "near": _line(plan.NEAR, 2, COMMON, b"mot1"),
    "word or phrase": plan.Any((_term(OTHER), _line(plan.ORDERED, 0, COMMON, THIRD))),
    "terms": plan.Terms("text", (COMMON, b"mot7", b"mot8"), 1.0),
    "prefix": _expansion(plan.PREFIX, "mot1"),
    "wildcard": _expansion(plan.WILDCARD, "m*t?2"),
    "fuzzy": _expansion(plan.FUZZY, "mot2", distance=1, prefix=1),
    "fuzzier": _expansion(plan.FUZZY, "etat", distance=2),
    "between": _expansion(plan.BETWEEN, "loi", last=b"mot20"),
    "range": plan.Range("day", FROM, TO, 1.0),
    "and range": plan.All((_term(COMMON), plan.Range("day", FROM, TO))),
    "every": plan.Every(1.0),
    "constant": plan.Constant(_term(COMMON), 3.0),
    "nothing": plan.NOTHING,
}
FOLDS = b"".join(b"e\0" if letter == ord("é") else b"\0\0" for letter in range(0x250))
BOTH = plan.Any((_term(COMMON), _term(b"mot5")))
QUERIES: dict[str, query.Query] = {
    "and": query.And([query.Term("text", "de"), query.Term("text", "mot2")]),
    "phrase": query.Phrase("text", ["de", "la"]),
    "days": query.And([query.Term("text", "la"), query.NumericRange("day", 5, 9000)]),
    "number": query.Term("day", 700),
}

Ask = Callable[[Any, Executor], Any]


def _orders(executor: Executor, first: int, order: tuple[OrderKey, ...]) -> Any:
    return executor.run(Request(BOTH, first, 40, order))


def _filtered(executor: Executor) -> Any:
    table = executor.table("group")
    facet = FacetCodes("group", table.maps, len(table.values), 0)
    kept = filter_codes(table, "group", [b"groupe 1", b"groupe 2"])
    return executor.run(Request(BOTH, 0, 9, filters=(kept,), facets=(facet,)))


def _spread(executor: Executor) -> Any:
    table = executor.table("group")
    rows = tuple(
        rows_of_codes([(place,) for place in memoryview(mapped).cast("I")]) for mapped in table.maps
    )
    spread = Spread("group", rows, len(table.values), "day", (0, 50, 100))
    return executor.run(Request(BOTH, 0, 9, spreads=(spread,)))


def _words(executor: Executor, asked: plan.Expansion, folds: bytes | None) -> Any:
    if kernel is None:
        return None
    return executor.words(("text", "plain"), asked, folds)


def _planned(asked: plan.Node) -> Ask:
    return lambda _, executor: executor.run(Request(asked, 0, 30))


def _compiled(asked: query.Query) -> Ask:
    return lambda _, executor: executor.search(asked, sortedby=("day", True), facets=("group",))


def _by_whoosh(asked: query.Query) -> Ask:
    return lambda searcher, _: searcher.search(asked, limit=20).top_n


def _column(name: str) -> Ask:
    def values(searcher: Any, _: Executor) -> Any:
        reader = searcher.reader().column_reader(name, translate=False)
        return [reader[number] for number in range(searcher.reader().doc_count_all())]

    return values


def _stored(searcher: Any, _: Executor) -> Any:
    reader = searcher.reader()
    return [reader.stored_fields(number) for number in range(min(reader.doc_count_all(), 400))]


def _deleted(searcher: Any, _: Executor) -> Any:
    reader = searcher.reader()
    return reader.doc_count(), list(reader.all_doc_ids())


# What native code answers, on an index of either shape.
NATIVE: dict[str, Ask] = {
    **{f"plan {name}": _planned(asked) for name, asked in PLANS.items()},
    "page": lambda _, e: _orders(e, 60, (SCORE,)),
    "sorted": lambda _, e: _orders(e, 0, (OrderKey("day", descending=False),)),
    "sorted twice": lambda _, e: _orders(
        e, 0, (OrderKey("day", zero_as=9), SCORE, OrderKey("day"))
    ),
    "filtered": lambda _, e: _filtered(e),
    "spread": lambda _, e: _spread(e),
    "words": lambda _, e: _words(e, _expansion(plan.PREFIX, "mo"), None),
    "folded words": lambda _, e: _words(e, _expansion(plan.WILDCARD, "e*t*"), FOLDS),
    "deleted": _deleted,
}
# Everything else that a whole index answers.
QUESTIONS: dict[str, Ask] = {
    **NATIVE,
    **{f"query {name}": _compiled(asked) for name, asked in QUERIES.items()},
    "stored": _stored,
    **{f"column {name}": _column(name) for name in ("uid", "group", "day", "raw", "packed")},
}
# Whoosh's own way over the same files.
STOCK: dict[str, Ask] = {f"stock {name}": _by_whoosh(asked) for name, asked in QUERIES.items()}


def answers(folder: Path, questions: dict[str, Ask]) -> Iterator[tuple[str, Any]]:
    """Open the index and yield each question's answer, or the exception that came instead.

    What opening raises is yielded under ``open`` and ends it. Errors of the machine, which are no
    ``Exception``, are raised.
    """
    try:
        searcher = open_dir(folder).searcher()
        executor = Executor(searcher)
    except Exception as error:  # noqa: BLE001 - the caller judges it
        yield "open", error
        return
    for name, ask in questions.items():
        try:
            answer = ask(searcher, executor)
        except Exception as error:  # noqa: BLE001 - the same
            answer = error
        yield name, answer
    with suppress(Exception):
        searcher.close()
