"""The tree of a typed query to Whoosh queries, and to what is marked in texts.

Statistics come from the whole snapshot. Nothing is looked up twice: expansions of patterns and
misspellings serve the query and the marks alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Final

from indexer.french.analysis import stem_form
from indexer.question import parse_reference, uid_of
from indexer.search import ranking
from indexer.search.language import parse
from indexer.search.passages import Marker
from indexer.search.tree import All, Any, Compound, Filtered, Node, Not, Period, Phrase, Query, Word
from indexer.whoosh_engine.combined_queries import AllOf, AnyOf, RangeQuery, ValueQuery
from indexer.whoosh_engine.queries import (
    ClosenessQuery,
    Pair,
    PhraseQuery,
    ScoredQuery,
    WordQuery,
)
from indexer.whoosh_engine.schema import PARTS, day_number, field_of
from indexer.whoosh_engine.snapshot import Snapshot

_PARTS_OF_SCOPE: Final = {
    "tout": PARTS,
    "titre": ("title",),
    "question": ("question",),
    "reponse": ("answer",),
}
# Far above any sum of scores: the number of words held decides before they do.
TIER: Final = 10_000.0
# A question named by its number comes before those that only hold the number.
_NAMED_SCORE: Final = 1_000.0


@dataclass
class _Marks:
    stems: set[str] = field(default_factory=set)
    exacts: set[str] = field(default_factory=set)
    phrases: dict[tuple[str, ...], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Translation:
    """A typed query made runnable.

    ``strict`` finds what holds every word (None: everything); ``relaxed``, where there is one,
    what holds at least half of the plain words. ``words`` are the plain words that can be missing.
    """

    query: Query
    strict: ScoredQuery | None
    relaxed: ScoredQuery | None
    marker: Marker
    words: tuple[str, ...]
    notices: tuple[str, ...]


class Translator:
    """Translates the queries of one snapshot; ``scope`` is where words without one are wanted."""

    def __init__(self, snapshot: Snapshot, scope: str = "tout") -> None:
        self.snapshot = snapshot
        self.scope = scope
        self.marks = _Marks()
        self.notices: list[str] = []

    def translate(self, text: str) -> Translation:
        """Return the runnable form of a typed text."""
        query = parse(text)
        tree = query.tree
        children = tree.children if isinstance(tree, All) else (tree,) if tree else ()
        wanted = [self._query(child) for child in children if not isinstance(child, Not)]
        without = self._without(children)
        maybe = self._bonuses(query.plain)
        strict: ScoredQuery | None = AllOf(tuple(wanted), without, maybe) if children else None
        strict = self._or_named(strict, text)
        relaxed, words = self._relaxed(children, without, maybe)
        relaxed = self._or_named(relaxed, text)
        notices = (*query.notices, *self.notices)
        return Translation(query, strict, relaxed, self._marker(query), words, notices)

    def _or_named(self, strict: ScoredQuery | None, text: str) -> ScoredQuery | None:
        """Find the question that a number names too: first if it is named, last if it may be."""
        reference = parse_reference(text)
        keys = self.snapshot.find(reference) if reference and strict else ()
        if not keys or not reference or not strict:
            return strict
        uids = tuple(uid_of(key) for key in keys)
        surely = reference.kind or reference.legislature
        named = ValueQuery("uid", uids, _NAMED_SCORE if surely else 0.0)
        return AnyOf((strict, named))

    def _relaxed(
        self,
        children: Sequence[Node],
        without: tuple[ScoredQuery, ...],
        maybe: tuple[ScoredQuery, ...],
    ) -> tuple[ScoredQuery | None, tuple[str, ...]]:
        words = [
            child for child in children if isinstance(child, Word) and child.form == "variants"
        ]
        words = list(dict.fromkeys(words))
        if len(words) < 2:  # noqa: PLR2004  # one word cannot be missing
            return None, ()
        required = tuple(
            self._query(child)
            for child in children
            if not isinstance(child, Not) and child not in words
        )
        tiered = tuple(self._word(word, tier=TIER) for word in words)
        least = ranking.words_wanted(len(words)) * TIER
        some = AnyOf(tiered, minimum=least)
        return AllOf((some, *required), without, maybe), tuple(word.text for word in words)

    def _query(self, node: Node, *, mark: bool = True) -> ScoredQuery:
        match node:
            case All() | Any() | Not():
                return self._boolean(node, mark=mark)
            case Filtered(name, value):
                return self._filtered(name, value)
            case Period():
                return _range(node)
            case _:
                return self._leaf(node, mark=mark)

    def _boolean(self, node: All | Any | Not, *, mark: bool) -> ScoredQuery:
        if isinstance(node, Any):
            return AnyOf(tuple(self._query(child, mark=mark) for child in node.children))
        children = node.children if isinstance(node, All) else (node,)
        wanted = (child for child in children if not isinstance(child, Not))
        return AllOf(
            tuple(self._query(child, mark=mark) for child in wanted), self._without(children)
        )

    def _without(self, children: Sequence[Node]) -> tuple[ScoredQuery, ...]:
        return tuple(
            self._query(child.child, mark=False) for child in children if isinstance(child, Not)
        )

    def _leaf(self, node: Word | Phrase | Compound, *, mark: bool) -> ScoredQuery:
        if isinstance(node, Compound):
            return self._compound(node, mark=mark)
        if isinstance(node, Phrase):
            return self._phrase(node, mark=mark)
        return self._word(node, mark=mark)

    def _parts(self, scope: str) -> tuple[str, ...]:
        return _PARTS_OF_SCOPE[self.scope if scope == "tout" else scope]

    def _word(self, word: Word, *, mark: bool = True, tier: float = 0.0) -> ScoredQuery:
        parts = self._parts(word.scope)
        if word.form in ("pattern", "fuzzy"):
            return self._expanded(word, parts, mark=mark)
        exact = self.snapshot.terms((word.text,), "exact", parts)
        stem = stem_form(word.text) if word.form == "variants" else None
        if mark:
            self.marks.exacts.add(word.text)
            if stem:
                self.marks.stems.add(stem)
        if stem is None:
            return WordQuery(exact, 1.0 + ranking.EXACT_WEIGHT, tier=tier)
        found = self.snapshot.terms((stem,), "stem", parts)
        return WordQuery(found, 1.0, exact, ranking.EXACT_WEIGHT, tier)

    def _expanded(self, word: Word, parts: Sequence[str], *, mark: bool) -> ScoredQuery:
        if word.form == "pattern":
            words = self.snapshot.words_like(word.text)
        else:
            words = self.snapshot.words_near(word.text, word.distance)
        if len(words) >= ranking.MAX_EXPANSIONS:
            self.notices.append(
                f"« {word.text} » désigne trop de mots : "
                f"les {ranking.MAX_EXPANSIONS} plus fréquents sont cherchés."
            )
        if mark:
            self.marks.exacts.update(words)
        terms = self.snapshot.terms(words, "exact", parts)
        return WordQuery(terms, ranking.EXPANSION_WEIGHT)

    def _compound(self, compound: Compound, *, mark: bool) -> ScoredQuery:
        stems = tuple(stem_form(part) for part in compound.parts)
        known = all(stems)
        form = "stem" if known else "exact"
        words = tuple(stem or "" for stem in stems) if known else compound.parts
        side_by_side = self._side_by_side(words, form, self._parts(compound.scope))
        if mark:
            self.marks.phrases[compound.parts] = 0
            if known:
                self.marks.stems.update(words)
        whole = self._word(Word(compound.whole, "variants", compound.scope), mark=mark)
        return AnyOf((side_by_side, whole))

    def _phrase(self, phrase: Phrase, *, mark: bool) -> ScoredQuery:
        if mark:
            self.marks.phrases[phrase.words] = phrase.slop
        parts = self._parts(phrase.scope)
        return self._side_by_side(phrase.words, "exact", parts, slop=phrase.slop)

    def _side_by_side(
        self, words: tuple[str, ...], form: str, parts: Sequence[str], *, slop: int = 0
    ) -> PhraseQuery:
        fields = {part: field_of(part, form) for part in parts}
        averages = {part: self.snapshot.averages[name] for part, name in fields.items()}
        idf = sum(self.snapshot.terms((word,), form, parts).idf for word in dict.fromkeys(words))
        return PhraseQuery(words, fields, averages, idf, slop)

    def _filtered(self, name: str, value: str) -> ScoredQuery:
        values = self.snapshot.values_like(name, value)
        if not values:
            self.notices.append(f"Aucune question n'a « {value} » pour {name}.")
        return ValueQuery(f"f_{name}", values)

    def _bonuses(self, plain: tuple[str, ...]) -> tuple[ScoredQuery, ...]:
        """Return what plain words earn by standing as they were typed, or close together."""
        placed = [(place, stem) for place, word in enumerate(plain) if (stem := stem_form(word))]
        if len(placed) < 2:  # noqa: PLR2004  # a pair takes two
            return ()
        parts = self._parts("tout")
        phrase = self._side_by_side(plain, "exact", parts)
        fields = {part: field_of(part, "stem") for part in parts}
        averages = {part: self.snapshot.averages[name] for part, name in fields.items()}
        pairs = tuple(
            Pair(first, second, after - before, self._pair_idf(first, second))
            for (before, first), (after, second) in pairwise(placed)
            if first != second
        )
        closeness = ClosenessQuery(
            pairs,
            fields,
            averages,
            ranking.ORDERED_PAIR_WEIGHT,
            ranking.NEAR_PAIR_WEIGHT,
            ranking.NEAR_WINDOW,
        )
        weighted = PhraseQuery(
            phrase.words, phrase.fields, phrase.averages, phrase.idf, weight=ranking.PHRASE_WEIGHT
        )
        return (weighted, closeness)

    def _pair_idf(self, first: str, second: str) -> float:
        return sum(self.snapshot.terms((stem,), "stem", PARTS).idf for stem in (first, second))

    def _marker(self, query: Query) -> Marker:
        phrases = dict(self.marks.phrases)
        if len(query.plain) > 1 and self.marks.stems:
            phrases.setdefault(query.plain, 0)
        return Marker(
            frozenset(self.marks.stems),
            frozenset(self.marks.exacts),
            tuple(phrases),
            tuple(phrases.values()),
        )


def _range(period: Period) -> RangeQuery:
    name = "asked" if period.field == "asked" else "answered"
    first = day_number(period.first or date.min) or 1
    return RangeQuery(name, max(1, first), day_number(period.last or date.max))
