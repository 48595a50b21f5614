"""The program ``questions``: the group of all commands, in the order in which one needs them."""

import click

from indexer import __version__
from indexer.cli.exporting import export
from indexer.cli.fetching import fetch
from indexer.cli.french import FrenchGroup
from indexer.cli.importing import import_
from indexer.cli.indexing import check, index, status
from indexer.cli.searching import search, show, similar, suggest
from indexer.cli.serving import serve
from indexer.cli.statistics import stats


@click.group(
    cls=FrenchGroup,
    subcommand_metavar="COMMANDE [ARGUMENTS]…",
    epilog="« questions COMMANDE --help » montre l'aide d'une commande. Les dossiers sont ./corpus "
    "et ./index, sauf si QUESTIONS_CORPUS et QUESTIONS_INDEX en nomment d'autres.",
)
@click.version_option(
    __version__, "--version", message="questions %(version)s", help="Affiche la version."
)
def questions() -> None:
    """Cherche dans les questions des parlementaires français et leurs réponses."""


for _command in (
    fetch, import_, index, search, suggest, show, similar, stats, export, status, check, serve,
):  # fmt: skip
    questions.add_command(_command)
