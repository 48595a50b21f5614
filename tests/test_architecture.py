"""The house: one arrow between the packages, no circle, rooms of a size, no drawer called utils."""

import ast
import doctest
import importlib
import os
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import indexer
import webui

ROOT = Path(indexer.__file__).resolve().parents[1]
MODULES = sorted(p for name in ("indexer", "webui") for p in (ROOT / name).rglob("*.py"))
MAX_LINES = 300
MAX_FUNCTION_LINES = 50


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULE_NAMES = {module_name(path) for path in MODULES}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            rooms = [name for name in names if name in MODULE_NAMES]
            yield from rooms
            if len(rooms) < len(names):
                yield node.module or ""


def test_the_indexer_knows_no_site_and_no_http_framework() -> None:
    for path in (ROOT / "indexer").rglob("*.py"):
        tops = {name.split(".")[0] for name in imported(path)}
        assert not tops & {"webui", "flask", "werkzeug", "jinja2"}, path


def test_the_site_and_the_search_know_no_whoosh() -> None:
    for path in [*(ROOT / "webui").rglob("*.py"), *(ROOT / "indexer" / "search").rglob("*.py")]:
        assert "whoosh" not in {name.split(".")[0] for name in imported(path)}, path


def test_there_is_no_import_circle() -> None:
    names = {module_name(path): path for path in MODULES}
    graph = {
        name: {other for other in imported(path) if other in names and other != name}
        for name, path in names.items()
    }
    for name in graph:  # a package's front door may name its rooms, which do not use the door
        graph[name] -= {name.rpartition(".")[0]} if "." in name else set()
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join((*path, name))
        if name not in done:
            for other in sorted(graph[name]):
                visit(other, (*path, name))
            done.add(name)

    for name in sorted(graph):
        visit(name, ())


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_rooms_have_a_size(path: Path) -> None:
    text = path.read_text("utf-8")
    assert path.stem not in {"utils", "common", "helpers"}
    assert len(text.splitlines()) <= MAX_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno <= MAX_FUNCTION_LINES, node.name


def all_modules() -> list[str]:
    return [
        info.name
        for package in (indexer, webui)
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        if not info.name.endswith(("__main__", "wsgi", "gunicorn_settings"))
        and not info.name.startswith("indexer.sample")
    ]


@pytest.mark.parametrize("name", all_modules())
def test_examples_in_docstrings_hold(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__, f"{name} does not say why it exists"
    assert doctest.testmod(module).failed == 0


def test_a_search_does_not_load_the_parsers_of_sources() -> None:
    """They would cost every start of the command line a tenth of a second."""
    code = "import sys, indexer.whoosh_engine.engine, indexer.cli; print(sorted(sys.modules))"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    modules = set(ast.literal_eval(loaded.stdout))
    assert "indexer.whoosh_engine.engine" in modules
    assert not modules & {"bs4", "lxml", "urllib3", "flask", "indexer.sources"}
