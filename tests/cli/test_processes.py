"""What only a process of its own shows: closed pipes, the site, what is loaded at start."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
COMMAND = [sys.executable, "-m", "indexer.cli"]
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return os.environ | {
        "QUESTIONS_CORPUS": str(tmp_path / "corpus"),
        "QUESTIONS_INDEX": str(tmp_path / "index"),
    }


def test_the_site_is_served_and_stops(environment: dict[str, str]) -> None:
    with subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", "--workers", "1"],
        env=environment, stderr=subprocess.PIPE, text=True,
    ) as server:  # fmt: skip
        assert server.stderr
        try:
            said = [server.stderr.readline() for _ in range(3)]
            assert "échantillon" in said[0]
            match = ADDRESS.search(said[2])
            assert match, said
            assert _status(f"{match[0]}/healthz") == 200
            assert _status(f"{match[0]}/recherche?q=loup+secret") == 200
        finally:
            server.send_signal(signal.SIGTERM)
        rest = server.stderr.read()
        assert server.wait(15) == 0
        assert "secret" not in rest


def _status(url: str) -> int:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for attempt in range(100):
        try:
            with opener.open(url, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.URLError:
            if attempt == 99:
                raise
            time.sleep(0.1)
    raise AssertionError


def test_a_port_that_is_taken_is_told(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        ran = run("serve", "--port", str(other.getsockname()[1]))
    assert (ran.code, ran.out) == (1, "")
    assert "un autre programme l'occupe" in ran.err


def test_a_host_that_is_none_is_told(run: Run) -> None:
    ran = run("serve", "--host", "exemple.invalid")
    assert ran.code == 2
    assert "« host »" in ran.err


def test_a_reader_that_goes_away_is_no_error(environment: dict[str, str]) -> None:
    subprocess.run(
        [*COMMAND, "index", "--sample"], env=environment, check=True, stdout=subprocess.DEVNULL
    )
    with subprocess.Popen(
        [*COMMAND, "export"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as writer:
        assert writer.stdout
        assert writer.stderr
        writer.stdout.read(10)
        writer.stdout.close()
        assert writer.stderr.read() == b""
        assert writer.wait(10) == 1


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys; from indexer.cli import main; main(['--help']);"
        "print([name for name in ('whoosh', 'lxml', 'urllib3', 'flask', 'webui', 'filelock')"
        " if name in sys.modules], file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stderr.strip() == "[]"
