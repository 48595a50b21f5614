"""``questions fetch``: the official files into ``corpus/raw``, whence they are imported.

urllib3 and the downloader are imported inside the commands: no other command needs the network.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import click

from indexer.cli.french import FrenchGroup, json_option
from indexer.cli.terminal import ProgressLine, duration, say, write, write_json
from indexer.errors import DownloadError
from indexer.settings import Settings

if TYPE_CHECKING:
    import urllib3

    from indexer.sources.official_files import OfficialFile

_MEBIBYTE: Final = 2**20
_PATIENCE_LOG: Final = "indexer.sources.patience"


@click.group(cls=FrenchGroup, subcommand_metavar="CHAMBRE [OPTIONS]")
def fetch() -> None:
    """Télécharge les fichiers officiels de questions.

    Un envoi coupé reprend où il en était ; un fichier inchangé n'est pas téléchargé de nouveau.
    Un serveur mandataire est pris dans HTTPS_PROXY.
    """


@fetch.command("an")
@click.option(
    "--legislature",
    "legislatures",
    type=int,
    multiple=True,
    metavar="N",
    help="Numéro de la législature ; toutes si l'option manque. Peut être répété.",
)
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    metavar="TYPE",
    help="Type de question : qe, qg ou qosd ; tous si l'option manque. Peut être répété.",
)
@click.option("--source", metavar="FORMAT", help="Format : json (sans précision) ou xml.")
@json_option
@click.pass_context
def assemblee(ctx: click.Context, /, as_json: bool, **asked: Any) -> None:  # noqa: FBT001  # click passes by keyword
    """Télécharge les questions de l'Assemblée nationale."""
    from indexer.sources.official_files import official_files  # noqa: PLC0415  # start-up cost

    files = official_files("AN", asked["legislatures"], asked["kinds"], asked["source"])
    ctx.exit(_fetch_all(files, as_json=as_json))


@fetch.command("senat")
@json_option
@click.pass_context
def senat(ctx: click.Context, as_json: bool) -> None:  # noqa: FBT001  # click passes by keyword
    """Télécharge les questions du Sénat."""
    from indexer.sources.official_files import official_files  # noqa: PLC0415  # start-up cost

    ctx.exit(_fetch_all(official_files("SENAT"), as_json=as_json))


def _fetch_all(files: "Sequence[OfficialFile]", *, as_json: bool) -> int:
    """Fetch each file, whatever becomes of the others, and return the exit code."""
    from indexer.sources.download import fetch as download  # noqa: PLC0415  # start-up cost

    folder = Settings.from_environment().corpus / "raw"
    pool, fetched, failures = _pool(), [], 0
    with _patience_shown():
        for file in files:
            line = ProgressLine()
            try:
                progress = _Transfer(file.name, line)
                result = download(file, folder, progress=progress, pool=pool)
            except DownloadError as error:
                line.end()
                say(f"Erreur : {error}")
                failures += 1
                continue
            line.end()
            fetched.append(result)
            state = "nouveau" if result.changed else "inchangé"
            say(f"{file.name} : {state}, {_size(result.size)}")
    if as_json:
        write_json([{**asdict(result), "path": str(result.path)} for result in fetched])
    elif fetched:
        write([f"Pour les ajouter au corpus : questions import {folder}"])
    return 1 if failures else 0


class _Transfer:
    """Shows how far one file is."""

    def __init__(self, name: str, line: ProgressLine) -> None:
        self._name, self._line = name, line
        self._first: int | None = None

    def __call__(self, received: int, total: int | None) -> None:
        seconds = self._line.seconds()
        if self._first is None:
            self._first = received
        parts = [f"{self._name} : {_size(received)}"]
        if total:
            parts[0] += f" / {_size(total)} ({100 * received // total} %)"
        speed = (received - self._first) / seconds if seconds else 0
        if speed:
            parts.append(f"{_size(round(speed))}/s")
            if total and total > received:
                parts.append(f"reste {duration((total - received) / speed)}")
        self._line.show(" · ".join(parts))


def _size(count: int) -> str:
    if count < _MEBIBYTE:
        return f"{count / 1024:.0f} Kio"
    return f"{count / _MEBIBYTE:.1f} Mio".replace(".", ",")


def _pool() -> "urllib3.PoolManager | None":
    """Return connections through the proxy that the environment names, None without one."""
    from urllib.parse import unquote, urlsplit  # noqa: PLC0415  # start-up cost
    from urllib.request import getproxies  # noqa: PLC0415  # start-up cost

    import urllib3  # noqa: PLC0415  # start-up cost

    address = getproxies().get("https")
    if not address:
        return None
    if "://" not in address:
        address = f"http://{address}"
    parts = urlsplit(address)
    headers = None
    if parts.username:
        who = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers = urllib3.make_headers(proxy_basic_auth=who)
    return urllib3.ProxyManager(address, proxy_headers=headers, maxsize=1)


class _OnErrorStream(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        say(record.getMessage())


@contextmanager
def _patience_shown() -> Iterator[None]:
    """Tell the user of each new attempt and of how long it waits."""
    log = logging.getLogger(_PATIENCE_LOG)
    handler, level = _OnErrorStream(), log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
