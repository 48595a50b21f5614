"""What every peer is given of a question: three fields, the title's with more weight."""

from typing import Final

from indexer.question import Question
from indexer.whoosh_engine.schema import texts_of

FIELDS: Final = ("title", "question", "answer")
TITLE_WEIGHT: Final = 3.0
WEIGHTS: Final = {"title": TITLE_WEIGHT, "question": 1.0, "answer": 1.0}


def fields_of(question: Question) -> dict[str, str]:
    """Return title with headings, question and answer, the texts that ours searches."""
    return texts_of(question)
