"""What else stands for a word, in a plan: acronyms, and what an acronym means.

Each counts as the word itself does, but less. An acronym is one more spelling of the word; a
meaning is words that follow each other, with little words between them.
"""

from collections.abc import Iterator, Sequence

from indexer.fastwhoosh import plan
from indexer.fastwhoosh.plan import Node as Plan
from indexer.fastwhoosh.plan import Positional
from indexer.fastwhoosh.plan import Word as PlanWord
from indexer.french.analysis import stem_form
from indexer.search import ranking
from indexer.search.marker import CHAIN_WIDTH, Others, acronyms_of, chains_of
from indexer.search.tree import Compound, Word
from indexer.whoosh_engine.snapshot import Snapshot


def with_others(snapshot: Snapshot, found: PlanWord, others: Others, parts: Sequence[str]) -> Plan:
    """Return the plan of a word, and of what else stands for it, in some parts of a question.

    Args:
        snapshot: whose statistics are used.
        found: the word, a group of its stem and one of its exact form.
        others: of the word.
        parts: where it is wanted.
    """
    stem, exact = found.groups
    spelt = snapshot.weighing.group(sorted(acronyms_of(others)), "exact", parts, 1.0).parts
    less = tuple(part._replace(weight=ranking.SYNONYM_WEIGHT * part.weight) for part in spelt)
    word = found._replace(groups=(stem._replace(parts=stem.parts + less), exact))
    chains = tuple(_chains(snapshot, others, parts, stem.factor + exact.factor))
    return plan.Any((word, *chains)) if chains else word


def _chains(
    snapshot: Snapshot, others: Others, parts: Sequence[str], factor: float
) -> Iterator[Positional]:
    for stems in sorted(chains_of(others)):
        lines = snapshot.weighing.lines(stems, "stem", parts, range(len(stems)))
        weighed = ranking.SYNONYM_WEIGHT * factor
        yield Positional(lines, weighed, ranking.K1, plan.CHAIN, CHAIN_WIDTH)


def information_of(snapshot: Snapshot, word: Word | Compound) -> float:
    """Return how much a typed word says, 0.0 where no question holds it or what stands for it.

    What else stands for it takes nothing away: weighed by the questions that hold either, nDCG@10
    of the judged queries is 0.002 lower, and 0.007 where scores follow.
    """
    stems = [stem_form(part) or part for part in word.parts]
    held = all(snapshot.documents_with(stem, "stem") for stem in stems)
    if not held and not _others_stand(snapshot, word.others):
        return 0.0
    return sum(snapshot.information(stem, "stem") for stem in stems)


def _others_stand(snapshot: Snapshot, others: Others) -> bool:
    return any(snapshot.documents_with(acronym, "exact") for acronym in acronyms_of(others)) or any(
        all(snapshot.documents_with(stem, "stem") for stem in stems) for stems in chains_of(others)
    )
