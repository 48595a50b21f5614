"""Where the query's words stand in a text: extracts with marks, and whole texts with marks.

The text is analysed anew with the project's own analysis, so that marks follow the same rules as
the search; nothing here needs an index. Native code does the work where it is compiled, with the
results of :mod:`indexer.search.extracts`.

>>> marker = Marker(stems=frozenset({"loup"}))
>>> [piece.text for piece in mark("Les loups et le mouton", marker) if piece.is_match]
['loups']
"""

from bisect import bisect_right
from collections.abc import Sequence

from indexer.question import Turn
from indexer.search.extracts import (
    PASSAGE_CHARACTERS,
    extracts_in_python,
    pieces,
    spans_in_python,
)
from indexer.search.marker import Marker, Span
from indexer.search.matcher import native_matcher
from indexer.search.results import Paragraph, Passage, Piece

__all__ = ["PASSAGE_CHARACTERS", "Marker", "Span", "mark", "marked_paragraphs", "passages", "spans"]


def spans(text: str, marker: Marker) -> list[Span]:
    """Return the matches of a text in order, overlaps joined."""
    matcher = native_matcher(marker)
    return spans_in_python(text, marker) if matcher is None else matcher.spans(text)


def mark(text: str, marker: Marker) -> tuple[Piece, ...]:
    """Return a whole text as pieces."""
    matcher = native_matcher(marker)
    if matcher is None:
        return pieces(text, spans_in_python(text, marker), 0, len(text))
    return matcher.mark(text)


def marked_paragraphs(
    text: str, turns: Sequence[Turn], marker: Marker
) -> tuple[tuple[Paragraph, ...], int]:
    """Return the paragraphs of a text with their marks, and how many matches they hold."""
    matches = spans(text, marker)
    speakers = {turn.start: turn.speaker for turn in turns}
    paragraphs = []
    start = 0
    for line in text.split("\n"):
        if line:
            cut = pieces(text, matches, start, start + len(line))
            paragraphs.append(Paragraph(cut, speakers.get(start)))
        start += len(line) + 1
    return tuple(paragraphs), len(matches)


def passages(text: str, turns: Sequence[Turn], marker: Marker) -> tuple[Passage, ...]:
    """Return the best extracts of a text, in the order of the text.

    A text that holds no match gives its beginning.
    """
    matcher = native_matcher(marker)
    extracts = extracts_in_python(text, marker) if matcher is None else matcher.passages(text)
    length = len(text)
    return tuple(
        [
            Passage(cut, _speaker(turns, focus) if turns else None, start > 0, end < length)
            for cut, start, end, focus in extracts
        ]
    )


def _speaker(turns: Sequence[Turn], focus: int) -> str | None:
    turn = bisect_right([turn.start for turn in turns], focus) - 1
    return turns[turn].speaker if turn >= 0 else None
