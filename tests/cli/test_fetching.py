import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import urllib3

from indexer.cli import fetching
from indexer.errors import DownloadError
from indexer.sources import patience
from indexer.sources.download import Fetched
from indexer.sources.official_files import OfficialFile

Run = Callable[..., Any]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[OfficialFile]:
    files: list[OfficialFile] = []

    def fetch(file: OfficialFile, folder: Path, *, progress: Any, pool: Any) -> Fetched:
        files.append(file)
        assert pool is None or isinstance(pool, urllib3.PoolManager)
        for received in (0, 2**19, 2**20):
            progress(received, 2**20)
        patience._log.info("%s : nouvel essai", file.name)
        if file.legislature == 16:
            raise DownloadError("Coupé.")
        return Fetched(folder / file.name, file.url, True, 2**20, "ab", "2025-01-01T00:00:00Z")

    monkeypatch.setattr("indexer.sources.download.fetch", fetch)
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    return files


def test_files_are_fetched_and_the_next_step_told(run: Run, asked: list[OfficialFile]) -> None:
    ran = run("fetch", "an", "--legislature", "15", "--kind", "qe", "--source", "xml")
    assert ran.code == 0
    assert [(file.legislature, file.format) for file in asked] == [(15, "xml")]
    assert "questions import " in ran.out
    assert "nouveau, 1,0 Mio" in ran.err
    assert "nouvel essai" in ran.err


def test_one_file_that_fails_does_not_stop_the_others(run: Run, asked: list[OfficialFile]) -> None:
    line = ["--legislature", "15", "--legislature", "16", "--legislature", "17", "--kind", "qg"]
    ran = run("fetch", "an", *line, "--json")
    assert (ran.code, len(asked)) == (1, 3)
    assert "Erreur : Coupé." in ran.err
    assert [Path(file["path"]).parent.name for file in json.loads(ran.out)] == ["raw", "raw"]


@pytest.mark.usefixtures("asked")
def test_the_senate(run: Run) -> None:
    assert run("fetch", "senat").code == 0


def test_a_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://moi:mot%20de@exemple.fr:3128")
    pool = fetching._pool()
    assert isinstance(pool, urllib3.ProxyManager)
    assert pool.proxy_headers["proxy-authorization"] == "Basic bW9pOm1vdCBkZQ=="
