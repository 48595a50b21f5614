"""Relevance feedback as plans: what the best hits share, and the questions related to them."""

from collections.abc import Sequence
from dataclasses import dataclass

from indexer.fastwhoosh import plan
from indexer.fastwhoosh.plan import Node as Plan
from indexer.fastwhoosh.plan import Word
from indexer.search import ranking
from indexer.search.feedback import Related, related_words
from indexer.whoosh_engine.closeness import parts_of
from indexer.whoosh_engine.schema import texts_of
from indexer.whoosh_engine.snapshot import Snapshot
from indexer.whoosh_engine.translation import Beside, Translation


def feedback(
    snapshot: Snapshot, translation: Translation, hits: Sequence[tuple[float, int]], scope: str
) -> tuple[Plan, ...]:
    """Return what the best hits of a query add to the scores of a second search.

    Args:
        snapshot: where they were found.
        translation: the query; one that asks for anything exact gets nothing.
        hits: (score, document number), the best first.
        scope: where words are wanted, of ``request.SCOPES``.
    """
    if translation.related is None:
        return ()
    best = [
        (score, tuple(texts_of(snapshot.shown(number)).values()))
        for score, number in hits[: ranking.FEEDBACK_HITS]
    ]
    weight = ranking.feedback_total(_typed(translation.related))
    words = related_words(best, snapshot.words["stem"].informations)
    parts = parts_of(scope)
    return tuple([_word(snapshot, word, weight, parts) for word in words])


def _typed(related: Beside) -> int:
    words = (*related.telling, *related.others)
    return sum(1 for word in words if not isinstance(word, plan.Positional))


def _word(snapshot: Snapshot, word: Related, weight: float, parts: Sequence[str]) -> Plan:
    return Word((snapshot.weighing.group((word.stem,), "stem", parts, weight * word.share),))


@dataclass(frozen=True, slots=True)
class Near:
    """Plans of the questions beside what was ``found``, made of what was typed."""

    found: Plan
    related: Beside

    @property
    def some(self) -> Plan:
        """The plan of those that hold some of the telling words."""
        telling, others, filters = self.related
        return plan.All((plan.Any(telling), *filters), (self.found,), others)

    def none(self, added: tuple[Plan, ...]) -> Plan:
        """Return the plan of those that hold none of the words, but what was added."""
        telling, others, filters = self.related
        words = plan.Any((*telling, *others))
        return plan.All((plan.Any(added), *filters), (self.found, words))


def near_plans(translation: Translation, found: Plan) -> Near | None:
    """Return the plans of the questions beside what the plan of a query found.

    None where it asks for anything exact: then nothing goes beyond what was asked.
    """
    return Near(found, translation.related) if translation.related else None
