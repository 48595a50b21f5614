"""Where a search finds next to nothing: what it asks for too much, piece by piece.

Each :class:`Change` leaves one thing out or makes it wider; the engine counts what that finds.
Smaller changes of what was meant come first.

>>> [change.label for change in changes(Search(text='loup "grand ours"', scope="titre"))][:3]
['« grand ours » sans les guillemets', 'dans tout le texte', 'sans « "grand ours" »']
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from typing import Final

from indexer.search.request import FILTERS, DateRange, NumberRange, Search
from indexer.search.typed import TypedPiece, typed_pieces, without

# So many changes are counted for one search.
MOST_CHANGES: Final = 12
# A text of more pieces is pasted, and not taken apart.
_MOST_PIECES: Final = 30
_LONGEST_LABEL: Final = 60
# What is changed, the smallest change of what was meant first.
_QUOTES, _SCOPE, NEAREST, _DATES, _FILTER, _UNKNOWN_WORD, _WORD = range(7)
_PIECES: Final = ("filter", "excluded", "phrase", "group", "word")
_BY_DATE: Final = "recentes"


@dataclass(frozen=True, slots=True)
class Change:
    """A wider search, and what makes it so in French.

    ``keeps_words`` tells that it still wants all words. Changes of one ``rank`` are weighed by
    what they find; a lower one comes first.
    """

    label: str
    search: Search
    rank: int
    keeps_words: bool = True


def changes(search: Search, unknown: Sequence[str] = (), names: Sequence[str] = ()) -> list[Change]:
    """Return the searches that ask for one thing less.

    Args:
        search: what found next to nothing.
        unknown: words of it that no question holds: they are left out first.
        names: those of them that are in the name of an author.
    """
    pieces = _pieces(search)
    found = [
        *_unquoted(search, pieces),
        *_other_forms(search),
        *_by_author(search, pieces, names),
        *_wider_scopes(search, pieces),
        *_without_dates(search),
        *_without_filters(search),
        *_without_unknown(search, unknown),
        *_without_pieces(search, pieces, unknown),
    ]
    return list(islice(_distinct(search, found), MOST_CHANGES))


def last_resorts(search: Search, unknown: Sequence[str] = ()) -> list[Change]:
    """Return what is left where no single change finds anything: much less is asked for."""
    bare = Search(text=search.text, exact=search.exact, sort=search.sort, size=search.size)
    kept = [_known_of(piece, unknown) for piece in _pieces(search)]
    found = [Change("sans filtre ni date, dans tout le texte", bare, 0)]
    found += [replace(change, rank=1) for change in _without_unknown(bare, unknown)]
    for text in filter(None, kept):
        label = f"seulement {_quoted(text)}"
        found.append(Change(label, _with_text(bare, text), 2, keeps_words=False))
    return list(islice(_distinct(search, found), MOST_CHANGES))


def _pieces(search: Search) -> tuple[TypedPiece, ...]:
    pieces = typed_pieces(search.text)
    return pieces if len(pieces) <= _MOST_PIECES else ()


def _distinct(search: Search, found: Sequence[Change]) -> Iterator[Change]:
    """Leave out what asks for nothing, or for the same as another one."""
    seen = [search]
    for change in found:
        if _asks_for_something(change.search) and change.search not in seen:
            seen.append(change.search)
            yield change


def _asks_for_something(search: Search) -> bool:
    if search.filters or search.asked or search.answered or search.delay:
        return True
    pieces = typed_pieces(search.text)
    return bool(search.text) and (not pieces or any(p.kind != "excluded" for p in pieces))


def _unquoted(search: Search, pieces: Sequence[TypedPiece]) -> Iterator[Change]:
    for piece in pieces:
        if piece.kind != "phrase" or not piece.words:
            continue
        field = f"{piece.field}:" if piece.field else ""
        bare = f"{field}({' '.join(piece.words)})" if field else " ".join(piece.words)
        text = f"{search.text[: piece.start]}{bare}{search.text[piece.end :]}"
        label = f"{_quoted(' '.join(piece.words))} sans les guillemets"
        yield Change(label, _with_text(search, text), _QUOTES)


def _other_forms(search: Search) -> Iterator[Change]:
    if search.exact:
        yield Change(
            "les mêmes mots, sous toutes leurs formes",
            replace(search, exact=False, page=1),
            _QUOTES,
        )


def _by_author(
    search: Search, pieces: Sequence[TypedPiece], names: Sequence[str]
) -> Iterator[Change]:
    """Yield the search with a piece that is a name as its author."""
    if search.filters.get("auteur"):
        return
    for piece in pieces:
        if piece.words and all(word in names for word in piece.words):
            name = " ".join(piece.words)
            filters = {**search.filters, "auteur": (name,)}
            rest = _with_text(search, without(search.text, piece))
            label = f"avec {_quoted(name)} pour auteur"
            yield Change(label, replace(rest, filters=filters), _QUOTES, keeps_words=False)


def _wider_scopes(search: Search, pieces: Sequence[TypedPiece]) -> Iterator[Change]:
    whole = Search().scope
    if search.scope != whole:
        yield Change("dans tout le texte", replace(search, scope=whole, page=1), _SCOPE)
    for piece in pieces:
        if piece.field and piece.field != whole and piece.words:
            text = f"{search.text[: piece.start]}{search.text[piece.inner :]}"
            inner = search.text[piece.inner : piece.end]
            label = f"{_quoted(inner)} dans tout le texte"
            yield Change(label, _with_text(search, text), _SCOPE)


def _without_dates(search: Search) -> Iterator[Change]:
    if search.asked:
        rest = replace(search, asked=DateRange(), page=1)
        yield Change("quelle que soit la date de la question", rest, _DATES)
    if search.answered:
        rest = replace(search, answered=DateRange(), page=1)
        yield Change("quelle que soit la date de la réponse", rest, _DATES)
    if search.delay:
        rest = replace(search, delay=NumberRange(), page=1)
        yield Change("quel que soit le délai de la réponse", rest, _DATES)


def nearest_dates(search: Search, before: date | None, after: date | None) -> list[Change]:
    """Return the search with its period stretched to the nearest day that has a question.

    Args:
        search: with a period in which nothing was asked.
        before: the last day with a question before the period, None where there is none.
        after: the first one after it.
    """
    first, last = search.asked.first, search.asked.last
    found = []
    if before and first:
        wider = replace(search, asked=DateRange(before, last), page=1)
        found.append((first - before, Change(f"en remontant au {_day(before)}", wider, NEAREST)))
    if after and last:
        wider = replace(search, asked=DateRange(first, after), page=1)
        found.append((after - last, Change(f"en allant jusqu'au {_day(after)}", wider, NEAREST)))
    return [change for _, change in sorted(found, key=lambda each: each[0])]


def around(search: Search) -> tuple[Search | None, Search | None]:
    """Return the searches before and after a period: their first hits are the nearest to it."""
    first, last = search.asked.first, search.asked.last
    before = after = None
    if first and first > date.min:
        earlier = DateRange(None, first - timedelta(days=1))
        before = replace(search, asked=earlier, sort="recentes", page=1)
    if last and last < date.max:
        later = DateRange(last + timedelta(days=1), None)
        after = replace(search, asked=later, sort="anciennes", page=1)
    return before, after


def _day(value: date) -> str:
    return f"{value.day:02}/{value.month:02}/{value.year:04}"


def _without_filters(search: Search) -> Iterator[Change]:
    for name, values in search.filters.items():
        spec = FILTERS[name]
        rest = {other: kept for other, kept in search.filters.items() if other != name}
        shown = ", ".join(spec.values.get(value, value) for value in values)
        label = f"sans le filtre {_quoted(f'{spec.label} : {shown}')}"
        yield Change(label, replace(search, filters=rest, page=1), _FILTER)


def _without_unknown(search: Search, unknown: Sequence[str]) -> Iterator[Change]:
    """Yield the search without all that no question holds, if that leaves a word to look for."""
    pieces = _pieces(search)
    lost = [piece for piece in pieces if _is_unknown(piece, unknown)]
    if lost and any(piece.words for piece in pieces if piece not in lost):
        label = " ni ".join(_quoted(piece.text) for piece in lost)
        text = _without_all(search.text, lost)
        yield Change(f"sans {label}", _with_text(search, text), _UNKNOWN_WORD, keeps_words=False)


def _without_pieces(
    search: Search, pieces: Sequence[TypedPiece], unknown: Sequence[str]
) -> Iterator[Change]:
    known = [piece for piece in pieces if not _is_unknown(piece, unknown)]
    wanting = sum(1 for piece in pieces if piece.words)
    for piece in sorted(known, key=lambda piece: _PIECES.index(piece.kind)):
        if piece.words and wanting == 1:
            continue  # what remains would want no word at all
        label = f"sans {_quoted(piece.text)}"
        if piece.kind == "excluded" and piece.text.startswith(("-", "−")):
            label = f"sans exclure {_quoted(piece.text[1:])}"
        shorter = _with_text(search, without(search.text, piece))
        keeps_words = piece.kind in ("filter", "excluded")
        yield Change(label, shorter, _FILTER if keeps_words else _WORD, keeps_words)


def _is_unknown(piece: TypedPiece, unknown: Sequence[str]) -> bool:
    return piece.kind != "excluded" and any(word in unknown for word in piece.words)


def _known_of(piece: TypedPiece, unknown: Sequence[str]) -> str:
    """Return a piece as it stands, or what is known of its words; ``""`` where it wants none."""
    if not _is_unknown(piece, unknown):
        return piece.text if piece.words else ""
    return " ".join(word for word in piece.words if word not in unknown)


def _without_all(text: str, pieces: Sequence[TypedPiece]) -> str:
    for piece in reversed(pieces):
        text = without(text, piece)
    return text


def _with_text(search: Search, text: str) -> Search:
    """Return the search for another text; without any, the newest come first."""
    text = " ".join(text.split())
    sort = search.sort if text or search.sort != Search().sort else _BY_DATE
    return replace(search, text=text, sort=sort, page=1)


def _quoted(text: str) -> str:
    shown = text if len(text) <= _LONGEST_LABEL else f"{text[:_LONGEST_LABEL].rstrip()}…"
    return f"« {shown} »"
