"""The command: ``python -m tests.bench --docs 50000``."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from tests.bench.engines import NAMES
from tests.bench.making import Recipe
from tests.bench.model import SHAPES
from tests.bench.report import report
from tests.bench.running import ROOT
from tests.bench.session import PARTS, Plan, carry_out
from tests.bench.timing import CountsDiffer

_DATA: Final = ROOT.parent / "shared" / "data"
_FOLDER: Final = click.Path(file_okay=False, path_type=Path)
_SOURCES: Final = click.Path(exists=True, file_okay=False, path_type=Path)
_FILE: Final = click.Path(dir_okay=False, path_type=Path)


Callback = Callable[[click.Context, click.Parameter, str | None], tuple[str, ...]]


def _names(known: tuple[str, ...]) -> Callback:
    """Return what reads names separated by commas, each of a known set."""

    def read(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, ...]:
        names = tuple(value.split(",")) if value else ()
        unknown = ", ".join(name for name in names if name not in known)
        if unknown:
            message = f"{unknown}: choose from {', '.join(known)}"
            raise click.BadParameter(message, ctx=ctx, param=param)
        return names

    return read


@click.command()
@click.option("--docs", type=click.IntRange(min=10), default=50_000, show_default=True)
@click.option("--json", "json_file", type=_FILE, help="Write all figures to this file.")
@click.option("--shapes", callback=_names(SHAPES), default=",".join(SHAPES), show_default=True)
@click.option("--engines", callback=_names(NAMES), default=",".join(NAMES), show_default=True)
@click.option("--parts", callback=_names(PARTS), default=",".join(PARTS), show_default=True)
@click.option("--procs", callback=_names(("1", "2")), default="1,2", show_default=True)
@click.option("--queries", type=click.IntRange(min=1), default=30, help="Queries a shape.")
@click.option("--repeat", type=click.IntRange(min=1), default=11, help="Runs of each query.")
@click.option("--seconds", type=float, default=2.0, help="Length of a measure of throughput.")
@click.option("--workers", callback=_names(("1", "2", "4")), default="1,2,4", show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--real", type=click.IntRange(min=10), help="At most so many real documents.")
@click.option("--rebuild", callback=_names(NAMES), help="Build these anew whatever is there.")
@click.option("--data", type=_SOURCES, default=_DATA, help="Where the real documents are.")
@click.option("--work", type=_FOLDER, help="Keep corpora and indexes here, and use what is there.")
def main(json_file: Path | None, work: Path | None, **options: Any) -> None:
    """Build one corpus in several engines, check that they agree, and time them."""
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        plan = _plan((work or Path(temporary)).resolve(), options)
        try:
            results = carry_out(plan)
        except CountsDiffer as differ:
            raise click.ClickException(f"the engines do not agree: {differ}") from differ
    if json_file:
        json_file.write_text(json.dumps(results.as_json(), indent=1), "utf-8")
    click.echo(report(results))


def _plan(work: Path, options: dict[str, Any]) -> Plan:
    recipe = Recipe(options["data"], options["docs"], options["real"], options["seed"])
    same = ("engines", "rebuild", "shapes", "parts", "queries", "repeat", "seconds")
    procs, workers = (tuple(map(int, options[name])) for name in ("procs", "workers"))
    kept = {name: options[name] for name in same}
    return Plan(recipe, work, procs=procs, workers=workers, **kept)


if __name__ == "__main__":
    main()
