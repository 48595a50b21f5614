"""The tree of a query back to words: what the page shows as understood.

The words are themselves a query, which is read as the same tree.

>>> from indexer.search.tree import All, Not, Word
>>> describe(All((Word("loup"), Not(Word("chien")))))
'loup SAUF chien'
"""

import re

from indexer.search.tree import All, Any, Compound, Filtered, Node, Not, Period, Phrase, Word


def describe(node: Node | None) -> str:
    """Return the query in words that :func:`parse` reads as the same query."""
    if node is None:
        return ""
    return _described(node, outer=True)


def _described(node: Node, *, outer: bool = False) -> str:
    match node:
        case All(children):
            text = " ET ".join(_described(child) for child in children)
            text = text.replace(" ET SAUF ", " SAUF ")
            return text if outer else f"({text})"
        case Any(children):
            text = " OU ".join(_described(child) for child in children)
            return text if outer else f"({text})"
        case Not(child):
            return f"SAUF {_described(child)}"
        case Filtered(name, value):
            return f"{name}:{_quoted_value(value)}"
        case Period():
            return _described_period(node)
        case _:
            return _described_leaf(node)


def _described_leaf(node: Word | Phrase | Compound) -> str:
    scope = "" if node.scope == "tout" else f"{node.scope}:"
    match node:
        case Compound(parts):
            return scope + "-".join(parts)
        case Phrase(words, slop):
            return f'{scope}"{" ".join(words)}"' + (f"~{slop}" if slop else "")
        case Word(text, "exact"):
            return f'{scope}"{text}"'
        case Word(text, "fuzzy"):
            return f"{scope}{text}~{node.distance}"
        case Word(text):
            return f"{scope}{text}"


def _described_period(period: Period) -> str:
    prefix = "reponse_" if period.field == "answered" else ""
    if period.first:
        return f"{prefix}du:{period.first}"
    return f"{prefix}au:{period.last}" if period.last else ""


def _quoted_value(value: str) -> str:
    return value if re.fullmatch(r"[\w.-]+", value) else '"' + value.replace('"', "") + '"'
