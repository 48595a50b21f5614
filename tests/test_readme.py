"""The README is followed, not believed."""

import json
import os
import re
import socket
import subprocess
import time
import urllib.request
from dataclasses import fields
from pathlib import Path

import pytest

from indexer.cli.program import questions
from indexer.search.language import VERSION, parse
from indexer.search.request import FILTERS
from indexer.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def command(name: str) -> str:
    match = re.search(rf"<!-- {name} -->\n```sh\n(.+)\n```\n<!-- /{name} -->", README)
    assert match, f"the README marks its command « {name} »"
    return match[1]


def test_the_two_commands_are_one_line_each() -> None:
    assert command("serve").endswith("questions serve")
    assert command("tests").endswith("pytest")


def test_every_setting_is_told_with_its_default() -> None:
    for entry in fields(Settings):
        variable = f"QUESTIONS_{entry.name.upper()}"
        assert f"`{variable}`" in README
        assert f"`{entry.default}`" in README


def test_every_command_is_told_and_no_other() -> None:
    told = set(re.findall(r"\| `questions (\w+)", README)) | {"check"}
    assert told == set(questions.commands)


def test_every_filter_is_told() -> None:
    for name in FILTERS:
        assert f"`{name}`" in README
    assert f"a contract, version {VERSION}:" in README


def test_every_query_of_the_table_is_one() -> None:
    table = README.partition("| typed | found |")[2].partition("\n\n")[0]
    rows = [row.split(" | ")[0] for row in table.splitlines()[2:]]
    typed = [text for row in rows for text in re.findall(r"`([^`…]+)`", row)]
    assert len(typed) > 20
    for text in typed:
        if not text.endswith(":"):
            assert parse(text).tree is not None
            assert parse(text).notices == (), text


def test_pictures_and_files_that_it_names_are_there() -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


@pytest.mark.skipif(
    not os.environ.get("QUESTIONS_REQUIRE_ALL_TESTS"),
    reason="installs the project into a new environment: continuous integration does it",
)
def test_the_first_command_serves_the_sample(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("QUESTIONS_", "COV"))}
    environment |= {"QUESTIONS_PORT": str(port), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    process = subprocess.Popen(
        [
            "bash",
            "-c",
            f"exec 2>&1; {command('serve').replace('&& .venv/bin/q', '&& exec .venv/bin/q')}",
        ],
        cwd=clone,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        site = f"http://127.0.0.1:{port}"
        page = _page(f"{site}/recherche?q=traite+des+%C3%AAtres+humains", process)
        assert json.loads(_page(f"{site}/healthz", process))["native"]
        assert "<mark>traite des êtres humains</mark>" in page
        assert "QANR5L" in page
    finally:
        process.terminate()
        process.wait(timeout=20)


def _page(url: str, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        assert process.poll() is None, "the command ended"
        try:
            with urllib.request.urlopen(url, timeout=60) as answer:
                return str(answer.read().decode("utf-8"))
        except OSError:
            time.sleep(0.5)
    raise AssertionError("nothing answers")
