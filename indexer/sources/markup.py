r"""HTML fragments of questions and answers to plain paragraphs, with who speaks where.

The fragments are wild: unclosed and stray tags, tables inside paragraphs, unquoted attributes,
controls, decomposed accents. What comes out is what a reader sees: paragraphs separated by one
line feed, table cells by `` | ``. Whole pages are the business of the page sources.

>>> text_of("La loi<br>n<sup>o</sup> 1 <i>(Rires.)</i>")
'La loi\nno 1 (Rires.)'
>>> exchange_of("<b>Mme Jeanne Exemple. </b>Oui !").turns
(Turn(start=0, speaker='Mme Jeanne Exemple'),)
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from lxml import etree, html

from indexer.question import Turn

_BLOCKS: Final = frozenset(
    ("address", "article", "blockquote", "br", "caption", "center", "dd", "div", "dl", "dt", "h1",
     "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "section", "table", "tbody",
     "tfoot", "thead", "tr", "ul")
)  # fmt: skip
_CELLS: Final = frozenset({"td", "th"})
_SKIPPED: Final = frozenset({"script", "style", "template", "noscript", "head", "title"})
_BOLD: Final = frozenset({"b", "strong"})
# Noncharacters, which plain() takes out of any source text: no document can forge a mark.
_CELL_BREAK: Final = "\ufdd0"
_STRAY_BREAK = re.compile(r"</br\s*>", re.IGNORECASE)
_BOLD_START: Final = "\ufdd1"
_BOLD_END: Final = "\ufdd2"
# Soft hyphens, zero-width joiners and C1 controls are invisible leftovers of typesetting.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b-\u200d\u2060\ufdd0-\ufdef\ufeff]"
)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_MAX_SPEAKER = 250
_SPEAKER = re.compile(
    r"(?:M\.|MM\.|Mme|Mmes|Mlle|Mlles|Plusieurs|Un|Une|Des|Quelques|De nombreux|L[ae] "
    r"|Voix|Divers|Sur)[\s\u00a0\w]"
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A text and the turns of speech in it, in order of ``start``."""

    text: str
    turns: tuple[Turn, ...]


def plain(text: str) -> str:
    """Return text without invisible characters, in composed form; line feeds stay."""
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text.replace("\r\n", "\n")))


def one_line(text: str) -> str:
    """Return text on one line, every run of spaces (no-break ones too) read as one space."""
    return " ".join(plain(text).split())


def paragraphs(text: str) -> str:
    """Return plain text as trimmed paragraphs, one a line, empty ones left out."""
    lines = (one_line(line) for line in plain(text).split("\n"))
    return "\n".join(line for line in lines if line)


def text_of(fragment: str) -> str:
    """Return the paragraphs of an HTML fragment."""
    return exchange_of(fragment).text


def text_of_element(element: etree._Element) -> str:
    """Return the paragraphs of an element that is already parsed."""
    return _assemble(_flatten(element)).text


def exchange_of_element(element: etree._Element) -> Exchange:
    """Return the paragraphs and the turns of speech of an element that is already parsed."""
    return _assemble(_flatten(element))


def exchange_of(fragment: str) -> Exchange:
    """Return the paragraphs of an HTML fragment and the turns that its bold names announce.

    A fragment without any tag goes through unparsed: ``<`` and ``&`` in it are text.
    """
    if "<" not in fragment and "&" not in fragment:
        return _with_turns(paragraphs(fragment))
    fragment = _STRAY_BREAK.sub("<br>", plain(fragment))
    if not fragment.strip():
        return Exchange("", ())
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True)
    wrapped = b"<div>" + fragment.encode("utf-8", "replace") + b"</div>"
    try:
        document = html.document_fromstring(wrapped, parser=parser)
    except (etree.LxmlError, AssertionError):
        return Exchange("", ())
    return _assemble(_flatten(document))


def _flatten(element: etree._Element) -> str:
    """Return the element's text with line feeds at blocks and marks at cells and bold runs."""
    pieces: list[str] = []
    skipping = cells = 0
    for event, node in etree.iterwalk(element, events=("start", "end", "comment", "pi")):
        if event in ("comment", "pi"):
            if not skipping:
                pieces.append(_SPACES.sub(" ", node.tail or ""))
            continue
        tag = node.tag if isinstance(node.tag, str) else ""
        if tag in _CELLS:
            cells += 1 if event == "start" else -1
        if tag in _SKIPPED:
            skipping += 1 if event == "start" else -1
        elif not skipping:
            mark = _mark(tag, event)
            pieces.append(" " if cells and mark == "\n" else mark)
        if not skipping:
            text = node.text if event == "start" else (node.tail if node is not element else None)
            pieces.append(_SPACES.sub(" ", plain(text or "")))
    return "".join(pieces)


def _mark(tag: str, event: str) -> str:
    if tag in _BLOCKS:
        return "\n"
    if tag in _CELLS:
        return _CELL_BREAK if event == "end" else ""
    if tag in _BOLD:
        return _BOLD_START if event == "start" else _BOLD_END
    return ""


def _assemble(flat: str) -> Exchange:
    """Join the lines, and read the speaker from the bold run that opens a line."""
    lines: list[str] = []
    turns: list[Turn] = []
    start = 0
    for raw in flat.split("\n"):
        line = _readable(raw)
        if not line:
            continue
        speaker = _bold_speaker(raw, line)
        if speaker and not (turns and turns[-1].start == start):
            turns.append(Turn(start, speaker))
        lines.append(line)
        start += len(line) + 1
    text = "\n".join(lines)
    return Exchange(text, tuple(turns)) if turns else _with_turns(text)


def _readable(raw: str) -> str:
    line = raw.replace(_BOLD_START, "").replace(_BOLD_END, "")
    cells = [one_line(cell) for cell in line.split(_CELL_BREAK)]
    return " | ".join(cells).strip(" |") if len(cells) > 1 else cells[0]


def _bold_speaker(raw: str, line: str) -> str | None:
    opening = raw.lstrip()
    if not opening.startswith(_BOLD_START):
        return None
    bold = one_line(opening[1:].partition(_BOLD_END)[0].replace(_BOLD_START, ""))
    rest = line[len(bold) :].strip()
    if not rest or len(bold) > _MAX_SPEAKER or not _SPEAKER.match(bold):
        return None
    return _FUNCTION.sub("", bold).rstrip(" .:,") or None


# A line of plain text opens a turn where it begins as the minutes begin one: a civility and a
# name or function, closed by a full stop, before what is said.
_PLAIN_TURN = re.compile(
    r"(?P<speaker>(?:(?:M\.|Mme|Mlle|MM\.|Mmes)\s"
    r"(?:l[ae]\s(?:pr[ée]sident|ministre|secr[ée]taire|garde|haut|premi[eè]r)"
    r"|[A-ZÀ-ÖØ-Þ][\w’'-]+\s(?:(?:d[eu]s?|l[ea]|von|van|d['’])\s?)*[A-ZÀ-ÖØ-Þ])"
    r"|(?:Plusieurs|Une?|De\snombreux|Quelques|Des)\sd[ée]put[ée])"
    r"(?:[^.!?…\n]|\bMM?\.){0,220}?)\s?\.\s+\S"
)
_QUOTED_VERB = re.compile(
    r"\s(?:attire|appelle|interroge|demande|alerte|souhaite|rappelle|expose|s'inqui|"
    r"sollicite|signale|fait|a l'honneur|souligne|interpelle)\b"
)
# "M. X, ministre de la santé": the function is announced once; turns are told apart by the name.
_FUNCTION = re.compile(
    r",\s(?:(?:vice-)?pr[ée]sident|ministre|secr[ée]taire|[Pp]remi|garde|haut).*"
)


def _with_turns(text: str) -> Exchange:
    return Exchange(text, turns_of(text))


def turns_of(text: str) -> tuple[Turn, ...]:
    """Find the turns of speech in minutes that come as plain paragraphs, without bold names.

    Two turns at least make an exchange; a lone civility at the head of a written question is
    none.
    """
    turns: list[Turn] = []
    start = 0
    for line in text.split("\n"):
        match = _PLAIN_TURN.match(line)
        if match and not _QUOTED_VERB.search(match["speaker"]):
            turns.append(Turn(start, _FUNCTION.sub("", match["speaker"]).rstrip()))
        start += len(line) + 1
    return tuple(turns) if len(turns) > 1 else ()
