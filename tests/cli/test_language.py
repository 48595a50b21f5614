"""Help pages and messages are French, and a wrong line ends with code 2."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import click
import pytest

from indexer.cli.french import message_of
from indexer.cli.program import questions
from indexer.search.request import FILTERS, SCOPES, SORTS

Run = Callable[..., Any]
ENGLISH = re.compile(
    r"\b(Usage|Show|Options:|Commands|Missing|No such|Error|Try|requires|Invalid|Got|is not|the)\b"
)


def _commands(
    command: click.Command, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from _commands(child, (*path, name))


COMMANDS = dict(_commands(questions))


@pytest.mark.parametrize("path", COMMANDS)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_each_help_page_is_french_and_tells_every_option(
    path: tuple[str, ...], flag: str, run: Run
) -> None:
    ran = run(*path, flag)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"Emploi : {' '.join(('questions', *path))} ")
    assert not ENGLISH.search(ran.out)
    for option in COMMANDS[path].params:
        if isinstance(option, click.Option):
            assert option.help
            assert option.opts[0] in ran.out


def test_the_options_of_a_search_are_the_tables_of_what_may_be_asked() -> None:
    options = {option.name for option in COMMANDS["search",].params}
    assert {*FILTERS, "delai", "exact"} <= options


def test_the_help_tells_the_language(run: Run) -> None:
    out = " ".join(run("search", "--help").out.split())
    for told in ("=mot", "SAUF mot", '"deux mots"~5', "auteur:dupont", "QE 24191", "/aide"):
        assert told in out


def test_the_help_lists_every_sort_and_scope(run: Run) -> None:
    out = run("search", "--help").out
    assert all(name in out for name in (*SORTS, *SCOPES))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (("serch",), "Commande « serch » inconnue. Vouliez-vous dire « search »"),
        (("search", "--dux", "1"), "Option « --dux » inconnue. Vouliez-vous dire « --du »"),
        (("search", "a", "--du"), "L'option « --du » attend une valeur."),
        (("search", "-du", "2019"), "inconnue"),
        (("search",), "Indiquez des mots à chercher"),
        (("search", "a", "--json=1"), "L'option « --json » n'attend pas de valeur."),
        (("search", "a", "--page", "x"), "« --page » : « x » n'est pas un nombre."),
        (("search", "a", "--page", "0"), "« page » : valeur « 0 » refusée"),
        (("search", "a", "--limite", "9999"), "« limite » : valeur « 9999 » refusée"),
        (("search", "a", "--tri", "x"), "Attendu : pertinence, recentes"),
        (("search", "a", "--champ", "x"), "Attendu : tout, titre"),
        (("search", "a", "--type", "x"), "Attendu : QE, QG"),
        (("search", "a", "--du", "hier"), "Attendu : une date"),
        (("search", "a", "--du", "2020", "--au", "2019"), "« du » : valeur"),
        (("cherche",), "Commande « cherche » inconnue."),
        (("import",), "Il manque « CHEMIN »."),
        (("import", "nulle-part"), "« nulle-part » n'existe pas."),
        (("show",), "Il manque « RÉFÉRENCE »."),
        (("show", "rien"), "Aucune question ne correspond à « rien »."),
        (("status", "x"), "Argument de trop : x."),
        (("fetch", "an", "--legislature", "3"), "« legislature » : valeur « 3 » refusée"),
        (("fetch", "an", "--kind", "x"), "« type » : valeur « X » refusée"),
        (("serve", "--port", "99999"), "« port » : valeur « 99999 » refusée"),
        (("serve", "--workers", "0"), "« workers » : valeur « 0 » refusée"),
        (("export", "-o", "nulle/part"), "« output » : valeur « nulle/part » refusée"),
    ],
)
@pytest.mark.usefixtures("hostile")
def test_a_wrong_line_is_told_in_french(line: tuple[str, ...], message: str, run: Run) -> None:
    ran = run(*line)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
    assert ran.err.startswith("Erreur : ")
    assert not ENGLISH.search(ran.err)


@pytest.mark.parametrize("line", [(), ("fetch",)])
def test_no_command_at_all_shows_the_page(line: tuple[str, ...], run: Run) -> None:
    ran = run(*line)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("Emploi : questions")


def test_the_version(run: Run) -> None:
    assert run("--version").out.startswith("questions ")


def test_a_message_that_click_may_add_one_day_is_still_a_french_sentence() -> None:
    assert message_of(click.UsageError("Strange.")) == "Ligne de commande incorrecte (Strange.)."
    assert message_of(click.BadParameter("Strange.")).startswith("« paramètre » : Ligne")


def test_a_wrong_setting_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUESTIONS_PORT", "x")
    ran = run("status")
    assert ran.code == 2
    assert "QUESTIONS_PORT" in ran.err
