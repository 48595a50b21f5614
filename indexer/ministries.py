"""Which stable portfolios the name of a ministry stands for, whatever its government called it.

Three tables in ``data/``: ``portfolios.tsv`` has the portfolios, ``ministries.tsv`` the official
names of the governments since 1988 with their days, and ``ministry_words.tsv`` what the components
of a name stand for. A name that is in no government is read component by component; what is not
understood of it is told, never guessed.

>>> from datetime import date
>>> portfolios_of("Ministère de l'intérieur et des outre-mer", date(2023, 1, 10))
('Intérieur', 'Outre-mer')
>>> understand("Ministère de la magie").unknown
('magie',)
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final, NamedTuple

from indexer.french.analysis import fold

# Names that are read are remembered; a corpus has some hundreds, a hostile one any number.
_REMEMBERED: Final = 4096

_PREMIER = re.compile(r"\bpremi(?:er|ere) ministre\b")
_TITLES = re.compile(
    r"\b(?:ministres?|ministeres?|secretaires?|secretariats?|haut commissaires?|"
    r"haut commissariats?)(?: d etat)?(?: delegue(?:e|s|es)?)?\b|\b(?:m d|s e|se|md)$"
)
# Articles, prepositions, and the letters that elisions leave: they do not tell names apart.
_CONNECTORS: Final = frozenset(
    """
    a au aux d de des du en l la le les pour sur
    charge chargee chargees charges m madame mme monsieur
    """.split()  # noqa: SIM905  # read at a glance
)
_PIECES = re.compile(r"\w+|[,;]")
_BRACKETS = re.compile(r"\([^()]*\)?")
_BETWEEN: Final = frozenset((",", ";", "et"))
_BESIDE: Final = "aupres"
_CHARGED = re.compile(r"\bcharge(?:e|s|es)?\b")


class _Word(NamedTuple):
    """A word of a name, and whether a comma or "et" stands before it."""

    text: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class Meaning:
    """The labels of the portfolios of a name, from a day to another, both included."""

    first: date
    last: date
    portfolios: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a name stands for: meanings in the order of their days, and words that say nothing."""

    meanings: tuple[Meaning, ...]
    unknown: tuple[str, ...] = ()

    def on(self, day: date | None) -> tuple[str, ...]:
        """Return the portfolios on a day: of the meaning that holds then, or held or will last.

        A question keeps the name that its ministry had on another day, so that no day is outside;
        without a day, the newest meaning holds.
        """
        if not self.meanings:
            return ()
        if day is None or len(self.meanings) == 1:
            return self.meanings[-1].portfolios
        held = [meaning for meaning in self.meanings if meaning.first <= day] or self.meanings[:1]
        before, after = held[-1], self.meanings[min(len(held), len(self.meanings) - 1)]
        is_before_nearer = day <= before.last or day - before.last <= after.first - day
        return before.portfolios if is_before_nearer else after.portfolios


def portfolios() -> tuple[str, ...]:
    """Return the labels of all portfolios, in the order of the table."""
    return tuple(_labels().values())


def portfolios_of(name: str, day: date | None) -> tuple[str, ...]:
    """Return the labels of the portfolios that a ministry's name stands for on a day."""
    return understand(name).on(day)


@lru_cache(_REMEMBERED)
def understand(name: str) -> Understanding:
    """Return what the name of a ministry stands for."""
    known = _governments().get(normal_name(name))
    return known or read_components(name)


def is_understood(name: str) -> bool:
    """Tell whether every word of a ministry's name says something."""
    found = understand(name)
    return bool(found.meanings) and not found.unknown


def normal_name(name: str) -> str:
    """Return a name as names are compared: without case, accents, titles, articles, punctuation.

    Of a ministry beside another one, only what it is in charge of is left.

    >>> normal_name("Ministère auprès du ministre de l’intérieur, chargé des outre-mer")
    'outre mer'
    """
    return " ".join(word.text for word in _own_words(name))


def read_components(name: str) -> Understanding:
    """Return what the components of a name stand for, the table of governments left alone.

    Between two commas, all is understood or nothing is: "développement de la magie" is neither
    development nor anything else.
    """
    found: list[str] = []
    unknown: list[str] = []
    for labels, left in _groups(_own_words(name)):
        unknown += left
        found += [] if left else labels
    if not found:
        return Understanding((), tuple(unknown))
    meaning = Meaning(date.min, date.max, tuple(dict.fromkeys(found)))
    return Understanding((meaning,), tuple(unknown))


def _own_words(name: str) -> list[_Word]:
    """Return the words of a name that count; of a ministry beside another, its own only."""
    folded = fold(name)
    pieces = _PIECES.findall(_BRACKETS.sub(" ", folded)) or _PIECES.findall(folded)
    head, beside, tail = " ".join(pieces).partition(_BESIDE)
    charged = _CHARGED.search(tail)
    if not beside:
        return _plain_words(head)
    if charged:
        return _plain_words(tail[charged.end() :])
    return _plain_words(head) or _plain_words(tail)


def _plain_words(name: str) -> list[_Word]:
    """Return the words of a name that are neither titles nor articles nor prepositions."""
    found, is_first = [], True
    for piece in _TITLES.sub(" ", _PREMIER.sub("premier_ministre", name)).split():
        if piece in _BETWEEN:
            is_first = True
        elif piece not in _CONNECTORS:
            found.append(_Word(piece, is_first))
            is_first = False
    return found


def _groups(words: Sequence[_Word]) -> Iterator[tuple[list[str], list[str]]]:
    """Yield, of what stands between two commas, the portfolios and the words that say nothing."""
    table = _words()
    longest = max(map(len, table))
    at, labels, unknown = 0, list[str](), list[str]()
    while at < len(words):
        if words[at].is_first and (labels or unknown):
            yield labels, unknown
            labels, unknown = [], []
        texts = tuple(word.text for word in words[at : at + longest])
        lengths = range(len(texts), 0, -1)
        length = next((length for length in lengths if texts[:length] in table), 0)
        if length:
            labels += table[texts[:length]]
        else:
            unknown.append(texts[0])
        at += length or 1
    yield labels, unknown


def _joined(meanings: Sequence[Meaning]) -> tuple[Meaning, ...]:
    """Make one of neighbours that are the same."""
    joined: list[Meaning] = []
    for meaning in meanings:
        if joined and joined[-1].portfolios == meaning.portfolios:
            joined[-1] = Meaning(joined[-1].first, meaning.last, meaning.portfolios)
        else:
            joined.append(meaning)
    return tuple(joined)


def _rows(name: str) -> Iterator[list[str]]:
    text = files("indexer").joinpath(f"data/{name}.tsv").read_text("utf-8")
    yield from (line.split("\t") for line in text.splitlines() if line and line[0] != "#")


@cache
def _labels() -> Mapping[str, str]:
    return dict(_rows("portfolios"))


def _labels_of(codes: str) -> tuple[str, ...]:
    return tuple(_labels()[code] for code in codes.split())


@cache
def _words() -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """Return what each component stands for."""
    return {
        tuple(word.text for word in _own_words(words)): _labels_of(codes)
        for words, codes in _rows("ministry_words")
    }


@cache
def _governments() -> Mapping[str, Understanding]:
    """Return what the official names stand for, by their normal form."""
    table: dict[str, list[Meaning]] = {}
    for first, last, name, codes in _rows("ministries"):
        end = date.fromisoformat(last) if last else date.max
        meaning = Meaning(date.fromisoformat(first), end, _labels_of(codes))
        table.setdefault(normal_name(name), []).append(meaning)
    by_day = {
        name: sorted(meanings, key=lambda meaning: meaning.first)
        for name, meanings in table.items()
    }
    return {name: Understanding(_joined(meanings)) for name, meanings in by_day.items()}
