"""The tree of a query back to words: what the page shows as understood.

The words are themselves a query, which is read as the same tree.

>>> from indexer.search.tree import All, Not, Word
>>> describe(All((Word("loup"), Not(Word("chien")))))
'loup SAUF chien'
"""

import re
from collections.abc import Sequence

from indexer.french.analysis import Token, analyse
from indexer.search.lexemes import OPERATORS
from indexer.search.ranges import (
    DateRange,
    NumberRange,
    written_date,
    written_days,
    written_period,
)
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
    Word,
)


def describe(node: Node | None) -> str:
    """Return the query in words that ``language.parse`` reads as the same tree."""
    return "" if node is None else _described(node, outer=True)


def _described(node: Node, *, outer: bool = False) -> str:
    match node:
        case All(children) | Any(children):
            text = _joined([_described(child) for child in children], isinstance(node, All))
            return text if outer else f"({text})"
        case Not(child):
            return f"SAUF {_described(child)}"
        case Filtered() | Delay() | Period():
            return _described_filter(node)
        case _:
            return ("" if node.scope == "tout" else f"{node.scope}:") + _described_leaf(node)


def _joined(texts: Sequence[str], is_all: bool) -> str:  # noqa: FBT001  # which of two words
    if not is_all:
        return " OU ".join(texts)
    first, *others = texts
    return first + "".join(
        f" {other}" if other.startswith("SAUF ") else f" ET {other}" for other in others
    )


def _described_leaf(node: Word | Phrase | Compound) -> str:
    if isinstance(node, Word):
        return _described_word(node)
    match node:
        case Compound(parts):
            return _spelled(parts, "-")
        case Phrase(words, slop, "variants"):
            return f"({' ET '.join(_spelled((word,)) for word in words)})~{slop}"
        case Phrase(words, slop):
            return f'"{_spelled(words, " ", ", ")}"' + (f"~{slop}" if slop else "")


def _described_word(word: Word) -> str:
    if word.form == "pattern":
        return word.text
    text = _spelled((word.text,))
    if word.form == "fuzzy":
        return f"{text}~{word.distance}"
    return f'"{text}"' if word.form == "exact" else text


def _spelled(words: Sequence[str], *joints: str) -> str:
    """Return a text whose words are these, where there is a plain one.

    What is left of ``d'l'eau`` without its article, ``l'eau``, has one to lose again; numbers side
    by side would be one number.
    """
    whole = [word if _is_read_as(word, (word,)) else f"l'{word}" for word in words]
    texts = [joint.join(each) for each in (words, whole) for joint in joints or (" ",)]
    return next((text for text in texts if _is_read_as(text, words)), texts[0])


def _is_read_as(text: str, words: Sequence[str]) -> bool:
    tokens: Sequence[Token] = analyse(text)
    return [token.exact for token in tokens if not token.compound] == list(words)


def _described_filter(node: Filtered | Delay | Period) -> str:
    if isinstance(node, Filtered):
        return f"{node.name}:{_quoted_value(node.value)}"
    if isinstance(node, Delay):
        return f"delai:{written_days(NumberRange(node.low, node.high))}"
    return _described_period(node)


def _described_period(period: Period) -> str:
    prefix = "reponse_" if period.field == "answered" else ""
    if period.first and period.last:
        return f"{prefix}date:{written_period(DateRange(period.first, period.last))}"
    if period.first:
        return f"{prefix}du:{written_date(period.first, last_day=False)}"
    return f"{prefix}au:{written_date(period.last, last_day=True)}"


def _quoted_value(value: str) -> str:
    plain = re.fullmatch(r"\w[\w.-]*", value) and value not in OPERATORS
    return value if plain else f'"{value}"'
