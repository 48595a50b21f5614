"""A tree made simpler: stop words left out, or every word wanted in its typed form only.

>>> node, ignored = prune(All((Word("des"), Word("loups"))))
>>> node == Word("loups"), ignored
(True, ['des'])
>>> exactly(Word("loups")) == Word("loups", "exact")
True
"""

from dataclasses import replace
from typing import Final, cast

from indexer.french.analysis import stem_form
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
    all_of,
    any_of,
)

# They say how something is asked, not what it is about.
_ASKING: Final = frozenset(
    "combien comment doit doivent faut peut peuvent pourquoi quand quoi".split()  # noqa: SIM905  # read at a glance
)
_SENTENCE: Final = 2


def prune(node: Node | None) -> tuple[Node | None, list[str]]:
    """Leave stop words out of conjunctions that hold other words; alone, they count, exactly.

    Returns:
        The tree, and the words that were left out.
    """
    match node:
        case All(children):
            return _prune_all(children)
        case Any(children):
            pairs = [prune(child) for child in children]
            return any_of(child for child, _ in pairs), [w for _, words in pairs for w in words]
        case Not(child):
            negated, ignored = prune(child)
            return (Not(negated) if negated is not None else None), ignored
        case Word() if _is_stop_word(node):
            return exactly(node), []
        case _:
            return node, []


def _prune_all(children: tuple[Node, ...]) -> tuple[Node | None, list[str]]:
    rest = _without_asking([child for child in children if not _is_stop_word(child)])
    if not any(not isinstance(child, Not | Filtered | Period | Delay) for child in rest):
        return all_of(prune(child)[0] for child in children), []
    pairs = [prune(child) for child in rest]
    ignored = [cast("Word", child).text for child in children if child not in rest]
    return all_of(child for child, _ in pairs), ignored + [w for _, words in pairs for w in words]


def _is_stop_word(node: Node) -> bool:
    return isinstance(node, Word) and node.form == "variants" and stem_form(node.text) is None


def _without_asking(children: list[Node]) -> list[Node]:
    """Leave out the words that make a sentence a question, where at least two others say it."""
    rest = [child for child in children if not _is_plain(child, _ASKING)]
    words = [child for child in rest if isinstance(child, Word | Compound | Phrase)]
    return rest if len(words) >= _SENTENCE else children


def _is_plain(node: Node, words: frozenset[str]) -> bool:
    return isinstance(node, Word) and node.form == "variants" and node.text in words


def exactly(node: Node) -> Node:
    """Return the tree with every word in its exact form; patterns and typing errors stay."""
    match node:
        case All(children) | Any(children):
            return type(node)(tuple(exactly(child) for child in children))
        case Not(child):
            return Not(exactly(child))
        case Word(_, "variants") | Phrase():
            return replace(node, form="exact")
        case Compound(parts, _, scope):
            return Phrase(parts, 0, "exact", scope)
        case _:
            return node
