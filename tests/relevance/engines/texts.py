"""What a peer is given of a question.

One text each, with the title and headings, the question and the answer once: of the ways that were
tried (three fields whose scores are added, with the title weighing 1, 2, 3 or 5; one text with the
title once, twice or three times), this one served tantivy, Whoosh and bm25s best or within 0.003
of the best. FTS5 has columns of one BM25, which served it as well.
"""

import unicodedata

from indexer.question import Question
from indexer.whoosh_engine.schema import texts_of


def text_of(question: Question) -> str:
    """Return the texts that ours searches, as one."""
    return "\n".join(text for text in texts_of(question).values() if text)


def without_accents(text: str) -> str:
    """Return the text with its letters bare."""
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
