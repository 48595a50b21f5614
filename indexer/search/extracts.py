"""Matches and extracts of a text in plain Python: the rules that native code follows.

:mod:`indexer.search.passages` is the door; it reads natively where that is compiled.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from indexer.french.analysis import Token, analyse
from indexer.search.marker import CHAIN_WIDTH, Marker, Span
from indexer.search.results import Piece

# An extract of about three lines, and two of them where the matches lie far apart.
PASSAGE_CHARACTERS: Final = 280
MAX_PASSAGES: Final = 2
# An exact form, and a whole phrase, say more about a place than a variant does.
_EXACT_WEIGHT: Final = 2.0
_PHRASE_WEIGHT: Final = 4.0
# A second extract must say at least this share of what the first one says.
_SECOND_SHARE: Final = 0.25
_SENTENCE_END: Final = re.compile(r"[.!?…]\s+|\n")


class Extract(NamedTuple):
    """A range of a text as pieces; ``focus`` is where its weightiest match begins."""

    pieces: tuple[Piece, ...]
    start: int
    end: int
    focus: int


def spans_in_python(text: str, marker: Marker) -> list[Span]:
    """Return the matches of a text in order, overlaps joined."""
    if not text or not marker:
        return []
    tokens = analyse(text)
    found = [span for token in tokens if (span := _word_span(token, marker))]
    words = [token for token in tokens if not token.compound]
    for phrase, slop in zip(marker.phrases, marker.slops, strict=True):
        found.extend(_phrase_spans(words, phrase, slop))
    for chain in marker.chains:
        found.extend(_chain_spans(words, chain))
    return _disjoint(found)


def _word_span(token: Token, marker: Marker) -> Span | None:
    if token.exact in marker.exacts:
        return Span(token.start, token.end, _EXACT_WEIGHT, token.stem or token.exact)
    if token.stem is not None and token.stem in marker.stems:
        return Span(token.start, token.end, 1.0, token.stem)
    return None


def _phrase_spans(words: Sequence[Token], phrase: tuple[str, ...], slop: int) -> Iterable[Span]:
    if slop:
        yield from _near_spans(words, phrase, slop)
        return
    length = len(phrase)
    for place, token in enumerate(words):
        if token.exact == phrase[0] and place + length <= len(words):
            window = words[place : place + length]
            if all(token.exact == word for token, word in zip(window, phrase, strict=True)):
                weight = _PHRASE_WEIGHT * length
                yield Span(window[0].start, window[-1].end, weight, " ".join(phrase))


def _chain_spans(words: Sequence[Token], chain: tuple[str, ...]) -> Iterable[Span]:
    for place, token in enumerate(words):
        last = _end_of_chain(words, place, chain)
        if last is not None:
            weight = _PHRASE_WEIGHT * len(chain)
            yield Span(token.start, words[last].end, weight, " ".join(chain))


def _end_of_chain(words: Sequence[Token], place: int, chain: tuple[str, ...]) -> int | None:
    if words[place].stem != chain[0]:
        return None
    for stem in chain[1:]:
        following = range(place + 1, min(place + CHAIN_WIDTH + 1, len(words)))
        found = next((other for other in following if words[other].stem == stem), None)
        if found is None:
            return None
        place = found
    return place


def _near_spans(words: Sequence[Token], phrase: tuple[str, ...], slop: int) -> Iterable[Span]:
    wanted = set(phrase)
    width = len(phrase) + slop
    places = [place for place, token in enumerate(words) if token.exact in wanted]
    for index, place in enumerate(places):
        inside = [p for p in places[index : index + width] if p < place + width]
        if {words[p].exact for p in inside} == wanted:
            for p in inside:
                yield Span(words[p].start, words[p].end, _PHRASE_WEIGHT, words[p].exact)


def _disjoint(found: list[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in sorted(found, key=lambda span: (span.start, -span.end)):
        if kept and span.start < kept[-1].end:
            last = kept[-1]
            kept[-1] = Span(
                last.start, max(last.end, span.end), max(last.weight, span.weight), last.word
            )
        else:
            kept.append(span)
    return kept


def pieces(text: str, matches: Sequence[Span], start: int, end: int) -> tuple[Piece, ...]:
    """Cut ``text[start:end]`` into runs that match and runs that do not."""
    out: list[Piece] = []
    place = start
    for span in matches:
        first, last = max(span.start, start), min(span.end, end)
        if first >= last:
            continue
        if first > place:
            out.append(Piece(text[place:first], is_match=False))
        out.append(Piece(text[first:last], is_match=True))
        place = last
    if place < end:
        out.append(Piece(text[place:end], is_match=False))
    return tuple(out)


def extracts_in_python(text: str, marker: Marker) -> list[Extract]:
    """Return the best extracts of a text, in the order of the text.

    A text that holds no match gives its beginning.
    """
    if not text:
        return []
    matches = spans_in_python(text, marker)
    if not matches:
        return [_extract(text, matches, _window(text, 0, PASSAGE_CHARACTERS))]
    first, value = _best_window(text, matches)
    windows = [first]
    seen = {span.word for span in matches if first[0] <= span.start < first[1]}
    rest = [span for span in matches if span.end <= first[0] or span.start >= first[1]]
    if len(windows) < MAX_PASSAGES and any(span.word not in seen for span in rest):
        fresh = [span for span in rest if span.word not in seen]
        second, second_value = _best_window(text, fresh)
        apart = second[0] >= first[1] or second[1] <= first[0]
        if apart and second_value >= _SECOND_SHARE * value:
            windows.append(second)
    return [_extract(text, matches, window) for window in sorted(windows)]


def _best_window(text: str, matches: Sequence[Span]) -> tuple[tuple[int, int], float]:
    """Return the window that says most, distinct words first, and how much it says."""
    best, best_score = (0, 0), -1.0
    for index, span in enumerate(matches):
        words: dict[str, float] = {}
        score = 0.0
        end = span.end
        for other in matches[index:]:
            if other.end > span.start + PASSAGE_CHARACTERS and other is not span:
                break
            score += other.weight * (0.2 if other.word in words else 1.0)
            words[other.word] = other.weight
            end = other.end
        if score > best_score:
            best, best_score = (span.start, end), score
    return _window(text, *best), best_score


def _window(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen a range to about an extract's length, from a sentence's beginning where one is near."""
    if len(text) <= PASSAGE_CHARACTERS:
        return 0, len(text)
    spare = max(0, PASSAGE_CHARACTERS - (end - start))
    first = max(0, start - spare // 3)
    sentence = [match.end() for match in _SENTENCE_END.finditer(text, max(0, start - spare), start)]
    if start and sentence:
        first = sentence[-1]
    elif first:
        space = text.find(" ", first, start)
        first = space + 1 if space >= 0 else start
    last = min(len(text), max(end, first + PASSAGE_CHARACTERS))
    if last < len(text):
        space = text.rfind(" ", end, last)
        last = space if space >= end else last
    return first, last


def _extract(text: str, matches: Sequence[Span], window: tuple[int, int]) -> Extract:
    return Extract(pieces(text, matches, *window), *window, _focus(matches, window))


def _focus(matches: Sequence[Span], window: tuple[int, int]) -> int:
    inside = [span for span in matches if window[0] <= span.start < window[1]]
    return max(inside, key=lambda span: span.weight).start if inside else window[0]
