"""What stands around a question: its family, what it recalls, and what recalls it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from indexer.fastwhoosh.plan import Terms
from indexer.fastwhoosh.request import OrderKey, Request
from indexer.question import Key, Question, Reference, uid_of
from indexer.search.neighbours import Neighbour, Surroundings
from indexer.search.recalls import Recall, meant, recalls
from indexer.whoosh_engine.schema import shown_title
from indexer.whoosh_engine.snapshot import Snapshot

# Members of a family that a page lists: the others are a search away.
_MOST_SHOWN: Final = 20
# Questions that name one number are read to see which of that number they mean.
_MOST_READ: Final = 200
_OLDEST: Final = (OrderKey("asked", descending=False),)


def neighbour(record: Question, *, shares_answer: bool = False) -> Neighbour:
    """Return a question as it is shown beside another one."""
    return Neighbour(
        uid=record.uid,
        chamber=record.chamber,
        kind=record.kind,
        legislature=record.legislature,
        number=record.number,
        title=shown_title(record),
        author=record.author_label,
        date_asked=record.date_question,
        status=record.status,
        shares_answer=shares_answer,
    )


def surroundings(snapshot: Snapshot, key: Key) -> Surroundings:
    """Return what stands around a question; nothing where there is no such question."""
    number = snapshot.number(uid_of(key))
    if number is None:
        return Surroundings()
    record = snapshot.shown(number)
    families = snapshot.families
    sharing = set(families.answers.members(number)) - {number}
    # Those of another family that share the answer stand behind those of the own one.
    others = [*families.near.members(number), *families.answers.members(number)]
    others = [member for member in dict.fromkeys(others) if member != number]
    shown = (
        neighbour(snapshot.shown(member), shares_answer=member in sharing)
        for member in _oldest(snapshot, others)
    )
    named = [
        (recall, recalled_by(snapshot, record, recall)) for recall in recalls(record.question_text)
    ]
    return Surroundings(
        family=tuple(shown),
        family_size=len(others),
        same_answer=len(sharing),
        recalls=_once(found for _, found in named if found),
        recalled_by=_once(_recalling(snapshot, record)),
        unknown=tuple(
            (recall.kind, recall.number) for recall, found in named if recall.is_own and not found
        ),
    )


def _oldest(snapshot: Snapshot, numbers: Sequence[int]) -> list[int]:
    """Return the documents that were asked first, as many as are shown."""
    return sorted(numbers, key=lambda number: (snapshot.day_asked(number), number))[:_MOST_SHOWN]


def _once(records: Iterable[Question]) -> tuple[Neighbour, ...]:
    return tuple({record.uid: neighbour(record) for record in records}.values())


def recalled_by(snapshot: Snapshot, record: Question, recall: Recall) -> Question | None:
    """Return the question that another one names, None where it cannot be told or is not there.

    Those of its own legislature come first, then the latest before it.
    """
    keys = snapshot.find(Reference(recall.number, kind=recall.kind))
    ordered = sorted(keys, key=lambda key: key.legislature != record.legislature)
    for key in ordered:
        number = snapshot.number(uid_of(key))
        found = None if number is None else snapshot.shown(number)
        if found and meant(recall, record, found):
            return found
    return None


def _recalling(snapshot: Snapshot, record: Question) -> Iterator[Question]:
    """Yield the questions that name another one, the oldest first."""
    named = Terms("recalls", (str(record.number).encode(),))
    found = snapshot.executor.run(Request(named, limit=_MOST_READ, order=_OLDEST))
    for _, number in found.hits:
        other = snapshot.shown(number)
        for recall in recalls(other.question_text):
            if recall.number == record.number and meant(recall, other, record):
                first = recalled_by(snapshot, other, recall)
                if first and first.key == record.key:
                    yield other


def reminded(snapshot: Snapshot, record: Question) -> Neighbour | None:
    """Return the question that another one only serves to recall, None where it has its own say."""
    for recall in recalls(record.question_text):
        if recall.is_reminder and (found := recalled_by(snapshot, record, recall)):
            return neighbour(found)
    return None
