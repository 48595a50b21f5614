"""Which terms a pattern means: the obvious reading, a term at a time.

>>> meant(plan.Expansion("text", plan.WILDCARD, b"m?decin*"), "médecine".encode())
True
"""

import re

from indexer.fastwhoosh import plan
from indexer.fastwhoosh.plan import Expansion


def meant(node: Expansion, term: bytes) -> bool:
    """Return whether an expansion means a term; none means the empty one."""
    if not term:
        return False
    if node.kind == plan.PREFIX:
        return term.startswith(node.text)
    if node.kind == plan.BETWEEN:
        return node.text <= term and (node.last is None or term <= node.last)
    pattern, text = _characters(node.text), _characters(term)
    if node.kind == plan.WILDCARD:
        return _glob(pattern).fullmatch(text) is not None
    shared = pattern[: node.prefix]
    return text.startswith(shared) and distance(pattern, text, node.distance) <= node.distance


def _characters(text: bytes) -> str:
    return text.decode("utf-8", "surrogateescape")


def _glob(pattern: str) -> re.Pattern[str]:
    pieces = (".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.compile("".join(pieces), re.DOTALL)


def distance(first: str, second: str, limit: int) -> int:
    """Return the Levenshtein distance of two words, ``limit`` + 1 where it is larger."""
    if abs(len(first) - len(second)) > limit:
        return limit + 1
    row = list(range(len(second) + 1))
    for i, char in enumerate(first, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(second, 1):
            changed = diagonal + (char != other)
            diagonal = row[j]
            row[j] = min(changed, row[j] + 1, row[j - 1] + 1)
    return min(row[-1], limit + 1)
