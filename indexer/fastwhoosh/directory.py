"""The directory of a segment: which sections there are, and whether its shape is right.

It comes from a file, so nothing in it is believed: every reader after :func:`check` may rely on
the keys and types that the format names, on sections inside the file, and on nothing else.

>>> check({"docs": 0, "fields": {}, "columns": {}, "stored": {}}, 16)
Traceback (most recent call last):
indexer.fastwhoosh.errors.Malformed: répertoire : « stored » n’a pas de section « dict »
"""

from collections.abc import Iterator
from typing import Any, Final

from indexer.fastwhoosh.errors import Malformed

# [offset, length, crc32] of bytes in the file.
Section = list[int]
Directory = dict[str, Any]

MAX_DOCS: Final = 1 << 24
KINDS: Final = ("positions", "frequencies", "existence")
TYPECODES: Final = tuple("bBhHiIqQfd")
WIDTHS: Final = (1, 2, 4)
_HEADER: Final = 16
_ALIGNMENT: Final = 8
_FIELD_SECTIONS: Final = ("blob", "offsets", "infos", "postings", "positions")
_FIELD_NUMBERS: Final = ("terms", "length", "min_length", "max_length")
_COLUMN_SECTIONS: Final = {
    "number": ("values",),
    "codes": ("blob", "offsets", "codes"),
    "raw": ("data",),
}
_STORED_SECTIONS: Final = ("dict", "index", "data")
_LARGEST: Final = 1 << 63
# The sum of the lengths of all documents: what is merged still has one that can be written.
_LARGEST_SUM: Final = MAX_DOCS << 32


def check(directory: Any, end: int) -> None:
    """Check keys, types and that every section lies between the header and ``end``.

    Raises:
        Malformed: what is wrong.
    """
    _demand(isinstance(directory, dict), "répertoire : ce n’est pas un objet")
    _demand(_natural(directory.get("docs"), MAX_DOCS), "répertoire : « docs » est faux")
    for group, check_entry in (("fields", _check_field), ("columns", _check_column)):
        entries = directory.get(group)
        _demand(isinstance(entries, dict), f"répertoire : « {group} » manque")
        for name, entry in entries.items():
            _demand(isinstance(entry, dict), f"répertoire : « {name} » n’est pas un objet")
            check_entry(name, entry)
    _demand(isinstance(directory.get("stored"), dict), "répertoire : « stored » manque")
    _need_sections("stored", directory["stored"], _STORED_SECTIONS)
    for name, section in sections(directory):
        _check_section(name, section, end)


def sections(directory: Directory) -> Iterator[tuple[str, Section]]:
    """Give every section with a name for people, of a directory of the right shape."""
    for name, field in directory["fields"].items():
        keys = (*_FIELD_SECTIONS, *(["norms"] if "norms" in field else []))
        yield from ((f"champ « {name} », {key}", field[key]) for key in keys)
    for name, column in directory["columns"].items():
        keys = _COLUMN_SECTIONS[column["type"]]
        yield from ((f"colonne « {name} », {key}", column[key]) for key in keys)
    stored = directory["stored"]
    yield from ((f"champs enregistrés, {key}", stored[key]) for key in _STORED_SECTIONS)


def _check_field(name: str, field: dict[str, Any]) -> None:
    _demand(field.get("kind") in KINDS, f"répertoire : genre du champ « {name} » inconnu")
    for key in _FIELD_NUMBERS:
        right = _natural(field.get(key), _LARGEST_SUM)
        _demand(right, f"répertoire : « {key} » du champ « {name} » est faux")
    _need_sections(name, field, _FIELD_SECTIONS)


def _check_column(name: str, column: dict[str, Any]) -> None:
    kind = column.get("type")
    known = isinstance(kind, str) and kind in _COLUMN_SECTIONS
    _demand(known, f"répertoire : type de la colonne « {name} » inconnu")
    _need_sections(name, column, _COLUMN_SECTIONS[str(kind)])
    if kind == "number":
        right = column.get("typecode") in TYPECODES and _number(column.get("default"))
    elif kind == "codes":
        width = column.get("width")
        right = _natural(column.get("values")) and _natural(width) and width in WIDTHS
    else:
        right = True
    _demand(right, f"répertoire : colonne « {name} » mal décrite")


def _need_sections(name: str, entry: dict[str, Any], keys: tuple[str, ...]) -> None:
    for key in keys:
        _demand(key in entry, f"répertoire : « {name} » n’a pas de section « {key} »")


def _check_section(name: str, section: Any, end: int) -> None:
    well_formed = isinstance(section, list) and len(section) == 3 and all(map(_natural, section))  # noqa: PLR2004 - offset, length, crc32
    _demand(well_formed, f"répertoire : {name} : section mal décrite")
    offset, length, _ = section
    inside = offset >= _HEADER and offset % _ALIGNMENT == 0 and offset + length <= end
    _demand(inside, f"répertoire : {name} : section hors du fichier")


def _natural(value: Any, largest: int = _LARGEST) -> bool:
    return type(value) is int and 0 <= value <= largest


def _number(value: Any) -> bool:
    return type(value) in {int, float}


def _demand(condition: bool, reason: str) -> None:  # noqa: FBT001 - an assertion for data
    if not condition:
        raise Malformed(reason)
