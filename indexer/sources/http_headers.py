"""What a download asks for in headers and reads from those of the answer (RFC 9110).

Pure functions: nothing here opens a connection or a file. A header that makes no sense counts as
absent, since whoever wrote it is not us.

>>> Validators('"v1"').if_range
'"v1"'
>>> seconds_asked_for({"Retry-After": "7"})
7.0
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

_VALUE = re.compile(r"[\x20-\x7e\xa0-\xff]{1,512}")
_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-\d{1,18}/(\d{1,18}|\*)")
_DIGITS = re.compile(r"[0-9]{1,18}")
_WEAK: Final = "W/"


@dataclass(frozen=True, slots=True)
class Validators:
    """How a server names one version of a file: its ``ETag`` and ``Last-Modified`` headers."""

    etag: str | None = None
    last_modified: str | None = None

    @classmethod
    def of_headers(cls, headers: Mapping[str, str]) -> "Validators":
        """Read them from an answer."""
        return cls(_usable(headers.get("ETag")), _usable(headers.get("Last-Modified")))

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> "Validators":
        """Read them from a stored object with the keys ``etag`` and ``last_modified``."""
        return cls(_usable(record.get("etag")), _usable(record.get("last_modified")))

    @property
    def if_range(self) -> str | None:
        """What promises the same bytes: a weak ETag does not."""
        if self.etag and not self.etag.startswith(_WEAK):
            return self.etag
        return self.last_modified

    def agree(self, other: "Validators") -> bool:
        """Tell whether both can name the same version."""
        if self.etag and other.etag:
            return self.etag == other.etag
        return len({self.last_modified, other.last_modified} - {None}) <= 1


def unless_unchanged(known: Validators) -> dict[str, str]:
    """Return the headers that ask for a file only if it is another version than the known one."""
    conditions = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in conditions.items() if value}


def from_byte(offset: int, version: Validators) -> dict[str, str]:
    """Return the headers that ask for the rest of a version, or for the whole of a newer one."""
    return {"Range": f"bytes={offset}-", "If-Range": version.if_range or ""}


def continues(headers: Mapping[str, str], offset: int, version: Validators) -> bool:
    """Tell whether the bytes of a partial answer follow those that are there."""
    content_range = _CONTENT_RANGE.fullmatch(headers.get("Content-Range", ""))
    return (
        content_range is not None
        and int(content_range[1]) == offset
        and version.agree(Validators.of_headers(headers))
    )


def whole_size(headers: Mapping[str, str], offset: int) -> int | None:
    """Return the size in bytes of the whole file whose answer begins at ``offset``, if said."""
    content_range = _CONTENT_RANGE.fullmatch(headers.get("Content-Range", ""))
    if offset and content_range and content_range[2] != "*":
        return int(content_range[2])
    length = headers.get("Content-Length", "")
    return offset + int(length) if _DIGITS.fullmatch(length) else None


def is_transformed(headers: Mapping[str, str]) -> bool:
    """Tell whether the answer's bytes are not those of the file."""
    return headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity")


def seconds_asked_for(headers: Mapping[str, str]) -> float:
    """Return how long ``Retry-After`` asks to wait, given in seconds or as a date; 0 if not."""
    written = headers.get("Retry-After", "").strip()
    if _DIGITS.fullmatch(written):
        return float(written)
    try:
        moment = parsedate_to_datetime(written)
    except ValueError:
        return 0.0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _usable(value: object) -> str | None:
    """Keep what can stand in a header that we send."""
    return value if isinstance(value, str) and _VALUE.fullmatch(value) else None
