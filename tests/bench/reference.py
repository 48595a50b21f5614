"""The slow obvious answer: which documents of a small corpus match, by sets and substrings."""

from collections import Counter
from collections.abc import Iterable

from tests.bench import model
from tests.bench.model import Counts, Document, Query

_ALL_WORDS = frozenset({model.AND3})


class Reference:
    """Counts hits over documents that it holds in memory."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._documents: list[Document] = []
        self._having: dict[str, set[int]] = {}
        for place, document in enumerate(documents):
            self._documents.append(document._replace(text=""))
            for stem in set(document.stems.split(" ")):
                self._having.setdefault(stem, set()).add(place)

    def count(self, query: Query) -> int:
        """Return how many documents match."""
        return len(self._matching(query))

    def facets(self, query: Query) -> tuple[Counts, Counts]:
        """Return how many of the matching documents have each group, and each author."""
        found = [self._documents[place] for place in self._matching(query)]
        return dict(Counter(d.group for d in found)), dict(Counter(d.author for d in found))

    def _matching(self, query: Query) -> set[int]:
        if query.shape == model.PHRASE:
            return self._with_phrase(" ".join(query.words))
        sets = [self._having.get(stem, set()) for stem in self._stems(query)]
        combined = set.intersection if query.shape in _ALL_WORDS else set.union
        return self._within(combined(*sets) if sets else set(), query.days)

    def _within(self, places: set[int], days: tuple[int, int] | None) -> set[int]:
        if days is None:
            return places
        first, last = days
        return {place for place in places if first <= self._documents[place].day <= last}

    def _with_phrase(self, phrase: str) -> set[int]:
        documents = enumerate(self._documents)
        return {place for place, document in documents if f" {phrase} " in f" {document.exact} "}

    def _stems(self, query: Query) -> Iterable[str]:
        """Return the stems that the query stands for."""
        word = query.words[0]
        if query.shape == model.PREFIX:
            return [stem for stem in self._having if stem.startswith(word)]
        if query.shape == model.FUZZY:
            return [stem for stem in self._having if within_one_edit(word, stem)]
        return query.words


def within_one_edit(one: str, other: str) -> bool:
    """Whether a letter changed, added or left out makes one word the other, or they are equal."""
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    same = 0
    while same < len(short) and short[same] == long[same]:
        same += 1
    if len(short) == len(long):
        return short[same + 1 :] == long[same + 1 :]
    return short[same:] == long[same + 1 :]
