"""``questions search`` and ``questions show``: ask the index, and print what it answers.

The engine is imported inside the commands: Whoosh alone would double the time of ``--help``.
"""

from dataclasses import asdict
from typing import Any

import click

from indexer.cli import around_text, question_text, results_text
from indexer.cli.filters import (
    QueryCommand,
    asks_for_nothing,
    dates_epilog,
    order_option,
    query_options,
    search_of,
)
from indexer.cli.french import FrenchCommand, json_option
from indexer.cli.terminal import Style, valid_text, write, write_json
from indexer.errors import UnknownQuestion, UsageError
from indexer.interchange import to_record
from indexer.question import Question, parse_reference, uid_of
from indexer.search.engine import Engine
from indexer.search.naming import naming
from indexer.search.neighbours import surroundings_json
from indexer.search.results_json import as_json as results_json
from indexer.settings import Settings


def opened_engine() -> Engine:
    """Return the engine of the settings.

    Raises:
        IndexingError: there is no index, or none that can be used.
    """
    from indexer.whoosh_engine import open_engine  # noqa: PLC0415  # start-up cost

    return open_engine(Settings.from_environment())


@click.command(
    cls=QueryCommand,
    epilog=dates_epilog(
        'questions search "traite des êtres humains" --du 2019 --au 2019-11',
        "questions search loup -mouton --type QE --statut attente",
        'questions search --auteur "Jeanne Exemple" --tri recentes',
        "questions search 'titre:logement delai:>60 -statut:attente'",
        "questions search traite --formes-exactes",
    ),
)
@query_options
@order_option
@click.option("--page", type=int, default=1, metavar="N", help="Page de résultats (1 au départ).")
@click.option("--limite", type=int, default=10, metavar="N", help="Questions par page : 10.")
@click.option(
    "--facettes/--sans-facettes",
    "facets",
    default=None,
    help="Compte, ou non, les questions par valeur de filtre ; en JSON, elles sont comptées.",
)
@click.option(
    "--regroupees/--sans-regrouper",
    "grouped",
    default=None,
    help="Montre une question de chaque famille de presque identiques, ou toutes (JSON).",
)
@click.option(
    "--famille",
    "family",
    default="",
    metavar="RÉFÉRENCE",
    help="Seulement les questions presque identiques à celle-ci, ou de même réponse.",
)
@json_option
def search(page: int, limite: int, facets: bool | None, as_json: bool, **values: Any) -> None:  # noqa: FBT001  # click passes by keyword
    """Cherche des questions par leurs mots, leurs filtres ou leurs dates.

    Tous les mots comptent ; entre guillemets, l'expression exacte ; =mot, ce mot sous cette
    forme ; -mot, SAUF mot l'exclut ; OU, ET et parenthèses ; mot*, m?t, mot~ ; "deux mots"~5 à
    cinq mots près. Chaque filtre s'écrit aussi dans le texte : auteur:dupont, du:2019. Un numéro
    (QE 24191) trouve sa question. L'aide du site (/aide) donne le langage entier.
    """
    if asks_for_nothing(values) and not values["family"]:
        raise UsageError("Indiquez des mots à chercher, ou au moins un filtre ou une date.")
    counted = as_json if facets is None else facets
    asked = search_of(
        values,
        page=page,
        size=limite,
        facets=counted,
        grouped=not as_json if values["grouped"] is None else values["grouped"],
        family=valid_text(values["family"]).strip().upper(),
    )
    results = opened_engine().search(asked)
    if as_json:
        write_json(results_json(results))
    else:
        write(results_text.lines(results, Style.of_output()))


@click.command(cls=FrenchCommand)
@click.argument("reference", nargs=-1, required=True, metavar="RÉFÉRENCE…")
@json_option
def show(reference: tuple[str, ...], as_json: bool) -> None:  # noqa: FBT001  # click passes by keyword
    """Montre une question et sa réponse en entier.

    RÉFÉRENCE : QANR5L15QE24191, 15-24191QE, l'adresse de la page, ou QE 24191 si une seule
    question porte ce numéro.
    """
    record = _the_question(valid_text(" ".join(reference)), opened_engine())
    if as_json:
        write_json(to_record(record))
    else:
        write(question_text.lines(record, Style.of_output()))


@click.command(cls=FrenchCommand)
@click.argument("text", nargs=-1, required=True, metavar="DÉBUT…")
@click.option("--limite", type=click.IntRange(1, 50), default=8, metavar="N", help="Au plus : 8.")
@json_option
def suggest(text: tuple[str, ...], limite: int, as_json: bool) -> None:  # noqa: FBT001  # click passes by keyword
    """Complète ce qui est en train d'être tapé : noms, mots, expressions, sigles."""
    found = opened_engine().suggest(valid_text(" ".join(text)), limite)
    if as_json:
        write_json([asdict(suggestion) for suggestion in found])
    else:
        write(results_text.suggestions(found))


@click.command(cls=FrenchCommand)
@click.argument("reference", nargs=-1, required=True, metavar="RÉFÉRENCE…")
@click.option("--limite", type=click.IntRange(1, 50), default=5, metavar="N", help="Au plus N : 5.")
@json_option
def similar(reference: tuple[str, ...], limite: int, as_json: bool) -> None:  # noqa: FBT001  # click passes by keyword
    """Montre les questions autour d'une autre, et pourquoi.

    Celles qui sont presque identiques ou de même réponse, celles qu'elle rappelle ou qui la
    rappellent, et celles sur le même sujet qui ont reçu une réponse, avec les mots en commun.
    """
    engine = opened_engine()
    key = _the_question(valid_text(" ".join(reference)), engine).key
    around, found = engine.around(key), engine.similar(key, limite)
    if as_json:
        write_json(surroundings_json(around, found))
    else:
        write(around_text.lines(around, found, Style.of_output()))


def _the_question(typed: str, engine: Engine) -> Question:
    named = naming(typed)
    reference = named.reference if named else parse_reference(typed)
    if reference is None:
        raise UnknownQuestion(typed)
    keys = engine.find(reference)
    if len(keys) > 1:
        raise UnknownQuestion(typed, [uid_of(key) for key in keys])
    record = engine.get(keys[0]) if keys else None
    if record is None:
        raise UnknownQuestion(typed)
    return record
