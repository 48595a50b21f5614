"""The Sénat's open data as CSV: questions of a year, or of one kind.

The separator and the encoding are read from the file itself; a field may be quoted and hold line
feeds. Columns are found by their names, in any order. The legislature follows from the date, and
the state from the column "Sort" where there is one.

::

    Numéro;Référence;Titre;Nom;Prénom;Civilité;…;Date de publication JO;…;Texte;URL Question;Sort
    08141;…;Un titre;Exemple;Jeanne;Mme;…;05/05/2016;…;"Mme Jeanne Exemple…";http://…;Réponse
"""

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Final

from indexer.errors import BadRecord
from indexer.sources.documents import Document
from indexer.sources.drafts import question_from
from indexer.sources.french_dates import find_date
from indexer.sources.kinds import kind_of
from indexer.sources.markup import one_line, text_of
from indexer.sources.page import encoding_of, head_text, secure_url
from indexer.sources.senat_numbers import read_number
from indexer.sources.source import Item, Source

_SEPARATORS: Final = ";,\t"
_REQUIRED: Final = frozenset({"numero", "titre", "date de publication jo"})
_DISTINCTIVE: Final = frozenset({"type appartenance", "ministere de depot", "url question"})
# The longest line that is read at once; a longer one is no line of such a file.
_MAX_LINE: Final = 2**20


def recognise(document: Document) -> bool:
    """Tell whether the first line names the columns of the Sénat's lists."""
    first = head_text(document).partition("\n")[0]
    names = set(_columns(first, _separator(first)))
    return names >= _REQUIRED and bool(names & _DISTINCTIVE)


def parse(document: Document) -> Iterator[Item]:
    """Yield the questions of a file, row by row, and a BadRecord for each unusable row.

    Raises:
        BadRecord: the first line does not name the columns.
    """
    with io.TextIOWrapper(
        document.open(), encoding_of(document), errors="replace", newline=""
    ) as stream:
        first = stream.readline(_MAX_LINE)
        names = _columns(first, _separator(first))
        if not _REQUIRED.issubset(names):
            raise BadRecord(document.name, "colonnes de liste du Sénat introuvables")
        lines = iter(lambda: stream.readline(_MAX_LINE), "")
        rows = csv.reader(lines, delimiter=_separator(first))
        while True:
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                yield BadRecord(_where(document, rows.line_num), f"ligne CSV illisible ({error})")
                continue
            if any(cell.strip() for cell in row):
                yield _question(names, row, _where(document, rows.line_num))


def _where(document: Document, lines_after_header: int) -> str:
    """Name the line where a row ends: what a quoted field holds counts as lines too."""
    return f"{document.name}, ligne {lines_after_header + 1}"


def _separator(header: str) -> str:
    return max(_SEPARATORS, key=header.count)


def _columns(header: str, separator: str) -> list[str]:
    """Return the names of the columns without accents and capitals."""
    try:
        cells = next(csv.reader([header.replace("\r", "")], delimiter=separator), [])
    except csv.Error:
        return []
    return [_folded(cell) for cell in cells]


def _folded(name: str) -> str:
    decomposed = unicodedata.normalize("NFD", one_line(name).lower())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _question(names: list[str], row: list[str], where: str) -> Item:
    if len(row) != len(names):
        return BadRecord(where, f"{len(names)} colonnes attendues, {len(row)} lues")
    cells = dict(zip(names, row, strict=True))
    lines = {name: one_line(cell) for name, cell in cells.items()}
    numbered = read_number(lines["numero"])
    if numbered is None:
        return BadRecord(where, f"numéro « {lines['numero'][:40]} » illisible")
    day = find_date(lines["date de publication jo"])
    if day is None:
        return BadRecord(where, f"date « {lines['date de publication jo'][:40]} » illisible")
    fields = {
        "chamber": "SENAT",
        "number": numbered[0],
        "kind": kind_of(lines.get("nature", "")) or numbered[1],
        "date_question": day,
        "question_text": text_of(cells.get("texte", "")),
        **_lines(lines),
    }
    return question_from(fields, where)


def _lines(lines: Mapping[str, str]) -> dict[str, Any]:
    name = (lines.get(part, "") for part in ("civilite", "prenom", "nom"))
    return {
        "author": " ".join(part for part in name if part),
        "group": lines.get("groupe"),
        "department": lines.get("circonscription"),
        "title": lines.get("titre"),
        "ministry": lines.get("ministere de depot"),
        "ministry_answering": lines.get("ministere de reponse"),
        "closing_label": lines.get("sort"),
        "source_url": secure_url(lines.get("url question", "")),
    }


SOURCE = Source("senat_csv", "Liste du Sénat (CSV)", recognise, parse)
