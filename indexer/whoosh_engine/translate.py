"""The tree of a typed query to a plan that runs, and to what is marked in texts.

Statistics come from the whole snapshot. Nothing is looked up twice: expansions of patterns and
misspellings serve the query and the marks alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, TypeGuard

from indexer.fastwhoosh import plan
from indexer.fastwhoosh.plan import Node as Plan
from indexer.fastwhoosh.plan import Terms
from indexer.fastwhoosh.plan import Word as PlanWord
from indexer.french.analysis import stem_form
from indexer.question import uid_of
from indexer.search import ranking
from indexer.search.acronyms import widened
from indexer.search.language import parse
from indexer.search.marker import Marker, acronyms_of, chains_of
from indexer.search.naming import naming
from indexer.search.request import Search
from indexer.search.tree import (
    All,
    Any,
    Compound,
    Delay,
    Filtered,
    Node,
    Not,
    Period,
    Phrase,
    Query,
    Word,
)
from indexer.whoosh_engine.closeness import bonuses, parts_of, together
from indexer.whoosh_engine.columns import delay_range, range_of
from indexer.whoosh_engine.snapshot import Snapshot
from indexer.whoosh_engine.synonyms import information_of, with_others
from indexer.whoosh_engine.translation import Beside, Translation

# A question named by its number comes before those that only hold the number.
_NAMED_SCORE: Final = 1_000.0


def translated(snapshot: Snapshot, search: Search) -> Translation:
    """Return the text of a search made runnable, read as the search says."""
    translator = Translator(
        snapshot,
        search.scope,
        exact=search.exact,
        without=search.without_synonyms,
        chosen=search.synonyms,
    )
    return translator.translate(search.text)


@dataclass
class _Marks:
    stems: set[str] = field(default_factory=set)
    exacts: set[str] = field(default_factory=set)
    phrases: dict[tuple[str, ...], int] = field(default_factory=dict)
    chains: set[tuple[str, ...]] = field(default_factory=set)


class Translator:
    """Translates the queries of one snapshot.

    ``scope`` is where words without one are wanted; ``exact`` wants every word as it is typed.
    ``without`` and ``chosen`` are acronyms, as :func:`indexer.search.acronyms.widened` takes them.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        scope: str = "tout",
        *,
        exact: bool = False,
        without: Sequence[str] = (),
        chosen: Sequence[str] = (),
    ) -> None:
        self.snapshot = snapshot
        self._group = snapshot.weighing.group
        self.scope = scope
        self.exact = exact
        self.expansions: dict[str, tuple[str, ...]] = {}
        self._leaves: dict[tuple[Node, bool], Plan] = {}
        self._acronyms = without, chosen
        self.marks = _Marks()
        self.notices: list[str] = []

    def translate(self, text: str) -> Translation:
        """Return the runnable form of a typed text."""
        query = parse(text, exact=self.exact)
        known = self.snapshot.acronyms
        tree, synonyms = widened(query.tree, text, known, *self._acronyms)
        children = tree.children if isinstance(tree, All) else (tree,) if tree else ()
        wanted = [self._query(child) for child in children if not isinstance(child, Not)]
        without = self._without(children)
        maybe = tuple(bonuses(self.snapshot, query.plain, self._parts("tout")))
        strict = self._strict(wanted, without, maybe) if children else plan.Every()
        relaxed, words = self._relaxed(children, without, maybe)
        named = self._named(text)
        related = None if named else self._related(children, maybe)
        if named:
            strict = plan.Any((strict, named))
            # Whoever surely names a question wants that one, not what holds half of the words.
            relaxed = plan.Any((relaxed, named)) if relaxed and not named.score else None
        return Translation(
            query,
            strict,
            relaxed,
            self._marker(query),
            words,
            (*query.notices, *self.notices),
            related,
            synonyms,
            tuple(uid.decode() for uid in named.terms) if named else (),
            tuple(self.expansions.items()),
        )

    def _strict(
        self, wanted: Sequence[Plan], without: tuple[Plan, ...], maybe: tuple[Plan, ...]
    ) -> Plan:
        if len(wanted) == 1 and not without and not maybe:
            return wanted[0]
        return plan.All(tuple(wanted), without, maybe)

    def _named(self, text: str) -> Terms | None:
        """Find the question that a number names too: first if it is named, last if it may be."""
        found = naming(text)
        if not found:
            return None
        keys = self.snapshot.find(found.reference)
        if not keys and found.is_sure:
            self.notices.append("Aucune question de l'index ne porte ce numéro.")
        uids = tuple(uid_of(key).encode() for key in keys)
        return Terms("uid", uids, _NAMED_SCORE if found.is_sure else 0.0) if uids else None

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

    def _related(self, children: Sequence[Node], maybe: tuple[Plan, ...]) -> Beside | None:
        words = [child for child in children if _is_plain(child)]
        filters = [child for child in children if isinstance(child, Filtered | Period | Delay)]
        if not words or len(words) + len(filters) < len(children):
            return None
        telling = ranking.telling([information_of(self.snapshot, word) for word in words])
        plans = [(self._query(word), tells) for word, tells in zip(words, telling, strict=True)]
        return Beside(
            tuple(found for found, tells in plans if tells),
            (*(found for found, tells in plans if not tells), *maybe),
            tuple(self._query(child) for child in filters),
        )

    def _query(self, node: Node, *, mark: bool = True) -> Plan:
        match node:
            case All() | Any() | Not():
                return self._boolean(node, mark=mark)
            case Filtered(name, value):
                return self._filtered(name, value)
            case Period():
                return range_of(node.field, node.first, node.last)
            case Delay(low, high):
                return delay_range(low, high)
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
        known = self._leaves.get((node, mark))
        if known is None:
            known = self._leaves[node, mark] = self._new_leaf(node, mark=mark)
        return known

    def _new_leaf(self, node: Word | Phrase | Compound, *, mark: bool) -> Plan:
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
        if stem is None:
            weight = 1.0 + ranking.EXACT_WEIGHT
            return PlanWord((self._group((word.text,), "exact", parts, weight),))
        exact = self._group((word.text,), "exact", parts, ranking.EXACT_WEIGHT)
        found = PlanWord((self._group((stem,), "stem", parts, 1.0), exact))
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
            self.expansions[word.text] = words
        return PlanWord((self._group(words, "exact", parts, ranking.EXPANSION_WEIGHT),))

    def _compound(self, compound: Compound, *, mark: bool) -> Plan:
        stems = tuple(stem_form(part) for part in compound.parts)
        known = all(stems)
        form = "stem" if known else "exact"
        words = tuple(stem or "" for stem in stems) if known else compound.parts
        side_by_side = together(self.snapshot, words, form, self._parts(compound.scope))
        if mark:
            self.marks.phrases[compound.parts] = 0
            if known:
                self.marks.stems.update(words)
        as_one = Word(compound.whole, "variants", compound.scope, others=compound.others)
        whole = self._word(as_one, mark=mark)
        return plan.Any((side_by_side, whole))

    def _phrase(self, phrase: Phrase, *, mark: bool) -> Plan:
        parts = self._parts(phrase.scope)
        words, form = self._forms(phrase)
        if mark and form == "stem":
            self.marks.stems.update(words)
        elif mark:
            self.marks.phrases[words] = phrase.slop
        if not phrase.slop:
            return together(self.snapshot, words, form, parts)
        # Near each other, a word is wanted once; side by side, as often as it was typed.
        once = tuple(dict.fromkeys(words))
        near = together(self.snapshot, once, form, parts)
        return near._replace(mode=plan.WINDOW, width=len(phrase.words) + phrase.slop)

    def _forms(self, phrase: Phrase) -> tuple[tuple[str, ...], str]:
        """Return what a phrase is made of: stems, or exact forms where no word has a stem."""
        stems = tuple(stem for word in phrase.words if (stem := stem_form(word)))
        is_exact = phrase.form == "exact" or not stems
        return (phrase.words, "exact") if is_exact else (stems, "stem")

    def _filtered(self, name: str, value: str) -> Plan:
        values = self.snapshot.terms_like(name, value)
        if not values:
            self.notices.append(f"Aucune question n'a « {value} » pour {name}.")
        return Terms(f"f_{name}", tuple(value.encode() for value in values))

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
