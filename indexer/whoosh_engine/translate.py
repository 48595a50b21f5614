"""The tree of a typed query to a plan that runs, and to what is marked in texts.

Statistics come from the whole snapshot. Nothing is looked up twice: expansions of patterns and
misspellings serve the query and the marks alike.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Final, TypeGuard

from indexer.fastwhoosh import plan
from indexer.fastwhoosh.plan import Node as Plan
from indexer.fastwhoosh.plan import Positional, Range, Terms
from indexer.fastwhoosh.plan import Word as PlanWord
from indexer.french.analysis import stem_form
from indexer.question import parse_reference, uid_of
from indexer.search import ranking
from indexer.search.acronyms import widened
from indexer.search.language import parse
from indexer.search.marker import Marker, acronyms_of, chains_of
from indexer.search.tree import All, Any, Compound, Filtered, Node, Not, Period, Phrase, Query, Word
from indexer.whoosh_engine.schema import PARTS, day_number
from indexer.whoosh_engine.snapshot import Snapshot
from indexer.whoosh_engine.synonyms import information_of, with_others
from indexer.whoosh_engine.translation import Translation

_PARTS_OF_SCOPE: Final = {
    "tout": PARTS,
    "titre": ("title",),
    "question": ("question",),
    "reponse": ("answer",),
}
# A question named by its number comes before those that only hold the number.
_NAMED_SCORE: Final = 1_000.0


@dataclass
class _Marks:
    stems: set[str] = field(default_factory=set)
    exacts: set[str] = field(default_factory=set)
    phrases: dict[tuple[str, ...], int] = field(default_factory=dict)
    chains: set[tuple[str, ...]] = field(default_factory=set)


class Translator:
    """Translates the queries of one snapshot; ``scope`` is where words without one are wanted.

    ``without`` and ``chosen`` are acronyms, as :func:`indexer.search.acronyms.widened` takes them.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        scope: str = "tout",
        *,
        without: Sequence[str] = (),
        chosen: Sequence[str] = (),
    ) -> None:
        self.snapshot = snapshot
        self.scope = scope
        self._acronyms = without, chosen
        self.marks = _Marks()
        self.notices: list[str] = []

    def translate(self, text: str) -> Translation:
        """Return the runnable form of a typed text."""
        query = parse(text)
        known = self.snapshot.acronyms
        tree, synonyms = widened(query.tree, text, known, *self._acronyms)
        children = tree.children if isinstance(tree, All) else (tree,) if tree else ()
        wanted = [self._query(child) for child in children if not isinstance(child, Not)]
        without = self._without(children)
        maybe = tuple(self._bonuses(query.plain))
        strict = self._strict(wanted, without, maybe) if children else plan.Every()
        relaxed, words = self._relaxed(children, without, maybe)
        named = self._named(text) if children else None
        related = None if named else self._related(children, maybe)
        if named:
            strict = plan.Any((strict, named))
            relaxed = plan.Any((relaxed, named)) if relaxed else None
        notices = (*query.notices, *self.notices)
        marker = self._marker(query)
        return Translation(query, strict, relaxed, marker, words, notices, related, synonyms)

    def _strict(
        self, wanted: Sequence[Plan], without: tuple[Plan, ...], maybe: tuple[Plan, ...]
    ) -> Plan:
        if len(wanted) == 1 and not without and not maybe:
            return wanted[0]
        return plan.All(tuple(wanted), without, maybe)

    def _named(self, text: str) -> Plan | None:
        """Return the question that a number names too: first if it is named, last if it may be."""
        reference = parse_reference(text)
        keys = self.snapshot.find(reference) if reference else ()
        if not keys or not reference:
            return None
        uids = tuple(uid_of(key).encode() for key in keys)
        surely = reference.kind or reference.legislature
        return Terms("uid", uids, _NAMED_SCORE if surely else 0.0)

    def _relaxed(
        self, children: Sequence[Node], without: tuple[Plan, ...], maybe: tuple[Plan, ...]
    ) -> tuple[Plan | None, tuple[Word | Compound, ...]]:
        words = tuple(dict.fromkeys(child for child in children if _is_plain(child)))
        if len(words) < 2:  # noqa: PLR2004  # one word cannot be missing
            return None, ()
        required = tuple(
            self._query(child)
            for child in children
            if not isinstance(child, Not) and child not in words
        )
        said = [information_of(self.snapshot, word) for word in words]
        weights, wanted = ranking.words_wanted(said)
        some = plan.Any(tuple(self._query(word) for word in words), wanted, weights)
        return plan.All((some, *required), without, maybe), words

    def _related(
        self, children: Sequence[Node], maybe: tuple[Plan, ...]
    ) -> tuple[tuple[Plan, ...], tuple[Plan, ...]] | None:
        words = [child for child in children if _is_plain(child)]
        filters = [child for child in children if isinstance(child, Filtered | Period)]
        if not words or len(words) + len(filters) < len(children):
            return None
        some = tuple(self._query(word) for word in words)
        return (*some, *maybe), tuple(self._query(child) for child in filters)

    def _query(self, node: Node, *, mark: bool = True) -> Plan:
        match node:
            case All() | Any() | Not():
                return self._boolean(node, mark=mark)
            case Filtered(name, value):
                return self._filtered(name, value)
            case Period():
                return _range(node)
            case _:
                return self._leaf(node, mark=mark)

    def _boolean(self, node: All | Any | Not, *, mark: bool) -> Plan:
        if isinstance(node, Any):
            return plan.Any(tuple(self._query(child, mark=mark) for child in node.children))
        children = node.children if isinstance(node, All) else (node,)
        wanted = (child for child in children if not isinstance(child, Not))
        return plan.All(
            tuple(self._query(child, mark=mark) for child in wanted), self._without(children)
        )

    def _without(self, children: Sequence[Node]) -> tuple[Plan, ...]:
        return tuple(
            self._query(child.child, mark=False) for child in children if isinstance(child, Not)
        )

    def _leaf(self, node: Word | Phrase | Compound, *, mark: bool) -> Plan:
        if isinstance(node, Compound):
            return self._compound(node, mark=mark)
        if isinstance(node, Phrase):
            return self._phrase(node, mark=mark)
        return self._word(node, mark=mark)

    def _parts(self, scope: str) -> tuple[str, ...]:
        return parts_of(self.scope if scope == "tout" else scope)

    def _word(self, word: Word, *, mark: bool = True) -> Plan:
        parts = self._parts(word.scope)
        if word.form in ("pattern", "fuzzy"):
            return self._expanded(word, parts, mark=mark)
        stem = stem_form(word.text) if word.form == "variants" else None
        if mark:
            self.marks.exacts.add(word.text)
            if stem:
                self.marks.stems.add(stem)
            self.marks.exacts |= acronyms_of(word.others)
            self.marks.chains |= chains_of(word.others)
        group = self.snapshot.group
        if stem is None:
            weight = 1.0 + ranking.EXACT_WEIGHT
            return PlanWord((group((word.text,), "exact", parts, weight),))
        exact = group((word.text,), "exact", parts, ranking.EXACT_WEIGHT)
        found = PlanWord((group((stem,), "stem", parts, 1.0), exact))
        return with_others(self.snapshot, found, word.others, parts) if word.others else found

    def _expanded(self, word: Word, parts: Sequence[str], *, mark: bool) -> Plan:
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
        return PlanWord((self.snapshot.group(words, "exact", parts, ranking.EXPANSION_WEIGHT),))

    def _compound(self, compound: Compound, *, mark: bool) -> Plan:
        stems = tuple(stem_form(part) for part in compound.parts)
        known = all(stems)
        form = "stem" if known else "exact"
        words = tuple(stem or "" for stem in stems) if known else compound.parts
        side_by_side = self._together(
            words, form, self._parts(compound.scope), range(len(words)), 1.0
        )
        if mark:
            self.marks.phrases[compound.parts] = 0
            if known:
                self.marks.stems.update(words)
        as_one = Word(compound.whole, "variants", compound.scope, others=compound.others)
        whole = self._word(as_one, mark=mark)
        return plan.Any((side_by_side, whole))

    def _phrase(self, phrase: Phrase, *, mark: bool) -> Plan:
        if mark:
            self.marks.phrases[phrase.words] = phrase.slop
        parts = self._parts(phrase.scope)
        words = phrase.words
        if not phrase.slop:
            return self._together(words, "exact", parts, range(len(words)), 1.0)
        # Near each other, a word is wanted once; side by side, as often as it was typed.
        once = tuple(dict.fromkeys(words))
        near = self._together(once, "exact", parts, range(len(once)), 1.0)
        return near._replace(mode=plan.WINDOW, width=len(words) + phrase.slop)

    def _together(
        self,
        words: Sequence[str],
        form: str,
        parts: Sequence[str],
        offsets: Sequence[int],
        weight: float,
    ) -> Positional:
        """Return the plan of words that stand at their offsets; it scores as one rare word."""
        lines = self.snapshot.lines(words, form, parts, offsets)
        said = sum(self.snapshot.information(word, form) for word in dict.fromkeys(words))
        return Positional(lines, weight * said, ranking.K1, plan.ORDERED, 0)

    def _filtered(self, name: str, value: str) -> Plan:
        values = self.snapshot.values_like(name, value)
        if not values:
            self.notices.append(f"Aucune question n'a « {value} » pour {name}.")
        return Terms(f"f_{name}", tuple(value.encode() for value in values))

    def _bonuses(self, plain: tuple[str, ...]) -> Iterator[Plan]:
        """Yield what plain words earn by standing as they were typed, or close together."""
        placed = [(place, stem) for place, word in enumerate(plain) if (stem := stem_form(word))]
        if len(placed) < 2:  # noqa: PLR2004  # a pair takes two
            return
        parts = self._parts("tout")
        places = range(len(plain))
        yield self._together(plain, "exact", parts, places, ranking.PHRASE_WEIGHT)
        for (before, first), (after, second) in pairwise(placed):
            if first != second:
                yield from self._pair((first, second), after - before, parts)

    def _pair(self, stems: Sequence[str], distance: int, parts: Sequence[str]) -> Iterator[Plan]:
        offsets = (0, distance)
        yield self._together(stems, "stem", parts, offsets, ranking.ORDERED_PAIR_WEIGHT)
        near = self._together(stems, "stem", parts, offsets, ranking.NEAR_PAIR_WEIGHT)
        yield near._replace(mode=plan.NEAR, width=ranking.NEAR_WINDOW)

    def _marker(self, query: Query) -> Marker:
        phrases = dict(self.marks.phrases)
        if len(query.plain) > 1 and self.marks.stems:
            phrases.setdefault(query.plain, 0)
        return Marker(
            frozenset(self.marks.stems),
            frozenset(self.marks.exacts),
            tuple(phrases),
            tuple(phrases.values()),
            tuple(sorted(self.marks.chains)),
        )


def _is_plain(node: Node) -> TypeGuard[Word | Compound]:
    """Whether a node is a word as it is typed without any sign: its variants are found too."""
    return isinstance(node, Compound) or (isinstance(node, Word) and node.form == "variants")


def parts_of(scope: str) -> tuple[str, ...]:
    """Return the parts of a question that a scope of ``request.SCOPES`` means."""
    return _PARTS_OF_SCOPE[scope]


def _range(period: Period) -> Range:
    return range_of(period.field, period.first, period.last)


def range_of(column: str, first: date | None, last: date | None) -> Range:
    """Return the plan of the questions between two days, both included; None is open."""
    return Range(column, day_number(first or date.min), day_number(last or date.max))
