"""Where the chambers publish their questions; the table is ``data/official_files.tsv``.

Nothing here opens a connection: ``indexer.sources.download`` does.

>>> [file.name for file in official_files("AN", [15], ["QE"])]
['AN-15-Questions_ecrites_XV.json.zip']
"""

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypeVar
from urllib.parse import urlsplit

from indexer.errors import BadParameter
from indexer.legislatures import legislatures as known_legislatures

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class OfficialFile:
    """One published file.

    ``legislature`` is None for a file that is not cut by legislature; ``kinds`` are all the kinds
    of question that the file holds; ``format`` is ``json``, ``xml`` or ``csv``.
    """

    chamber: str
    legislature: int | None
    kinds: tuple[str, ...]
    format: str
    url: str

    @property
    def name(self) -> str:
        """The name of the local file: files of two legislatures never share one."""
        published = self.url.rsplit("/", 1)[-1]
        parts = (self.chamber, self.legislature, published)
        return "-".join(str(part) for part in parts if part is not None)


def official_files(
    chamber: str,
    legislatures: Collection[int] = (),
    kinds: Collection[str] = (),
    source: str | None = None,
) -> list[OfficialFile]:
    """List the files that hold what is asked for, by legislature, then by kind.

    Args:
        chamber: ``AN`` or ``SENAT``.
        legislatures: their numbers; none means all. The Sénat's files are not cut by legislature.
        kinds: keys of ``indexer.question.KINDS``; none means all. A file is listed as soon as it
            holds one of them, and may hold others.
        source: the format, ``json``, ``xml`` or ``csv``; None means the chamber's first.

    Raises:
        BadParameter: nothing is published for one of the values; names those that are right.
    """
    chamber = chamber.upper()
    _require("chambre", [chamber], _unique([file.chamber for file in _table()]))
    rows = [file for file in _table() if file.chamber == chamber]
    formats = _unique([file.format for file in rows])
    wanted_format = source.lower() if source else formats[0]
    _require("source", [wanted_format], formats)
    wanted_kinds = {kind.upper() for kind in kinds}
    _require("type", wanted_kinds, _unique([kind for file in rows for kind in file.kinds]))
    published = _unique([file.legislature for file in rows if file.legislature])
    none_valid = "aucune : les fichiers de cette chambre vont d'une législature à l'autre"
    _require("legislature", legislatures, published or none_valid)
    return [
        file
        for file in rows
        if file.format == wanted_format
        and (not legislatures or file.legislature in legislatures)
        and (not wanted_kinds or wanted_kinds.intersection(file.kinds))
    ]


def local_name(url: str) -> str:
    """Return the name under which the file at any web address is kept.

    An address of the table has its file's name; any other has its last part behind eight
    characters that depend on the whole address, so that two addresses never share a file.

    Raises:
        BadParameter: it is no web address.
    """
    for file in _table():
        if file.url == url:
            return file.name
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise BadParameter("url", url, "une adresse http ou https") from error
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise BadParameter("url", url, "une adresse http ou https")
    digest = hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    last = re.sub(r"[^A-Za-z0-9._-]+", "_", parts.path.rsplit("/", 1)[-1])[-100:]
    return f"{digest}-{last}" if last else digest


@cache
def _table() -> tuple[OfficialFile, ...]:
    text = files("indexer").joinpath("data/official_files.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    found = [
        OfficialFile(chamber, number, tuple(kinds.split(" ")), file_format, url)
        for chamber, numbers, kinds, file_format, template in rows
        for number in _numbers(numbers)
        for url in [template.format(legislature=number)]
    ]
    return tuple(sorted(found, key=lambda file: (file.chamber, file.legislature or 0, file.kinds)))


def _numbers(written: str) -> list[int | None]:
    first, dash, _ = written.partition("-")
    if not first:
        return [None]
    return [
        entry.number
        for entry in known_legislatures()
        if entry.number == int(first) or (dash and entry.number > int(first))
    ]


def _unique(values: list[_T]) -> list[_T]:
    return list(dict.fromkeys(values))


def _require(parameter: str, given: Collection[object], valid: Sequence[object] | str) -> None:
    for value in given:
        if isinstance(valid, str):
            raise BadParameter(parameter, str(value), valid)
        if value not in valid:
            raise BadParameter(parameter, str(value), [str(choice) for choice in valid])
