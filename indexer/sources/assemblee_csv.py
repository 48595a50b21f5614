"""Lists of written questions scraped from the Assemblée's site: one line a question.

The separator is ``|`` and nothing is quoted: a quotation mark is text, and a bar in the last column
belongs to the question. Cells are kept as written but for the spaces around them. The legislature
follows from the date.

::

    id|groupe|nom|ministère_interrogé|rubrique|titre|date|question
    12|Groupe exemple|Mme Jeanne Exemple|Intérieur|police|Un titre|05/07/2022|Mme Jeanne Exemple…
"""

import re
from collections.abc import Iterator
from typing import Final

from indexer.errors import BadRecord
from indexer.sources.documents import MAX_RECORD_BYTES, Document
from indexer.sources.drafts import assemblee_question
from indexer.sources.french_dates import find_date
from indexer.sources.markup import plain
from indexer.sources.page import decode, head_text
from indexer.sources.source import Item, Source

_HEADER = re.compile(
    r"id\|groupe\|nom\|minist[èe]re_interrog[ée]\|rubrique\|titre\|date\|question\s*",
    re.IGNORECASE,
)
_COLUMNS: Final = 8


def recognise(document: Document) -> bool:
    """Tell whether the first line is the header of such a list."""
    return bool(_HEADER.fullmatch(head_text(document).partition("\n")[0]))


def parse(document: Document) -> Iterator[Item]:
    """Yield the questions of a list, line by line, and a BadRecord for each unusable line."""
    with document.open() as stream:
        number = 0
        while line := stream.readline(MAX_RECORD_BYTES + 1):
            number += 1
            where = f"{document.name}, ligne {number}"
            if len(line) > MAX_RECORD_BYTES:
                raise BadRecord(where, f"plus de {MAX_RECORD_BYTES // 2**20} Mo pour une question")
            text = decode(line).strip("\ufeff\r\n").replace("\r", " ")
            if text.strip() and not _HEADER.fullmatch(text):
                yield _question(text, where)


def _question(line: str, where: str) -> Item:
    cells = [plain(cell).strip() for cell in line.split("|", _COLUMNS - 1)]
    if len(cells) != _COLUMNS:
        return BadRecord(where, f"{_COLUMNS} colonnes attendues, {len(cells)} lues")
    number, group, author, ministry, rubrique, title, printed, text = cells
    day = find_date(printed)
    if day is None:
        return BadRecord(where, f"date « {printed[:40]} » illisible ; attendu : JJ/MM/AAAA")
    if not re.fullmatch("[0-9]{1,7}", number):
        return BadRecord(where, f"numéro « {number[:40]} » illisible")
    fields = {
        "kind": "QE",
        "number": int(number),
        "author": author,
        "group": group,
        "ministry": ministry,
        "date_question": day,
        "title": title,
        "rubrique": rubrique,
        "question_text": text,
    }
    return assemblee_question(fields, where)


SOURCE = Source("assemblee_csv", "Liste de l'Assemblée nationale (CSV)", recognise, parse)
