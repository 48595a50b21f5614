"""Whoosh queries over other queries and over columns: all of, any of, values, ranges."""

from dataclasses import dataclass, field

from whoosh.reading import IndexReader

from indexer.whoosh_engine.queries import ScoredQuery, Scores, postings


@dataclass(frozen=True, eq=False)
class AllOf(ScoredQuery):
    """Documents of every child, none of ``without``; ``maybe`` only adds to their scores."""

    children: tuple[ScoredQuery, ...]
    without: tuple[ScoredQuery, ...] = ()
    maybe: tuple[ScoredQuery, ...] = ()
    boost: float = field(default=1.0, init=False)

    def scores(self, reader: IndexReader) -> Scores:
        if self.children:
            first, *others = (child.scores(reader) for child in self.children)
            scores = _intersection(first, others)
        else:
            scores = dict.fromkeys(reader.all_doc_ids(), 0.0)
        for child in self.without:
            if not scores:
                return scores
            for number in child.scores(reader):
                scores.pop(number, None)
        for child in self.maybe:
            if scores:
                for number, score in child.scores(reader).items():
                    if number in scores:
                        scores[number] += score
        return scores


def _intersection(first: Scores, others: list[Scores]) -> Scores:
    every = sorted((first, *others), key=len)
    kept: Scores = {}
    for number in every[0]:
        total = 0.0
        for scores in every:
            score = scores.get(number)
            if score is None:
                break
            total += score
        else:
            kept[number] = total
    return kept


@dataclass(frozen=True, eq=False)
class AnyOf(ScoredQuery):
    """Documents of at least one child; scores add up, and those under ``minimum`` fall out."""

    children: tuple[ScoredQuery, ...]
    minimum: float = 0.0
    boost: float = field(default=1.0, init=False)

    def scores(self, reader: IndexReader) -> Scores:
        scores: Scores = {}
        for child in self.children:
            for number, score in child.scores(reader).items():
                scores[number] = scores.get(number, 0.0) + score
        if self.minimum:
            return {number: score for number, score in scores.items() if score >= self.minimum}
        return scores


@dataclass(frozen=True, eq=False)
class ValueQuery(ScoredQuery):
    """Documents that have one of some values in a field, all with the same score."""

    name: str
    values: tuple[str, ...]
    score: float = 0.0
    boost: float = field(default=1.0, init=False)

    def scores(self, reader: IndexReader) -> Scores:
        return {
            number: self.score
            for value in self.values
            for number, _ in postings(reader, self.name, value)
        }


@dataclass(frozen=True, eq=False)
class RangeQuery(ScoredQuery):
    """Documents whose column of whole numbers lies in a range, both ends included."""

    name: str
    lowest: int
    highest: int
    boost: float = field(default=1.0, init=False)

    def scores(self, reader: IndexReader) -> Scores:
        if not reader.has_column(self.name):
            return {}
        column = reader.column_reader(self.name)
        return {
            number: 0.0
            for number in reader.all_doc_ids()
            if self.lowest <= column[number] <= self.highest
        }
