"""The query language, version 1: what a person types, read into a tree.

The contract, which ``/aide`` tells in French and ``tests/test_language_contract.py`` holds to:

* Words: all are wanted, in any order, in any form of the same stem; case, accents and kinds of
  apostrophe do not matter. Stop words (``des``, ``le``…) are left out unless they are alone.
* ``"…"``, ``« … »``: these words side by side in this order, in this form, accents and stop words
  counted; an elided article (``l'``) is no word. One word in quotes is that form alone.
* ``=mot``, ``=(…)``: the exact form without quotes. A search can be exact as a whole.
* ``"…"~5``: these forms in any order with at most 5 other words between; ``(…)~5`` any forms.
* ``mot*``, ``m?t``: any characters, one character. ``mot~``, ``mot~2``: one typing error, two.
* ``ET``/``AND`` (or nothing), ``OU``/``OR``, ``SAUF``/``NOT``/``-``, in capitals. ``OU`` binds
  least, then ``ET``, then what stands before one thing (``-``, ``=``, ``champ:``).
* ``titre:``, ``question:``, ``reponse:`` look there alone; every filter of ``request.FILTERS`` is
  ``filtre:valeur``, ``filtre:"deux mots"``, ``filtre:(un OU deux)``; ``du:``, ``au:``, ``date:``
  bound the day asked, with ``reponse_`` in front the day answered; ``delai:>60`` the days between.
* A number as it is cited (``QE n° 24 191``) names a question, see :mod:`indexer.search.naming`.

Anything can be typed: what is no syntax is words, and what was read otherwise than it stands is
told. :func:`indexer.search.wording.describe` writes a tree in this language, and is read back as
the same tree. A change of what a text means raises the version.

>>> parse("loup -chien").plain
('loup',)
"""

from typing import Final

from indexer.search.fields import contradictions
from indexer.search.lexemes import lexemes
from indexer.search.pruning import exactly, prune
from indexer.search.reader import Reader
from indexer.search.tree import All, Query

VERSION: Final = 1


def parse(text: str, *, exact: bool = False) -> Query:
    """Read a typed text; never raises, whatever was typed.

    Args:
        text: as it was typed.
        exact: whether every word is wanted in its exact form, as if ``=`` stood before it.
    """
    notices: list[str] = []
    reader = Reader(list(lexemes(text, notices)), notices)
    tree, ignored = prune(reader.read())
    if exact and tree is not None:
        tree = exactly(tree)
    if tree is None and text.strip():
        notices.append("Rien de ce qui est écrit ne peut être cherché : tout est montré.")
    if isinstance(tree, All):
        notices.extend(contradictions(tree.children))
    unique = dict.fromkeys
    return Query(tree, tuple(reader.plain), tuple(unique(ignored)), tuple(unique(notices)))
