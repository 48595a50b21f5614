"""The command line, ``questions``: one module a family of commands, and the way out of all of them.

Errors end here: :func:`main` turns them into a French sentence on the error stream and into an
exit code, 0 (done), 1 (failed), 2 (asked for wrongly) or 130 (interrupted). Standard output holds
data only, so that ``--json`` is valid whatever happens.

Example::

    from indexer.cli import main
    main(["search", "traite des êtres humains", "--du", "2019", "--json"])
"""

import contextlib
import errno
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Final, TextIO

import click

from indexer.cli.french import help_hint, message_of
from indexer.cli.program import questions
from indexer.cli.terminal import say
from indexer.errors import QuestionsError, UsageError

__all__ = ["main"]

FAILED: Final = 1
ASKED_WRONGLY: Final = 2
INTERRUPTED: Final = 130  # what a shell expects of a program that Ctrl-C ended

_REASONS: Final[Mapping[int, str]] = {
    errno.ENOSPC: "il n'y a plus de place sur le disque",
    errno.EDQUOT: "le quota du disque est atteint",
    errno.EACCES: "l'accès est refusé",
    errno.EPERM: "l'opération n'est pas permise",
    errno.EROFS: "le disque est en lecture seule",
    errno.ENOENT: "ce fichier ou ce dossier n'existe pas",
    errno.ENOTDIR: "ce n'est pas un dossier",
    errno.EISDIR: "c'est un dossier",
    errno.EEXIST: "il y a déjà un fichier de ce nom",
    errno.EMFILE: "trop de fichiers sont ouverts",
    errno.ENAMETOOLONG: "le nom est trop long",
    errno.EIO: "le disque ne répond pas comme il faut",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: the arguments without the program's name; those of the process if not given.

    Returns:
        The exit code.
    """
    for stream in (sys.stdout, sys.stderr):
        _never_fail_on_a_character(stream)
    try:
        code = _run(argv)
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_output()
        return FAILED
    except OSError as error:
        say(_sentence(error))
        return FAILED
    return code


def _run(argv: Sequence[str] | None) -> int:
    arguments = None if argv is None else list(argv)
    try:
        code = questions.main(arguments, prog_name="questions", standalone_mode=False)
    except (KeyboardInterrupt, click.Abort):
        say("Interrompu.")
        return INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return ASKED_WRONGLY
    except click.ClickException as error:
        say(" ".join(filter(None, ("Erreur :", message_of(error), help_hint(error)))))
        return ASKED_WRONGLY
    except QuestionsError as error:
        say(f"Erreur : {error}")
        return ASKED_WRONGLY if isinstance(error, UsageError) else FAILED
    except SystemExit:  # of click, where the reader of the output has gone
        _forget_output()
        return FAILED
    return code if isinstance(code, int) else 0


def _sentence(error: OSError) -> str:
    reason = _REASONS.get(error.errno or 0, error.strerror or str(error) or type(error).__name__)
    where = f"« {os.fsdecode(error.filename)} » : " if _is_path(error.filename) else ""
    return f"Erreur : {where}{reason}."


def _is_path(name: object) -> bool:
    return isinstance(name, str | bytes | os.PathLike) and bool(name)


def _never_fail_on_a_character(stream: TextIO) -> None:
    """Print ``?`` where a terminal's encoding lacks a character."""
    if reconfigure := getattr(stream, "reconfigure", None):
        reconfigure(errors="replace")


def _forget_output() -> None:
    """Send what is still buffered nowhere, or the interpreter complains of it as it ends."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.__stdout__.fileno())  # type: ignore[union-attr]  # ValueError, OSError or a file
        os.close(nowhere)
