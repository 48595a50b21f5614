"""Random documents, written the same way into a stock index and into a fast one.

Both histories hold the same documents under the same numbers: an index is optimised by a commit
that adds nothing, because a stock writer puts what it adds before what it merges.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from whoosh import analysis, columns, fields, index, query

from indexer.fastwhoosh.index import create_in

EPOCH: Final = datetime(2015, 1, 1)  # noqa: DTZ001 - Whoosh's dates have no zone
# Lengths that their byte gives back: merged by a stock writer, others change the mean length.
EXACT_LENGTHS: Final = tuple(range(1, 11))

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """What an index is made of.

    Attributes:
        sizes: documents of each segment.
        words: size of the vocabulary.
        lengths: lengths of texts.
        share: how many documents are deleted or replaced in each later commit.
        optimise: which commits are followed by one that merges everything.
        rich: whether documents have more than one text.
    """

    sizes: Sequence[int]
    words: int
    lengths: Sequence[int]
    share: float = 0.0
    optimise: frozenset[int] = frozenset()
    rich: bool = True


def new_schema() -> fields.Schema:
    """Every kind of field that queries are compiled for."""
    cut = analysis.SpaceSeparatedTokenizer()
    unscored = fields.TEXT(cut, phrase=True)
    unscored.scorable = False
    return fields.Schema(
        uid=fields.ID(unique=True, stored=True),
        text=fields.TEXT(cut, phrase=True),
        body=fields.TEXT(cut, phrase=False),
        flat=unscored,
        tags=fields.KEYWORD,
        labels=fields.KEYWORD(scorable=True),
        group=fields.ID(sortable=columns.RefBytesColumn()),
        kind=fields.ID(sortable=True),
        name=fields.ID,
        count=fields.NUMERIC(int, sortable=True),
        plain=fields.NUMERIC(int),
        small=fields.NUMERIC(int, bits=16, signed=False, sortable=True, default=0),
        tiny=fields.NUMERIC(int, bits=8, signed=False),
        wide=fields.NUMERIC(int, bits=64, sortable=True),
        day=fields.DATETIME(sortable=True),
        when=fields.DATETIME,
    )


class Words:
    """A vocabulary of which few words are common: short words, with accents, many alike."""

    def __init__(self, rng: random.Random, size: int) -> None:
        known: dict[str, None] = {}
        while len(known) < size:
            known[_new_word(rng)] = None
        self.all = list(known)
        self._weights = [1 / (place + 1) for place in range(size)]

    def some(self, rng: random.Random, count: int) -> list[str]:
        """Draw words of a text."""
        return rng.choices(self.all, self._weights, k=count)

    def one(self, rng: random.Random) -> str:
        """Draw a word to ask for: common as often as rare, now and then unknown."""
        drawn = rng.random()
        if drawn < 0.03:
            return _new_word(rng)
        return rng.choices(self.all, self._weights if drawn < 0.5 else None)[0]


def _new_word(rng: random.Random) -> str:
    syllables = ("la", "le", "to", "ré", "du", "œu", "so", "a", "é", "𝄞")
    return "".join(rng.choices(syllables, (9, 9, 9, 5, 5, 1, 3, 3, 3, 0.2), k=rng.randrange(1, 5)))


def new_document(rng: random.Random, words: Words, shape: Shape, uid: str) -> Document:
    """Make a document of which any field but the identifier may be missing."""

    def text() -> str:
        return " ".join(words.some(rng, rng.choice(shape.lengths)))

    made: Document = {"uid": uid}
    makers: dict[str, Callable[[], Any]] = {
        "text": text,
        "group": lambda: rng.choice(["", "un", "deux", "trois", "quatre"]),
        "count": lambda: rng.choice(
            [0, rng.randrange(-50, 50), rng.randrange(-(2**31), 2**31 - 1)]
        ),
        "day": lambda: EPOCH + timedelta(days=rng.randrange(400), seconds=rng.choice([0, 1, 4000])),
        "small": lambda: rng.randrange(60),
    }
    if shape.rich:
        makers |= {
            "body": text,
            "flat": text,
            "tags": lambda: " ".join(words.some(rng, rng.randrange(1, 6))),
            "labels": lambda: " ".join(words.some(rng, rng.randrange(1, 6))),
            "name": lambda: words.one(rng),
            "plain": lambda: rng.randrange(-300, 300),
            "tiny": lambda: rng.randrange(256),
            "wide": lambda: rng.choice([rng.randrange(100), rng.randrange(-(2**62), 2**62)]),
            "when": lambda: EPOCH + timedelta(hours=rng.randrange(9000)),
        }
    for name, make in makers.items():
        if rng.random() < (0.97 if name == "text" else 0.8):
            made[name] = make()
    return made


@dataclass(frozen=True, slots=True)
class Pair:
    """A stock index and a fast one of the same documents."""

    stock: Any
    fast: Any
    words: Words

    @contextmanager
    def searchers(self) -> Iterator[tuple[Any, Any]]:
        """Open both."""
        with self.stock.searcher() as stock, self.fast.searcher() as fast:
            yield stock, fast


def build_pair(folder: Path, seed: int, shape: Shape) -> Pair:
    """Write the same random history into two indexes."""
    (folder / "stock").mkdir(parents=True)
    stock = index.create_in(str(folder / "stock"), new_schema())
    fast = create_in(folder / "fast", new_schema())
    return Pair(stock, fast, write_history((stock, fast), seed, shape))


def write_history(targets: Sequence[Any], seed: int, shape: Shape) -> Words:
    """Write the same random commits into empty indexes; return the vocabulary."""
    rng = random.Random(seed)
    words = Words(rng, shape.words)
    uids: list[str] = []
    for place, size in enumerate(shape.sizes):
        steps = list(_steps(rng, words, shape, uids, size))
        for target in targets:
            _apply(target, steps)
            if place in shape.optimise:
                target.writer().commit(optimize=True)
    return words


def _steps(
    rng: random.Random, words: Words, shape: Shape, uids: list[str], size: int
) -> Iterator[tuple[str, Any]]:
    """Yield what a commit does: deletions first, then additions, of which some replace."""
    for uid in rng.sample(uids, int(len(uids) * shape.share / 2)):
        yield "delete", query.Term("uid", uid)
    if uids and shape.share and rng.random() < 0.5:
        rare = words.all[rng.randrange(len(words.all) // 2, len(words.all))]
        yield "delete", query.Term("text", rare)
    replaced = rng.sample(uids, int(len(uids) * shape.share / 2))
    new = [f"{len(uids) + number}" for number in range(size)]
    for uid in [*new, *replaced]:
        yield ("update" if uid in replaced else "add"), new_document(rng, words, shape, uid)
    uids += new


def _apply(target: Any, steps: Sequence[tuple[str, Any]]) -> None:
    writer = target.writer()
    for kind, what in steps:
        if kind == "delete":
            writer.delete_by_query(what)
        elif kind == "update":
            writer.update_document(**what)
        else:
            writer.add_document(**what)
    writer.commit(merge=False)
