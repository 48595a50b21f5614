"""A question named by its number, as people cite it.

>>> naming("Question écrite n° 24 191 (XVe législature)")
Naming(reference=Reference(number=24191, chamber=None, legislature=15, kind='QE'), is_sure=True)
>>> naming("115").is_sure, naming("loup") is None
(False, True)
"""

import re
from typing import Final, NamedTuple

from indexer.french.forms import fold
from indexer.question import CHAMBERS, KINDS, Chamber, Reference, parse_reference

# Shorter numbers are also what texts speak of: the 115, article 49, the year 2019.
_OWN_NUMBER: Final = 10_000
_LONGEST: Final = 120
_ROMAN: Final = ("viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi", "xvii", "xviii")
_FIRST_ROMAN: Final = 8
_IDENTIFIER: Final = re.compile(r"://|^\s*Q(?:AN|SEN)R5L", re.IGNORECASE)
_KINDS: Final = {
    **{fold(label): kind for kind, label in KINDS.items()},
    **{fold(f"questions{label[len('question') :]}"): kind for kind, label in KINDS.items()},
    **{fold(kind): kind for kind in KINDS},
}
_CHAMBERS: Final[dict[str, Chamber]] = {
    **{fold(label): "AN" if code == "AN" else "SENAT" for code, label in CHAMBERS.items()},
    "an": "AN",
}


def _any(names: object) -> str:
    return "|".join(sorted(map(re.escape, map(str, names)), key=len, reverse=True))  # type: ignore[call-overload]  # the numbers of a table


_PIECE: Final = re.compile(
    rf"""\s*(?:
      (?P<legislature>(?:{_any(_ROMAN)}|\d{{1,2}})\s?(?:eme|e)\b(?:\s+(?:legislature|leg\b\.?))?)
    | (?P<kind>(?:{_any(_KINDS)})(?![^\W\d]))
    | (?P<chamber>(?:{_any(_CHAMBERS)})\b)
    | (?P<sign>n\s?[°º]|num(?:ero)?\b|no?\.(?=\s?\d)|questions?\b)
    | (?P<before>\d{{1,2}})\s?-\s?(?=\d)
    | (?P<number>(?:\d{{1,3}}(?:[\s.]\d{{3}})+|\d{{1,7}})(?![^\W_]|[.,]\d)|\d{{1,7}}(?=q))
    | (?P<rest>(?:de|du|la|le|a|l')(?![^\W_])|l'|[,;:()])
    )""",
    re.VERBOSE,
)


class Naming(NamedTuple):
    """The question that a text may mean; ``is_sure`` unless it may just as well be a number."""

    reference: Reference
    is_sure: bool


def naming(text: str) -> Naming | None:
    """Read a typed text that names a question and says nothing else, else return None."""
    if len(text) > _LONGEST:
        return None
    if _IDENTIFIER.search(text):
        reference = parse_reference(text)
        return _named(reference, is_marked=True) if reference else None
    found = _pieces(fold(text).replace("’", "'").strip())
    if found is None or "number" not in found:
        return None
    digits = re.sub(r"\D", "", found["number"])
    number = int(digits)
    if not digits.isascii() or not 1 <= number < 10**7:
        return None
    legislature = _legislature(found.get("legislature") or found.get("before"))
    kind = _KINDS[found["kind"]] if "kind" in found else None
    chamber = _CHAMBERS[found["chamber"]] if "chamber" in found else None
    return _named(Reference(number, chamber, legislature, kind), is_marked="sign" in found)


def _named(reference: Reference, *, is_marked: bool) -> Naming:
    told = reference.kind or reference.legislature or reference.chamber
    return Naming(reference, bool(told) or is_marked or reference.number >= _OWN_NUMBER)


def _pieces(text: str) -> dict[str, str] | None:
    """Return the pieces of a text by what they are; None if one is another thing or comes twice."""
    found: dict[str, str] = {}
    place = 0
    while place < len(text):
        match = _PIECE.match(text, place)
        if not match:
            return None
        name = match.lastgroup or ""
        if name in found and name not in ("rest", "sign"):
            return None
        found[name] = match[name]
        place = match.end()
    return found


def _legislature(text: str | None) -> int | None:
    if not text:
        return None
    if digits := re.match(r"[0-9]+", text):
        return int(digits[0]) or None
    roman = re.match(r"[ivx]+", text)
    return _ROMAN.index(roman[0]) + _FIRST_ROMAN if roman and roman[0] in _ROMAN else None
