"""What else stands for a word, in a plan: acronyms, and what an acronym means.

Each counts as the word itself does, but less. An acronym is one more spelling of the word; a
meaning is words that follow each other, with little words between them.
"""

from collections.abc import Iterator, Sequence

from indexer.fastwhoosh import plan
from indexer.fastwhoosh.plan import Node as Plan
from indexer.fastwhoosh.plan import Positional
from indexer.fastwhoosh.plan import Word as PlanWord
from indexer.search import ranking
from indexer.search.marker import CHAIN_WIDTH, Marker
from indexer.search.tree import Chain, Word
from indexer.whoosh_engine.snapshot import Snapshot

Others = Sequence[Word | Chain]


def acronyms_of(others: Others) -> frozenset[str]:
    """Return the acronyms that stand for a word, as exact forms."""
    return frozenset(other.text for other in others if isinstance(other, Word))


def chains_of(others: Others) -> frozenset[tuple[str, ...]]:
    """Return the meanings that stand for a word, as stems."""
    return frozenset(other.stems for other in others if isinstance(other, Chain))


def stand_in(others: Others) -> Marker:
    """Return what marks, in a text, that something else stands there for a word."""
    return Marker(exacts=acronyms_of(others), chains=tuple(sorted(chains_of(others))))


def with_others(snapshot: Snapshot, found: PlanWord, others: Others, parts: Sequence[str]) -> Plan:
    """Return the plan of a word, and of what else stands for it, in some parts of a question.

    Args:
        snapshot: whose statistics are used.
        found: the word, a group of its stem and one of its exact form.
        others: of the word.
        parts: where it is wanted.
    """
    stem, exact = found.groups
    spelt = snapshot.group(sorted(acronyms_of(others)), "exact", parts, 1.0).parts
    less = tuple(part._replace(weight=ranking.SYNONYM_WEIGHT * part.weight) for part in spelt)
    word = found._replace(groups=(stem._replace(parts=stem.parts + less), exact))
    chains = tuple(_chains(snapshot, others, parts, stem.factor + exact.factor))
    if not chains:
        return word
    either = plan.Any((word._replace(constant=0.0), *chains))
    # What a word adds to every score is added once, whichever stands for it.
    added = plan.Constant(either, found.constant)
    return plan.All((either, added)) if found.constant else either


def _chains(
    snapshot: Snapshot, others: Others, parts: Sequence[str], factor: float
) -> Iterator[Positional]:
    for stems in sorted(chains_of(others)):
        lines = snapshot.lines(stems, "stem", parts, range(len(stems)))
        weighed = ranking.SYNONYM_WEIGHT * factor
        yield Positional(lines, weighed, ranking.K1, plan.CHAIN, CHAIN_WIDTH)
