"""``questions import``: files of any known source → the corpus, and a report of what came of them.

The importer is imported inside the command: the parsers of all sources cost start-up time.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from indexer.cli.french import FrenchCommand, json_option
from indexer.cli.terminal import ProgressLine, advance, clean, duration, plural, write, write_json
from indexer.settings import Settings

if TYPE_CHECKING:
    from indexer.importing import ImportProgress, ImportReport

# Enough to see what is wrong with a file; the JSON form has all that the report keeps.
_BAD_SHOWN: Final = 10


@click.command("import", cls=FrenchCommand)
@click.argument(
    "paths",
    nargs=-1,
    required=True,
    metavar="CHEMIN…",
    type=click.Path(exists=True, path_type=Path),
)
@json_option
def import_(paths: tuple[Path, ...], as_json: bool) -> None:  # noqa: FBT001  # click passes by keyword
    """Ajoute au corpus les questions de fichiers, de dossiers ou d'archives zip.

    Formats reconnus : fichiers ouverts de l'Assemblée et du Sénat, pages enregistrées de
    l'Assemblée, du Sénat et de NosDéputés.fr, JSON Lines écrit par « questions export ».
    Importer deux fois le même fichier ne change rien.
    """
    from indexer.importing import import_paths  # noqa: PLC0415  # start-up cost

    line = ProgressLine()

    def progress(state: "ImportProgress") -> None:
        line.show(_progress_text(state, line.seconds()))

    try:
        report = import_paths(list(paths), Settings.from_environment(), progress=progress)
    finally:
        line.end()
    if as_json:
        write_json(_report_json(report))
    else:
        write(_report_lines(report))


def _progress_text(state: "ImportProgress", seconds: float) -> str:
    stage = "Lecture" if state.stage == "reading" else "Écriture"
    # Reading and writing have different speeds: the time of both says nothing of what is left.
    known = seconds if state.total is None else 0.0
    text = f"{stage} : {advance(state.done, state.total, known, 'enregistrements')}"
    return f"{text} · {plural(state.bad, 'refusé')}" if state.bad else text


def _report_json(report: "ImportReport") -> dict[str, Any]:
    return {
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "ignored": report.ignored,
        "bad_total": report.bad_total,
        "bad": [{"where": record.where, "reason": record.reason} for record in report.bad],
        "actors": report.actors,
        "seconds": round(report.seconds, 3),
    }


def _report_lines(report: "ImportReport") -> list[str]:
    told = report.added + report.updated + report.unchanged
    counts = (
        plural(report.added, "ajoutée"),
        plural(report.updated, "mise à jour", "mises à jour"),
        plural(report.unchanged, "inchangée"),
    )
    read = plural(told, "question lue", "questions lues")
    lines = [f"{read} en {duration(report.seconds)} : {', '.join(counts)}."]
    if report.ignored:
        ignored = plural(report.ignored, "élément", "éléments")
        lines.append(f"Sans question, passés : {ignored}.")
    if report.actors:
        lines.append(
            f"{plural(report.actors, 'nom de parlementaire lu', 'noms de parlementaires lus')}."
        )
    if report.bad_total:
        lines.append(
            f"{plural(report.bad_total, 'enregistrement refusé', 'enregistrements refusés')} :"
        )
        lines += [f"  {clean(str(record))}" for record in report.bad[:_BAD_SHOWN]]
        hidden = report.bad_total - min(len(report.bad), _BAD_SHOWN)
        if hidden:
            lines.append(f"  … et {plural(hidden, 'autre')}.")
    if report.added or report.updated:
        lines.append("Pour les rendre cherchables : questions index")
    return lines
