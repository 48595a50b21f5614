"""Answered questions on the matter of another one, and the words that they share with it."""

from dataclasses import replace
from typing import Final

from indexer.fastwhoosh import plan
from indexer.fastwhoosh.request import Request
from indexer.question import Key, Question, uid_of
from indexer.search.neighbours import Neighbour
from indexer.search.request import VALUE_OF_STATUS
from indexer.search.similar import LEAST_SHARED, shared_words, weighty_stems
from indexer.whoosh_engine.neighbours import neighbour
from indexer.whoosh_engine.schema import PARTS, texts_of, title_text
from indexer.whoosh_engine.snapshot import Snapshot

# Stems with their weights, the weightiest first.
Weighted = list[tuple[str, float]]

# What shares less of a question's own score shares words and not the matter: of 60 questions read
# beside the first that was found for each, one in three below, one in ten above.
_LEAST_SHARE: Final = 0.16
_ANSWERED: Final = (VALUE_OF_STATUS["answered"],)


def similar_to(snapshot: Snapshot, key: Key, limit: int) -> tuple[Neighbour, ...]:
    """Return what is like a question: answered, of other families, one of each."""
    number = snapshot.number(uid_of(key))
    if number is None:
        return ()
    record = snapshot.shown(number)
    family = _family(snapshot, number)
    stems = _stems(snapshot, record, len(family))
    if len(stems) < LEAST_SHARED:
        return ()
    words = _holding(snapshot, stems)
    own = snapshot.executor.run(Request(plan.All((words, _uids(snapshot, [number]))), limit=1))
    request = Request(
        plan.All((words,), (_uids(snapshot, family),)),
        limit=limit,
        filters=(snapshot.filter_codes("statut", _ANSWERED),),
        collapse=snapshot.collapse,
    )
    least = _LEAST_SHARE * own.hits[0][0] if own.hits else 0.0
    found = [other for score, other in snapshot.executor.run(request).hits if score >= least]
    return tuple(_with_reason(snapshot.shown(other), stems) for other in found)


def _stems(snapshot: Snapshot, record: Question, family: int) -> Weighted:
    """Return the stems that say most; a family of so many may hold each of them."""
    return weighty_stems(
        title_text(record).split("\n"),
        record.question_text or record.answer_text,
        record.author_name or "",
        lambda stem: snapshot.documents_with(stem, "stem") - family,
        max(1, snapshot.documents),
    )


def _holding(snapshot: Snapshot, stems: Weighted) -> plan.Any:
    """Return the plan of what holds some of the stems."""
    words = (
        plan.Word((snapshot.weighing.group((stem,), "stem", PARTS, 1.0),)) for stem, _ in stems
    )
    return plan.Any(tuple(words), LEAST_SHARED)


def _family(snapshot: Snapshot, number: int) -> list[int]:
    families = snapshot.families
    return sorted({*families.near.members(number), *families.answers.members(number)})


def _uids(snapshot: Snapshot, numbers: list[int]) -> plan.Terms:
    return plan.Terms("uid", tuple(snapshot.shown(number).uid.encode() for number in numbers))


def _with_reason(record: Question, stems: Weighted) -> Neighbour:
    words = shared_words([stem for stem, _ in stems], texts_of(record).values())
    return replace(neighbour(record), shared=words)
