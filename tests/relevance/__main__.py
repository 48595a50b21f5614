"""The command: ``python -m tests.relevance --sets questions --per-query``."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click

from tests.relevance.engines import NAMES
from tests.relevance.report import as_json, per_query, report
from tests.relevance.running import run_set
from tests.relevance.sets import SETS

_DATA: Final = Path(__file__).resolve().parents[3] / "shared" / "data"
_FILE: Final = click.Path(dir_okay=False, path_type=Path)
_SOURCES: Final = click.Path(exists=True, file_okay=False, path_type=Path)

Callback = Callable[[click.Context, click.Parameter, str], tuple[str, ...]]


def _names(known: tuple[str, ...]) -> Callback:
    """Return what reads names separated by commas, each of a known set."""

    def read(ctx: click.Context, param: click.Parameter, value: str) -> tuple[str, ...]:
        names = tuple(value.split(","))
        unknown = ", ".join(name for name in names if name not in known)
        if unknown:
            message = f"{unknown}: choose from {', '.join(known)}"
            raise click.BadParameter(message, ctx=ctx, param=param)
        return names

    return read


@click.command()
@click.option("--sets", callback=_names(tuple(SETS)), default=",".join(SETS), show_default=True)
@click.option("--engines", callback=_names(NAMES), default=",".join(NAMES), show_default=True)
@click.option("--per-query", "detailed", is_flag=True, help="Print the nDCG@10 of every query.")
@click.option("--json", "json_file", type=_FILE, help="Write all figures to this file.")
@click.option("--data", type=_SOURCES, default=_DATA, help="Where the real documents are.")
def main(
    sets: tuple[str, ...],
    engines: tuple[str, ...],
    json_file: Path | None,
    data: Path,
    *,
    detailed: bool,
) -> None:
    """Measure how well the engines rank the same documents for the same queries."""
    told = {}
    for name in sets:
        with tempfile.TemporaryDirectory(prefix="relevance-") as folder:
            results = run_set(SETS[name](data), engines, Path(folder))
        told[name] = as_json(results)
        click.echo(report(results) + "\n")
        if detailed:
            click.echo(per_query(results) + "\n")
    if json_file:
        json_file.write_text(json.dumps(told, indent=1), "utf-8")


if __name__ == "__main__":
    main()
