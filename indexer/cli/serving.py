"""``questions serve``: hand the site to a WSGI server, with an index to search in.

The site is named by a text only, ``webui.wsgi:application``: this package knows no HTTP. The port
is taken before anything is built, so that a wrong one is told at once and in French, and is handed
over bound.
"""

import errno
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Final, NoReturn

import click

from indexer.cli.french import FrenchCommand
from indexer.cli.indexing import build_index, the_corpus
from indexer.cli.searching import opened_engine
from indexer.cli.terminal import plural, say
from indexer.errors import BadParameter, IndexMissing, QuestionsError
from indexer.settings import Settings

_APPLICATION: Final = "webui.wsgi:application"
# Both packages lie in this folder, in a checkout and where they are installed.
_PACKAGES: Final = Path(__file__).resolve().parents[2]
_MAX_PORT: Final = 65_535
_MAX_PROCESSES: Final = 256
_PORT_TROUBLES: Final[Mapping[int, str]] = {
    errno.EADDRINUSE: "un autre programme l'occupe. Choisissez-en un autre avec --port",
    errno.EACCES: "ce port est réservé. Choisissez-en un autre, au-delà de 1023, avec --port",
    errno.EADDRNOTAVAIL: "cette machine n'a pas cette adresse. Choisissez-en une autre avec --host",
}


@click.command(cls=FrenchCommand)
@click.option("--host", metavar="ADRESSE", help="Adresse à écouter ; 127.0.0.1 : cette machine.")
@click.option("--port", type=int, metavar="N", help="Port à écouter : 8000 ; 0 : un port libre.")
@click.option("--workers", type=int, metavar="N", help="Processus du serveur : 2.")
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """Ouvre le site de recherche sur cette machine.

    Sans index, il est d'abord construit : du corpus s'il a des questions, sinon de l'échantillon.
    Ctrl-C arrête le site.
    """
    settings = Settings.from_environment()
    host = settings.host if host is None else host
    port = _in_range("port", settings.port if port is None else port, 0, _MAX_PORT)
    workers = settings.workers if workers is None else workers
    workers = _in_range("workers", workers, 1, _MAX_PROCESSES)
    threads = _in_range("QUESTIONS_THREADS", settings.threads, 1, _MAX_PROCESSES)
    with _bound(host, port) as listener:
        _ensure_index(settings)
        say(f"Site ouvert sur {_address(listener)} (Ctrl-C pour arrêter).")
        sys.stdout.flush()
        sys.stderr.flush()
        if sys.platform == "win32":
            _run_waitress(listener, settings, threads)
        else:
            _become_gunicorn(listener, settings, workers, threads)


def _in_range(name: str, value: int, lowest: int, highest: int) -> int:
    if not lowest <= value <= highest:
        raise BadParameter(name, str(value), f"un nombre de {lowest} à {highest}")
    return value


def _bound(host: str, port: int) -> socket.socket:
    """Take a port and listen on it: who calls before the site is ready waits until it is."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, UnicodeError) as error:
        raise BadParameter("host", host, "une adresse de cette machine") from error
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
    except OSError as error:
        listener.close()
        reason = _PORT_TROUBLES.get(error.errno or 0, error.strerror or str(error))
        raise QuestionsError(f"Impossible d'écouter sur {host}, port {port} : {reason}.") from error
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _ensure_index(settings: Settings) -> None:
    try:
        opened_engine().info()
    except IndexMissing:
        sample = the_corpus(settings).is_empty()
        what = "de l'échantillon fourni : le corpus est vide" if sample else "du corpus"
        say(f"Aucun index : construction à partir {what}.")
        report = build_index(settings, sample=sample)
        say(f"Index construit : {plural(report.total, 'question')}.")


def _environment(settings: Settings) -> dict[str, str]:
    """Return the settings as the site's processes read them, wherever they run."""
    given = {entry.name: getattr(settings, entry.name) for entry in fields(settings)}
    texts = {
        name: str(value.resolve()) if isinstance(value, Path) else str(value)
        for name, value in given.items()
    }
    return os.environ | {f"QUESTIONS_{name.upper()}": value for name, value in texts.items()}


def _become_gunicorn(
    listener: socket.socket, settings: Settings, workers: int, threads: int
) -> NoReturn:
    """Let gunicorn take the place of this process: signals go straight to it."""
    environment = _environment(settings)
    listener.set_inheritable(True)
    command = [
        sys.executable, "-m", "gunicorn",
        "--config", str(Path(__file__).with_name("gunicorn_settings.py")),
        "--bind", f"fd://{listener.fileno()}",
        "--worker-class", "gthread", "--workers", str(workers), "--threads", str(threads),
        _APPLICATION,
    ]  # fmt: skip
    # gunicorn imports from where it starts: in a checkout that would be the sources, which are not
    # compiled, and not what is installed. The settings name whole paths.
    os.chdir(_PACKAGES)
    os.execve(sys.executable, command, environment)  # noqa: S606  # this very interpreter


def _run_waitress(listener: socket.socket, settings: Settings, threads: int) -> None:
    """Run waitress beside this process: there, no process can take another one's place."""
    host, port = listener.getsockname()[:2]
    listener.close()
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    command = [
        sys.executable, "-m", "waitress", "--listen", where, "--threads", str(threads), _APPLICATION
    ]  # fmt: skip
    subprocess.run(command, env=_environment(settings), check=False, cwd=_PACKAGES)  # noqa: S603  # our own words
