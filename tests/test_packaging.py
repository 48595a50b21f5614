"""What is handed out: the source archive, the wheel made of it, and an install without a compiler.

The lists of pyproject are compared with the folders at every run. Building takes half a minute:
continuous integration does it, with the tools that are installed, without a network.
"""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "indexer" / "native" / "src"
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
SETUPTOOLS: dict[str, Any] = PROJECT["tool"]["setuptools"]

building = pytest.mark.skipif(
    not os.environ.get("QUESTIONS_REQUIRE_ALL_TESTS"),
    reason="builds the project: continuous integration does it",
)


@dataclass(frozen=True)
class Built:
    sdist: Path
    wheel: Path


def environment(**changes: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("QUESTIONS_", "COV"))}
    return kept | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"} | changes


def ran(*command: str, cwd: Path, **changes: str) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=cwd,
        env=environment(**changes),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The archive and the wheel; built beside the project, which stays as it is."""
    folder = tmp_path_factory.mktemp("packaging")
    copy, out = folder / "project", folder / "dist"
    # Not what was compiled here: the wheel compiles its own.
    kept_out = shutil.ignore_patterns("*.so", "*.pyd", "__pycache__", "*.egg-info")
    for name in ("indexer", "webui"):
        shutil.copytree(ROOT / name, copy / name, ignore=kept_out)
    shutil.copytree(ROOT / "corpus" / "sample", copy / "corpus" / "sample", ignore=kept_out)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    ran("-m", "build", "--no-isolation", "--outdir", str(out), str(copy), cwd=folder)
    (sdist,), (wheel,) = out.glob("*.tar.gz"), out.glob("*.whl")
    return Built(sdist, wheel)


def installed(package: Path, folder: Path, **changes: str) -> Path:
    """Install a package, without what it needs, into a folder of its own."""
    site = folder / "site"
    ran(
        "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-cache-dir",
        "--target", str(site), str(package), cwd=folder, **changes,
    )  # fmt: skip
    return site


def questions(folder: Path, site: Path, *arguments: str) -> Any:
    """Run a command of the installed program; return the JSON that it prints."""
    changes = {
        "PYTHONPATH": str(site),
        "QUESTIONS_CORPUS": str(folder / "corpus"),
        "QUESTIONS_INDEX": str(folder / "index"),
    }
    where = ran("-c", "import indexer; print(indexer.__file__)", cwd=folder, **changes)
    assert Path(where.strip()).is_relative_to(site), "not the project itself"
    return json.loads(ran("-m", "indexer.cli", *arguments, "--json", cwd=folder, **changes))


def test_every_package_is_listed() -> None:
    found = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for name in ("indexer", "webui")
        for path in (ROOT / name).rglob("__init__.py")
    }
    assert set(SETUPTOOLS["packages"]) == found | {"indexer.sample"}


def test_every_source_and_header_of_the_extension_is_listed() -> None:
    (extension,) = SETUPTOOLS["ext-modules"]
    folder = SOURCES.relative_to(ROOT).as_posix()
    for key, pattern in (("sources", "*.c"), ("depends", "*.h")):
        assert extension[key] == sorted(f"{folder}/{path.name}" for path in SOURCES.glob(pattern))
    assert extension["optional"] is True


@building
def test_the_archive_holds_what_the_wheel_is_made_of(built: Built) -> None:
    with tarfile.open(built.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {f"indexer/native/src/{path.name}" for path in SOURCES.glob("*.[ch]")}
    wanted |= {"indexer/native/_kernel.pyi", "pyproject.toml", "README.md", "LICENSE"}
    wanted |= {f"corpus/sample/{path.name}" for path in (ROOT / "corpus/sample").glob("*.jsonl")}
    assert wanted <= names


@building
def test_the_wheel_holds_the_extension_and_every_module(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as archive:
        names = set(archive.namelist())
    modules = {
        path.relative_to(ROOT).as_posix()
        for name in ("indexer", "webui")
        for path in (ROOT / name).rglob("*.py")
    }
    assert modules <= names
    assert {"indexer/native/_kernel.pyi", "indexer/py.typed", "webui/static/style.css"} <= names
    assert any(name.startswith("indexer/native/_kernel.") and "pyi" not in name for name in names)
    assert not any(name.endswith((".c", ".h")) or name.startswith("tests") for name in names)


@building
def test_the_wheel_answers_with_the_extension(built: Built, tmp_path: Path) -> None:
    site = installed(built.wheel, tmp_path)
    assert questions(tmp_path, site, "index", "--sample")["total"] == 88
    assert questions(tmp_path, site, "search", "traite des êtres humains")["hits"]
    assert questions(tmp_path, site, "status")["index"]["native"] is True


@building
def test_without_a_compiler_it_installs_works_and_says_so(built: Built, tmp_path: Path) -> None:
    site = installed(built.sdist, tmp_path, CC="/bin/false")
    assert questions(tmp_path, site, "index", "--sample")["total"] == 88
    assert questions(tmp_path, site, "search", "traite des êtres humains")["hits"]
    state = questions(tmp_path, site, "status")["index"]
    assert state["native"] is False
    assert state["why_not_native"].startswith("extension non compilée")
