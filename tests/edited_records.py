"""Records as another hand may write them into the corpus: readers mend them as an import does."""

from typing import Any, Final

KEY: Final = {"uid": "QANR5L15QE1", "type": "QE", "legislature": 15, "number": 1}

# Fields put into a record of that key.
EDITED: Final[tuple[dict[str, Any], ...]] = (
    {"legislature": "15"},
    {"number": "1"},
    {"date_question": "2020-01-02T00:00:00"},
    {"date_question": ""},
    {"question_text": None},
    {"analyses": None},
    {"title": "a\x00b\r\nc \ud800"},
    {"title": "a\x01b"},
    {"author": "a\x7fb"},
    {"question_text": "a\r\nb\fc\bd"},
    {"chamber": ""},
    {"of_another": {"deep": [1]}},
    {"page_question": "3"},
    {"title": ""},
)
