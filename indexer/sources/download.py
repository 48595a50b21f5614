"""Fetch official files politely: resume what was cut, ask before fetching again, keep the good.

One connection at a time, and one process at a time in a folder. What is kept on disk, and why a
kill at any moment does no harm, is said in ``indexer.sources.local_copy``; which files there are,
in ``indexer.sources.official_files``. Nothing here reads questions.

Example::

    for file in official_files("AN", [17], ["QE"]):
        fetched = fetch(file, Path("corpus/raw"))
        print(fetched.path, "nouveau" if fetched.changed else "inchangé")
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit

import urllib3
from filelock import FileLock, Timeout
from urllib3 import exceptions as errors

from indexer import __version__
from indexer.errors import DownloadError
from indexer.sources.file_checks import what_is_wrong
from indexer.sources.http_headers import (
    Validators,
    continues,
    from_byte,
    is_transformed,
    seconds_asked_for,
    unless_unchanged,
    whole_size,
)
from indexer.sources.local_copy import LocalCopy, Partial, Record
from indexer.sources.official_files import OfficialFile, local_name
from indexer.sources.patience import (
    IMPOSSIBLE_ADDRESS,
    PASSING_ERRORS,
    PASSING_STATUSES,
    Again,
    Patience,
    persevere,
    refusal,
    trouble,
)

Progress = Callable[[int, int | None], None]

_PARTIAL_STATUSES: Final = (206, 416)
_MAX_REDIRECTIONS: Final = 5
_HEADERS: Final = {
    "User-Agent": f"questions-parlementaires/{__version__} (+open data search engine)",
    # The bytes as they are: ranges and lengths count those.
    "Accept-Encoding": "identity",
}
_CHUNK_BYTES: Final = 65_536
PATIENT: Final = Patience()


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that is there, whole and right.

    ``changed`` is False where this call found the bytes that were there before; a process killed
    right after a change has told nobody. ``size`` is in bytes, ``fetched_at`` in UTC (ISO 8601):
    when these bytes came.
    """

    path: Path
    url: str
    changed: bool
    size: int
    sha256: str
    fetched_at: str


def fetch(
    file_or_url: OfficialFile | str,
    folder: Path,
    *,
    progress: Progress | None = None,
    pool: urllib3.PoolManager | None = None,
    patience: Patience = PATIENT,
) -> Fetched:
    """Bring a file of a folder up to date; an earlier version stays until a right one replaces it.

    Args:
        file_or_url: an official file, or any http or https address.
        folder: where the file and its companions are; created if need be.
        progress: called with the bytes received and the bytes of the whole file, None if unknown.
        pool: connections to use, for a proxy or certificates of one's own.
        patience: how often and how long to try.

    Raises:
        BadParameter: it is no web address.
        DownloadError: the file could not be had, was not what it should be or could not be
            written; what came of it stays for the next time.
    """
    url = file_or_url if isinstance(file_or_url, str) else file_or_url.url
    name = local_name(url) if isinstance(file_or_url, str) else file_or_url.name
    manager = nullcontext(pool) if pool is not None else urllib3.PoolManager(maxsize=1)
    try:
        with _alone_in(folder), manager as connections:
            local = LocalCopy(folder, name)
            transfer = _Transfer(url, local, connections, progress or _silent, patience)
            return transfer.run()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DownloadError(f"{name} : écriture impossible dans {folder} ({reason}).") from error


@dataclass(frozen=True, slots=True)
class _Transfer:
    """All the attempts at one file."""

    url: str
    local: LocalCopy
    pool: urllib3.PoolManager
    progress: Progress
    patience: Patience

    def run(self) -> Fetched:
        finished = self.local.finish(self.url)
        known = self.local.intact(self.url)
        try:
            record = persevere(lambda: self._attempt(known), self.patience, self.local.path.name)
        except Again as again:
            raise self._failure(f"{again} (essais : {self.patience.attempts})") from again
        changed = finished or known is None or known.sha256 != record.sha256
        path = self.local.path
        return Fetched(path, self.url, changed, record.size, record.sha256, record.fetched_at)

    def _attempt(self, known: Record | None) -> Record:
        partial = self.local.partial(self.url)
        with closing(self._request(known, partial)) as response:
            if known and response.status == HTTPStatus.NOT_MODIFIED:
                self.local.drop_part()
                return known
            offset = self._offset(response, partial)
            self._receive(response, offset)
            validators = Validators.of_headers(response.headers)
        self._check_content(resumed=offset > 0)
        if offset and partial:
            validators = partial.validators
        return self.local.publish(self.url, validators)

    def _request(self, known: Record | None, partial: Partial | None) -> urllib3.BaseHTTPResponse:
        headers = dict(_HEADERS)
        if known:
            headers |= unless_unchanged(known.validators)
        if partial:
            headers |= from_byte(partial.size, partial.validators)
        try:
            with self._network():
                return self._follow(headers)
        except ValueError as error:  # of urllib.parse
            raise self._failure(IMPOSSIBLE_ADDRESS) from error

    def _follow(self, headers: Mapping[str, str]) -> urllib3.BaseHTTPResponse:
        """Return the answer behind the redirections; those of urllib3 read their bodies whole."""
        url = self.url
        patience = self.patience
        timeout = urllib3.Timeout(connect=patience.connect_timeout, read=patience.read_timeout)
        for _ in range(_MAX_REDIRECTIONS + 1):
            if urlsplit(url).scheme not in ("http", "https"):
                raise self._failure(IMPOSSIBLE_ADDRESS)
            response = self.pool.request(
                "GET", url, headers=headers, timeout=timeout, retries=False, redirect=False,
                preload_content=False,
            )  # fmt: skip
            location = response.get_redirect_location()
            if not location:
                return response
            response.close()
            url = urljoin(url, location)
        raise self._failure("les redirections n'ont pas de fin")

    def _offset(self, response: urllib3.BaseHTTPResponse, partial: Partial | None) -> int:
        """Return where in the file the answer's bytes begin."""
        status, headers = response.status, response.headers
        if status in PASSING_STATUSES:
            reason = f"le serveur est indisponible ({status})"
            raise Again(reason, seconds_asked_for(headers))
        if status == HTTPStatus.OK:
            return 0
        if not partial or status not in _PARTIAL_STATUSES:
            raise self._failure(f"{refusal(status)} : {self.url}")
        if status == HTTPStatus.PARTIAL_CONTENT and continues(
            headers, partial.size, partial.validators
        ):
            return partial.size
        self.local.drop_part()
        raise Again("le serveur ne peut reprendre l'envoi", wait=None)

    def _receive(self, response: urllib3.BaseHTTPResponse, offset: int) -> None:
        if is_transformed(response.headers):
            raise self._failure("le serveur a transformé le fichier (Content-Encoding)")
        total = whole_size(response.headers, offset)
        self._check_size(total or 0)
        if not offset:
            self.local.start(self.url, Validators.of_headers(response.headers))
        received = offset
        self.progress(received, total)
        with self.local.open_part() as part:
            for chunk in self._chunks(response):
                received += len(chunk)
                self._check_size(received)
                part.write(chunk)
                self.progress(received, total)
        if total is not None and received != total:
            if received > total:
                self.local.drop_part()
            raise Again("la connexion a été coupée")

    def _chunks(self, response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
        with self._network():
            yield from response.stream(_CHUNK_BYTES, decode_content=False)

    @contextmanager
    def _network(self) -> Iterator[None]:
        """Turn errors of the network into another attempt or the end of all of them."""
        try:
            yield
        except PASSING_ERRORS as error:
            raise Again(trouble(error)) from error
        except errors.HTTPError as error:
            raise self._failure(trouble(error)) from error

    def _check_size(self, size: int) -> None:
        if size > self.patience.max_bytes:
            self.local.drop_part()
            limit = self.patience.max_bytes // 2**20
            raise self._failure(f"le fichier dépasse la taille permise ({limit} Mio)")

    def _check_content(self, *, resumed: bool) -> None:
        wrong = what_is_wrong(self.local.part, self.local.path.name)
        if not wrong:
            return
        self.local.drop_part()
        if resumed:  # the bytes of two visits may not belong together: once more, from the start
            raise Again(f"le serveur a envoyé {wrong}", wait=None)
        raise self._failure(f"le serveur a envoyé {wrong} : {self.url}")

    def _failure(self, reason: str) -> DownloadError:
        kept = " Le fichier déjà présent n'a pas changé." if self.local.path.exists() else ""
        return DownloadError(f"{self.local.path.name} : {reason}.{kept}")


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; it goes with the process, however that ends."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / ".download.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise DownloadError(f"Un autre téléchargement est en cours dans {folder}.") from error
    try:
        yield
    finally:
        lock.release()


def _silent(received: int, total: int | None) -> None:
    """Show no progress."""
