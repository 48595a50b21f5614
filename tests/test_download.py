"""Downloads against a server on this machine that follows a script, one step a request."""

import gzip
import hashlib
import io
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import urllib3
from filelock import FileLock

from indexer.errors import BadParameter, DownloadError
from indexer.sources.download import Fetched, fetch
from indexer.sources.local_copy import LocalCopy
from indexer.sources.official_files import OfficialFile
from indexer.sources.patience import Patience

ROOT = Path(__file__).resolve().parents[1]
CHUNK = 65_536
HTML = b"<!DOCTYPE html>\n<html><title>Maintenance</title></html>"
CSV = "Numéro;Titre\n1054S;Énergie\n".encode()


def make_zip(seed: int, size: int = 5 * CHUNK) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("json/QANR5L17QE1.json", random.Random(seed).randbytes(size))
    return target.getvalue()


OLD, NEW = make_zip(1), make_zip(2)


class Site(ThreadingHTTPServer):
    """A web server: each request takes the next step of ``steps``, or ``serve`` after the last."""

    daemon_threads = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = NEW
        self.etag: str | None = '"new"'
        self.last_modified: str | None = "Mon, 06 Oct 2025 08:00:00 GMT"
        self.steps: deque[Step] = deque()
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.gate = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def publish(self, content: bytes, etag: str) -> None:
        self.content, self.etag = content, etag
        self.last_modified = "Tue, 07 Oct 2025 08:00:00 GMT"

    def header(self, name: str) -> list[str | None]:
        """What every request so far said in one header."""
        return [headers.get(name) for _, headers in self.requests]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Site

    def do_GET(self) -> None:
        self.close_connection = True
        self.server.requests.append((self.path, dict(self.headers.items())))
        step = self.server.steps.popleft() if self.server.steps else serve
        try:
            step(self)
        except ConnectionError:
            return

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""

    def begin(self, status: int, length: int | None, **headers: str) -> None:
        self.send_response(status)
        site = self.server
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in {
            "ETag": site.etag,
            "Last-Modified": site.last_modified,
            **given,
        }.items():
            if value:
                self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.send_header("Connection", "close")
        self.end_headers()


Step = Callable[[Handler], None]


def serve(handler: Handler, limit: int | None = None) -> None:
    """Answer as RFC 9110 says; ``limit`` cuts the connection after so many bytes of the body."""
    site, headers = handler.server, handler.headers
    if site.etag and headers.get("If-None-Match") == site.etag:
        handler.begin(304, None)
        return
    since = headers.get("If-Modified-Since")
    if since and not site.etag and since == site.last_modified:
        handler.begin(304, None)
        return
    if headers.get("Range") and headers.get("If-Range") in (site.etag, site.last_modified):
        serve_range(handler, limit)
        return
    handler.begin(200, len(site.content))
    handler.wfile.write(site.content[:limit])


def serve_range(handler: Handler, limit: int | None = None) -> None:
    content = handler.server.content
    first = int(handler.headers["Range"].removeprefix("bytes=").removesuffix("-"))
    size = len(content)
    if first >= size:
        handler.begin(416, 0, Content_Range=f"bytes */{size}")
        return
    handler.begin(206, size - first, Content_Range=f"bytes {first}-{size - 1}/{size}")
    handler.wfile.write(content[first:][:limit])


def cut(after: int) -> Step:
    return lambda handler: serve(handler, after)


def reset(after: int) -> Step:
    """Cut as a crash does: the connection is reset, not closed."""

    def step(handler: Handler) -> None:
        serve(handler, after)
        handler.wfile.flush()
        time.sleep(0.05)
        handler.connection.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00"
        )
        handler.connection.close()

    return step


def stall(after: int) -> Step:
    """Send so many bytes and then nothing until the gate opens."""

    def step(handler: Handler) -> None:
        serve(handler, after)
        handler.wfile.flush()
        handler.server.gate.wait(10)

    return step


def answer(status: int, body: bytes = b"", **headers: str) -> Step:
    def step(handler: Handler) -> None:
        handler.begin(status, len(body), **headers)
        handler.wfile.write(body)

    return step


def lie(length: int, body: bytes) -> Step:
    def step(handler: Handler) -> None:
        handler.begin(200, length)
        handler.wfile.write(body)

    return step


def chunked(body: bytes, *, end: bool = True) -> Step:
    def step(handler: Handler) -> None:
        handler.begin(200, None, Transfer_Encoding="chunked")
        handler.wfile.write(b"%x\r\n%b\r\n" % (len(body), body))
        if end:
            handler.wfile.write(b"0\r\n\r\n")

    return step


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.gate.set()
            server.shutdown()
            thread.join()


class Client:
    """Fetches one file of the site into one folder, and knows what should be there."""

    def __init__(self, site: Site, folder: Path, file: str = "Questions_ecrites.json.zip") -> None:
        self.site = site
        self.folder = folder
        self.waits: list[float] = []
        self.progress: list[tuple[int, int | None]] = []
        self.file = OfficialFile("AN", 17, ("QE",), "json", f"{site.url}/{file}")
        self.path = folder / self.file.name
        self.part = folder / f"{self.file.name}.part"
        self.record_path = folder / f"{self.file.name}.json"

    def fetch(self, **patience: Any) -> Fetched:
        return fetch(
            self.file,
            self.folder,
            progress=lambda received, total: self.progress.append((received, total)),
            patience=Patience(**{"sleep": self.waits.append, "attempts": 4, **patience}),
        )

    def fail(self, **patience: Any) -> str:
        with pytest.raises(DownloadError) as caught:
            self.fetch(**patience)
        message = str(caught.value)
        assert message.startswith(self.file.name)
        assert message.endswith(".")
        return message

    @property
    def record(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(self.record_path.read_text("utf-8"))
        return loaded

    def assert_holds(self, content: bytes) -> None:
        """The file is the content, its record says so, and no part or other file is left."""
        assert self.path.read_bytes() == content
        assert self.record["size"] == len(content)
        assert self.record["sha256"] == hashlib.sha256(content).hexdigest()
        assert self.record["url"] == self.file.url
        visible = {path for path in self.folder.iterdir() if not path.name.startswith(".")}
        assert visible == {self.path, self.record_path}

    def assert_still_holds(self, content: bytes) -> None:
        """The earlier version is there untouched; there may be a part of another one."""
        assert self.path.read_bytes() == content
        assert self.record["sha256"] == hashlib.sha256(content).hexdigest()


@pytest.fixture
def client(site: Site, tmp_path: Path) -> Client:
    return Client(site, tmp_path / "raw")


@pytest.fixture
def updated(site: Site, client: Client) -> Client:
    """A client that has the old version while the site publishes the new one."""
    site.publish(OLD, '"old"')
    client.fetch()
    site.publish(NEW, '"new"')
    site.requests.clear()
    client.progress.clear()
    return client


# A quiet day


def test_a_new_file_comes_whole_with_its_record(client: Client) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    fetched = client.fetch()
    client.assert_holds(NEW)
    digest = hashlib.sha256(NEW).hexdigest()
    assert fetched == Fetched(
        client.path, client.file.url, True, len(NEW), digest, client.record["fetched_at"]
    )
    assert set(client.record) == {"url", "etag", "last_modified", "size", "sha256", "fetched_at"}
    assert client.record["etag"] == '"new"'
    assert client.record["last_modified"] == "Mon, 06 Oct 2025 08:00:00 GMT"
    assert before <= datetime.fromisoformat(fetched.fetched_at) <= datetime.now(UTC)
    assert client.waits == []


def test_requests_say_who_asks_and_want_the_bytes_as_they_are(site: Site, client: Client) -> None:
    client.fetch()
    ((path, headers),) = site.requests
    assert path == "/Questions_ecrites.json.zip"
    assert headers["User-Agent"].startswith("questions-parlementaires/")
    assert headers["User-Agent"].endswith(" (+open data search engine)")
    assert headers["Accept-Encoding"] == "identity"
    assert not {"Range", "If-Range", "If-None-Match", "If-Modified-Since"} & set(headers)


def test_progress_grows_to_the_whole(client: Client) -> None:
    client.fetch()
    assert client.progress[0] == (0, len(NEW))
    assert client.progress[-1] == (len(NEW), len(NEW))
    assert client.progress == sorted(client.progress)
    assert len(client.progress) > 5


def test_an_unchanged_file_is_not_sent_again(site: Site, client: Client) -> None:
    first = client.fetch()
    stamp = client.path.stat().st_mtime_ns
    second = client.fetch()
    assert (first.changed, second.changed) == (True, False)
    assert second.sha256 == first.sha256
    assert second.fetched_at == first.fetched_at
    assert site.header("If-None-Match") == [None, '"new"']
    assert site.header("If-Modified-Since") == [None, site.last_modified]
    assert client.path.stat().st_mtime_ns == stamp
    client.assert_holds(NEW)


def test_a_date_is_enough_to_ask_again(site: Site, client: Client) -> None:
    site.etag = None
    client.fetch()
    assert client.fetch().changed is False
    assert site.header("If-None-Match") == [None, None]
    assert site.header("If-Modified-Since") == [None, site.last_modified]


def test_a_site_without_versions_sends_everything_and_changes_nothing(
    site: Site, client: Client
) -> None:
    site.etag = site.last_modified = None
    client.fetch()
    assert client.fetch().changed is False
    assert "If-None-Match" not in site.requests[1][1]
    client.assert_holds(NEW)


def test_a_new_version_replaces_the_old(updated: Client) -> None:
    updated.assert_holds(OLD)
    assert updated.fetch().changed is True
    updated.assert_holds(NEW)
    assert updated.record["etag"] == '"new"'


def test_a_file_sent_in_chunks_has_no_known_size(site: Site, client: Client) -> None:
    site.steps.append(chunked(NEW))
    client.fetch()
    client.assert_holds(NEW)
    assert client.progress[0] == (0, None)
    assert client.progress[-1] == (len(NEW), None)


def test_any_web_address_can_be_fetched(site: Site, tmp_path: Path) -> None:
    site.content = CSV
    fetched = fetch(f"{site.url}/senat/qg.csv", tmp_path)
    assert fetched.path.parent == tmp_path
    assert fetched.path.name.endswith("-qg.csv")
    assert fetched.path.read_bytes() == CSV


def test_what_is_no_web_address_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadParameter, match="http"):
        fetch("file:///etc/passwd", tmp_path / "raw")
    assert not (tmp_path / "raw").exists()


def test_connections_can_be_given(site: Site, tmp_path: Path) -> None:
    with urllib3.PoolManager() as pool:
        fetched = fetch(f"{site.url}/a.zip", tmp_path, pool=pool)
        assert pool.pools.keys()  # it was used, and not closed
    assert fetched.path.read_bytes() == NEW


# Cuts and resumptions


def test_a_cut_is_resumed_where_it_was(site: Site, client: Client) -> None:
    site.steps.append(cut(2 * CHUNK))
    client.fetch()
    assert site.header("Range") == [None, f"bytes={2 * CHUNK}-"]
    assert site.header("If-Range") == [None, '"new"']
    client.assert_holds(NEW)
    assert client.progress[-1] == (len(NEW), len(NEW))
    assert client.record["etag"] == '"new"'
    (wait,) = client.waits
    assert 0.5 <= wait <= 1


def test_many_cuts_are_resumed(site: Site, client: Client) -> None:
    site.steps.extend([cut(CHUNK), cut(CHUNK + 7), cut(1)])
    client.fetch()
    offsets = [CHUNK, 2 * CHUNK + 7, 2 * CHUNK + 8]
    assert site.header("Range") == [None, *(f"bytes={offset}-" for offset in offsets)]
    client.assert_holds(NEW)


@pytest.mark.parametrize("after", [0, 1, 3 * CHUNK])
def test_a_reset_connection_is_survived(site: Site, client: Client, after: int) -> None:
    site.steps.append(reset(after))
    client.fetch()
    client.assert_holds(NEW)
    assert len(client.waits) == 1


def test_a_cut_between_chunks_of_unknown_number_is_seen(site: Site, client: Client) -> None:
    site.steps.append(chunked(NEW[:CHUNK], end=False))
    client.fetch()
    assert site.header("Range") == [None, f"bytes={CHUNK}-"]
    client.assert_holds(NEW)


def test_a_site_that_always_cuts_is_given_up_and_resumed_the_next_day(
    site: Site, updated: Client
) -> None:
    site.steps.extend([cut(CHUNK), cut(10), cut(10), cut(10)])
    message = updated.fail()
    assert "coupée" in message
    assert "4" in message
    assert len(site.requests) == 4
    assert len(updated.waits) == 3
    updated.assert_still_holds(OLD)
    assert updated.part.read_bytes() == NEW[: CHUNK + 30]

    site.requests.clear()
    assert updated.fetch().changed is True
    assert site.header("Range") == [f"bytes={CHUNK + 30}-"]
    assert site.header("If-None-Match") == ['"old"']
    updated.assert_holds(NEW)


def test_without_a_version_a_cut_means_a_new_start(site: Site, client: Client) -> None:
    site.etag = site.last_modified = None
    site.steps.append(cut(2 * CHUNK))
    client.fetch()
    assert site.header("Range") == [None, None]
    client.assert_holds(NEW)


def test_a_weak_version_is_no_promise_of_the_same_bytes(site: Site, client: Client) -> None:
    site.etag = 'W/"new"'
    site.steps.append(cut(CHUNK))
    client.fetch()
    assert site.header("If-Range") == [None, site.last_modified]
    site.etag, site.last_modified = 'W/"newer"', None
    site.steps.append(cut(CHUNK))
    client.fetch()
    assert site.header("Range")[2:] == [None, None]
    client.assert_holds(NEW)


def test_a_site_that_cannot_resume_sends_everything(site: Site, client: Client) -> None:
    site.steps.extend([cut(CHUNK), answer(200, NEW)])
    client.fetch()
    assert site.header("Range") == [None, f"bytes={CHUNK}-"]
    client.assert_holds(NEW)


def test_a_refused_range_means_a_new_start_at_once(site: Site, client: Client) -> None:
    site.steps.extend([cut(CHUNK), answer(416)])
    client.fetch()
    assert site.header("Range") == [None, f"bytes={CHUNK}-", None]
    assert len(client.waits) == 1  # for the cut
    client.assert_holds(NEW)


def test_a_site_that_refuses_even_the_whole_is_given_up(site: Site, client: Client) -> None:
    site.steps.extend([answer(416), serve])
    assert "416" in client.fail()
    assert len(site.requests) == 1


def test_a_new_version_between_cut_and_resumption_comes_whole(site: Site, client: Client) -> None:
    def cut_and_publish(handler: Handler) -> None:
        serve(handler, 2 * CHUNK)
        site.publish(NEW, '"new"')

    site.publish(OLD, '"old"')
    site.steps.append(cut_and_publish)
    client.fetch()
    assert site.header("If-Range") == [None, '"old"']
    client.assert_holds(NEW)
    assert client.record["etag"] == '"new"'


@pytest.mark.parametrize("named_by", ["etag", "date"])
def test_a_site_that_resumes_another_version_does_not_mix_them(
    site: Site, tmp_path: Path, named_by: str
) -> None:
    client = Client(site, tmp_path, "qg.csv")

    def publish(letter: bytes, etag: str) -> None:
        site.publish(letter * 3 * CHUNK, etag)
        if named_by == "date":
            site.etag, site.last_modified = None, f"Mon, 06 Oct 2025 08:00:0{len(etag)} GMT"

    def cut_and_publish(handler: Handler) -> None:
        serve(handler, CHUNK)
        publish(b"b", '"newer"')

    publish(b"a", '"old"')
    site.steps.extend([cut_and_publish, serve_range])
    client.fetch()
    assert site.header("Range") == [None, f"bytes={CHUNK}-", None]
    assert len(client.waits) == 1  # for the cut
    client.assert_holds(b"b" * 3 * CHUNK)


def test_an_archive_mixed_by_a_site_that_names_no_version_is_fetched_anew(
    site: Site, client: Client
) -> None:
    def cut_and_publish(handler: Handler) -> None:
        serve(handler, 2 * CHUNK)
        site.publish(NEW, "")
        site.last_modified = None

    site.publish(OLD, '"old"')
    site.steps.extend([cut_and_publish, serve_range])
    client.fetch()
    assert site.header("Range") == [None, f"bytes={2 * CHUNK}-", None]
    client.assert_holds(NEW)


def test_a_resumption_that_names_no_version_is_one_of_that_asked_for(
    site: Site, client: Client
) -> None:
    def forget(handler: Handler) -> None:
        site.etag = site.last_modified = None
        serve_range(handler)

    site.steps.extend([cut(CHUNK), forget])
    client.fetch()
    client.assert_holds(NEW)
    assert client.record["etag"] == '"new"'


def test_bytes_from_another_place_are_not_appended(site: Site, tmp_path: Path) -> None:
    client = Client(site, tmp_path, "qg.csv")
    site.content = CSV * 5_000
    size = len(site.content)
    rest = site.content[7 : 7 + size - CHUNK]
    elsewhere = answer(206, rest, Content_Range=f"bytes 7-{6 + len(rest)}/{size}")
    site.steps.extend([cut(CHUNK), elsewhere])
    client.fetch()
    assert site.header("Range") == [None, f"bytes={CHUNK}-", None]
    client.assert_holds(site.content)


def test_a_partial_answer_that_nobody_asked_for_is_refused(site: Site, updated: Client) -> None:
    size = len(NEW)
    site.steps.append(answer(206, NEW[7:], Content_Range=f"bytes 7-{size - 1}/{size}"))
    assert "206" in updated.fail()
    updated.assert_holds(OLD)


def test_more_bytes_than_the_range_has_are_not_kept(site: Site, client: Client) -> None:
    def overflow(handler: Handler) -> None:
        size = len(NEW)
        content_range = f"bytes {CHUNK}-{size - 1}/{size}"
        handler.begin(206, None, Content_Range=content_range, Transfer_Encoding="chunked")
        body = NEW[CHUNK:] + b"more"
        handler.wfile.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))

    site.steps.extend([cut(CHUNK), overflow])
    client.fetch()
    assert site.header("Range") == [None, f"bytes={CHUNK}-", None]
    client.assert_holds(NEW)


def test_a_part_of_a_version_that_was_withdrawn_is_forgotten(site: Site, updated: Client) -> None:
    site.steps.append(cut(CHUNK))
    updated.fail(attempts=1)
    assert updated.part.stat().st_size == CHUNK
    site.publish(OLD, '"old"')
    assert updated.fetch().changed is False
    updated.assert_holds(OLD)


def test_a_part_from_another_address_is_not_resumed(site: Site, client: Client) -> None:
    site.steps.append(cut(CHUNK))
    client.fail(attempts=1)
    moved = OfficialFile("AN", 17, ("QE",), "json", f"{site.url}/new/Questions_ecrites.json.zip")
    assert moved.name == client.file.name
    fetch(moved, client.folder)
    assert site.header("Range") == [None, None]
    assert client.path.read_bytes() == NEW


@pytest.mark.parametrize("damage", ['{"url": ', "[]", '{"url": "URL", "etag": "a\\r\\nX: y"}', ""])
def test_a_part_whose_origin_is_unreadable_is_not_resumed(
    site: Site, client: Client, damage: str
) -> None:
    site.steps.append(cut(CHUNK))
    client.fail(attempts=1)
    part_record = client.folder / f"{client.part.name}.json"
    assert json.loads(part_record.read_text("utf-8"))["etag"] == '"new"'
    part_record.write_text(damage.replace("URL", client.file.url), "utf-8")
    client.fetch()
    assert site.header("Range") == [None, None]
    client.assert_holds(NEW)


# Refusals and troubles


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (404, "n'a pas ce fichier"),
        (403, "refuse"),
        (410, "retiré"),
        (401, "inattendue"),
        (501, "inattendue"),
        (204, "inattendue"),
        (304, "inattendue"),
    ],
)
def test_a_refusal_ends_it_at_once(site: Site, client: Client, status: int, words: str) -> None:
    site.steps.append(answer(status))
    message = client.fail()
    assert words in message
    assert str(status) in message
    assert client.file.url in message
    assert len(site.requests) == 1
    assert client.waits == []
    assert not client.path.exists()


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_refusal_leaves_the_earlier_version(site: Site, updated: Client, status: int) -> None:
    site.steps.append(answer(status, HTML))
    assert "n'a pas changé" in updated.fail()
    updated.assert_holds(OLD)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_trouble_passes(site: Site, client: Client, status: int) -> None:
    site.steps.append(answer(status, HTML))
    client.fetch()
    client.assert_holds(NEW)
    assert len(site.requests) == 2
    assert 0.5 <= client.waits[0] <= 1


def test_a_trouble_during_a_resumption_keeps_the_part(site: Site, client: Client) -> None:
    site.steps.extend([cut(CHUNK), answer(503)])
    client.fetch()
    assert site.header("Range") == [None, f"bytes={CHUNK}-", f"bytes={CHUNK}-"]
    client.assert_holds(NEW)


def test_waits_double_up_to_their_bound_and_end(site: Site, updated: Client) -> None:
    site.steps.extend([answer(503)] * 9)
    assert "503" in updated.fail(attempts=7, backoff=2.0, backoff_max=20.0)
    assert len(site.requests) == 7
    bounds = [2, 4, 8, 16, 20, 20]
    assert len(updated.waits) == len(bounds)
    for wait, bound in zip(updated.waits, bounds, strict=True):
        assert bound / 2 <= wait <= bound
    assert any(wait != bound for wait, bound in zip(updated.waits, bounds, strict=True))
    updated.assert_holds(OLD)


def test_a_wait_asked_for_in_seconds_is_kept(site: Site, client: Client) -> None:
    site.steps.extend([answer(429, Retry_After="7"), answer(503, Retry_After="12")])
    client.fetch()
    assert client.waits == [7, 12]


def test_a_wait_asked_for_as_a_date_is_kept(site: Site, client: Client) -> None:
    moment = datetime.now(UTC) + timedelta(seconds=40)
    site.steps.append(answer(429, Retry_After=format_datetime(moment, usegmt=True)))
    client.fetch()
    (wait,) = client.waits
    assert 30 <= wait <= 40


@pytest.mark.parametrize("asked", ["86400", "9" * 18, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_wait_asked_for_is_bounded(site: Site, client: Client, asked: str) -> None:
    site.steps.append(answer(503, Retry_After=asked))
    client.fetch(retry_after_max=30.0)
    assert client.waits == [30]


@pytest.mark.parametrize(
    "asked", ["soon", "-5", "1.5e9", "²", "0", "Mon, 06 Oct 2025 08:00:00 -0000", "9" * 5_000]
)
def test_a_wait_that_makes_no_sense_or_is_over_is_our_own(
    site: Site, client: Client, asked: str
) -> None:
    site.steps.append(answer(503, Retry_After=asked.encode().decode("latin-1")))
    client.fetch()
    (wait,) = client.waits
    assert 0.5 <= wait <= 1


def test_an_unreachable_server_is_tried_again_and_given_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    waits: list[float] = []
    with pytest.raises(DownloadError, match="injoignable"):
        fetch(
            f"http://127.0.0.1:{port}/a.zip",
            tmp_path,
            patience=Patience(attempts=3, sleep=waits.append),
        )
    assert len(waits) == 2


def test_a_silent_server_is_not_waited_for_for_ever(site: Site, client: Client) -> None:
    site.steps.append(stall(CHUNK))
    client.fetch(read_timeout=0.2)
    assert site.header("Range") == [None, f"bytes={CHUNK}-"]
    client.assert_holds(NEW)


def test_a_server_that_hangs_up_is_asked_again(site: Site, client: Client) -> None:
    site.steps.append(lambda handler: handler.connection.shutdown(socket.SHUT_RDWR))
    client.fetch()
    assert len(site.requests) == 2
    client.assert_holds(NEW)


# Wrong files


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (HTML, "page web"),
        (b"\xef\xbb\xbf \n<HTML lang=fr>", "page web"),
        (b"", "vide"),
        (NEW[:-30], "zip entière"),
        (NEW[: len(NEW) // 2], "zip entière"),
        (NEW[:1_000] + b"\x00" * 100 + NEW[1_100:], "endommagée"),
        (b'{"error": "quota"}', "zip entière"),
        (gzip.compress(b"{}"), "zip entière"),
        (b"PK\x05\x06" + b"\x00" * 18, "zip entière"),
    ],
    ids=["page", "page with a mark", "empty", "no end", "half", "bad crc", "json", "gz", "no file"],
)
def test_a_wrong_archive_replaces_nothing(
    site: Site, updated: Client, body: bytes, words: str
) -> None:
    site.steps.append(answer(200, body))
    message = updated.fail()
    assert words in message
    assert len(site.requests) == 1
    updated.assert_holds(OLD)
    assert updated.fetch().changed is True
    updated.assert_holds(NEW)


def test_an_encrypted_archive_is_refused(site: Site, updated: Client) -> None:
    central = NEW.rindex(b"PK\x01\x02")
    flags = bytearray(NEW)
    flags[6] |= 1
    flags[central + 8] |= 1
    site.steps.append(answer(200, bytes(flags)))
    assert "endommagée" in updated.fail()
    updated.assert_holds(OLD)


def test_an_archive_that_declares_too_much_is_refused_unopened(
    updated: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.sources.file_checks.MAX_ARCHIVE_BYTES", 5 * CHUNK - 1)
    assert "démesurée" in updated.fail()
    updated.assert_holds(OLD)


@pytest.mark.parametrize(
    "body", [HTML, b"  <?xml version='1.0'?><error/>", b'{"error": 1}', b"", NEW, b"a;b\n\x00"]
)
def test_a_wrong_table_replaces_nothing(site: Site, tmp_path: Path, body: bytes) -> None:
    client = Client(site, tmp_path, "qg.csv")
    site.publish(CSV, '"csv"')
    client.fetch()
    site.publish(body, '"wrong"')
    client.fail()
    client.assert_holds(CSV)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", b"sep=;\n"])
def test_tables_may_begin_with_a_mark(site: Site, tmp_path: Path, mark: bytes) -> None:
    client = Client(site, tmp_path, "qg.csv")
    site.content = mark + CSV + b"2;<p>texte</p>\n"
    client.fetch()
    client.assert_holds(site.content)


def test_a_web_page_is_right_where_one_is_asked_for(site: Site, tmp_path: Path) -> None:
    client = Client(site, tmp_path, "15-24191QE.htm")
    site.content = HTML
    client.fetch()
    client.assert_holds(HTML)


def test_a_length_that_is_too_long_is_never_success(site: Site, updated: Client) -> None:
    site.steps.extend([lie(len(NEW) + 10, NEW)] * 4)
    assert "coupée" in updated.fail()
    assert len(site.requests) == 4
    updated.assert_still_holds(OLD)
    updated.fetch()
    updated.assert_holds(NEW)


def test_a_length_that_is_too_short_gives_no_archive(site: Site, updated: Client) -> None:
    site.steps.append(lie(len(NEW) - 10, NEW))
    assert "zip entière" in updated.fail()
    updated.assert_holds(OLD)


def test_a_file_that_says_it_is_too_large_is_not_begun(updated: Client) -> None:
    assert "taille" in updated.fail(max_bytes=len(NEW) - 1)
    assert updated.progress == []
    updated.assert_holds(OLD)


def test_a_file_that_turns_out_too_large_is_stopped(site: Site, updated: Client) -> None:
    site.steps.append(chunked(NEW))
    assert "taille" in updated.fail(max_bytes=2 * CHUNK)
    assert updated.progress[-1][0] <= 2 * CHUNK
    updated.assert_holds(OLD)


def test_a_file_of_exactly_the_bound_is_taken(client: Client) -> None:
    client.fetch(max_bytes=len(NEW))
    client.assert_holds(NEW)


def test_bytes_that_were_compressed_on_the_way_are_refused(site: Site, updated: Client) -> None:
    site.steps.append(answer(200, gzip.compress(NEW), Content_Encoding="gzip"))
    assert "Content-Encoding" in updated.fail()
    updated.assert_holds(OLD)


# Redirections


def redirect(location: str) -> Step:
    return answer(302, b"", Location=location)


def test_redirections_are_followed_and_change_neither_name_nor_origin(
    site: Site, client: Client
) -> None:
    site.steps.append(redirect("/elsewhere/other.bin"))
    client.fetch()
    assert [path for path, _ in site.requests] == [
        "/Questions_ecrites.json.zip",
        "/elsewhere/other.bin",
    ]
    client.assert_holds(NEW)


def test_a_resumption_goes_through_a_redirection(site: Site, client: Client) -> None:
    site.steps.extend([cut(CHUNK), redirect("/elsewhere")])
    client.fetch()
    assert site.header("Range") == [None, f"bytes={CHUNK}-", f"bytes={CHUNK}-"]
    client.assert_holds(NEW)


def test_five_redirections_are_followed(site: Site, client: Client) -> None:
    site.steps.extend([redirect(f"/{number}") for number in range(5)])
    client.fetch()
    client.assert_holds(NEW)


def test_six_redirections_are_too_many(site: Site, updated: Client) -> None:
    site.steps.extend([redirect(f"/{number}") for number in range(6)])
    assert "redirections" in updated.fail()
    assert len(site.requests) == 6
    assert updated.waits == []
    updated.assert_holds(OLD)


@pytest.mark.parametrize(
    "location", ["ftp://127.0.0.1/a.zip", "file:///etc/passwd", "http://[", "http://a:b/c"]
)
def test_redirections_lead_to_web_addresses_only(
    site: Site, updated: Client, location: str
) -> None:
    site.steps.append(redirect(location))
    assert "adresse" in updated.fail()
    assert len(site.requests) == 1
    updated.assert_holds(OLD)


# The folder


def damage_same_size(client: Client) -> None:
    client.path.write_bytes(b"\x00" + OLD[1:])


def damage_size(client: Client) -> None:
    client.path.write_bytes(OLD[:-1])


def remove_file(client: Client) -> None:
    client.path.unlink()


def remove_record(client: Client) -> None:
    client.record_path.unlink()


def damage_record(client: Client) -> None:
    client.record_path.write_bytes(b'{"url": "\xff')


def change_origin(client: Client) -> None:
    client.record_path.write_text(json.dumps({**client.record, "url": "https://example.org/"}))


@pytest.mark.parametrize(
    "damage",
    [damage_same_size, damage_size, remove_file, remove_record, damage_record, change_origin],
)
def test_a_file_that_is_not_as_it_came_is_fetched_again(
    site: Site, client: Client, damage: Callable[[Client], None]
) -> None:
    site.publish(OLD, '"old"')
    client.fetch()
    damage(client)
    assert client.fetch().changed is True
    assert site.header("If-None-Match") == [None, None]
    assert site.header("If-Modified-Since") == [None, None]
    client.assert_holds(OLD)


def test_one_download_at_a_time_in_a_folder(site: Site, client: Client) -> None:
    client.folder.mkdir()
    with (
        FileLock(client.folder / ".download.lock"),
        pytest.raises(DownloadError, match="en cours"),
    ):
        client.fetch()
    assert site.requests == []
    client.fetch()
    client.assert_holds(NEW)


def test_a_folder_that_cannot_be_written_is_said(site: Site, tmp_path: Path) -> None:
    (tmp_path / "raw").write_text("a file")
    with pytest.raises(DownloadError, match="écriture impossible"):
        Client(site, tmp_path / "raw").fetch()
    assert site.requests == []


def test_a_full_disk_is_said_and_leaves_the_earlier_version(
    updated: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: LocalCopy) -> io.BytesIO:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(LocalCopy, "open_part", full)
        assert "No space left" in updated.fail()
    updated.assert_still_holds(OLD)
    updated.fetch()
    updated.assert_holds(NEW)


def test_an_interruption_is_resumed(site: Site, client: Client) -> None:
    def interrupt(received: int, _: int | None) -> None:
        if received >= 2 * CHUNK:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(client.file, client.folder, progress=interrupt)
    client.fetch()
    assert site.header("Range") == [None, f"bytes={2 * CHUNK}-"]
    client.assert_holds(NEW)


# Kills


class Killed(BaseException):
    """The process ends here."""


class Reaper:
    """Ends the process before one of the writes, counted over all the ways to write."""

    def __init__(self, patch: pytest.MonkeyPatch, victim: int) -> None:
        self.count = 0
        self.victim = victim
        for owner, name in (
            (Path, "replace"),
            (Path, "unlink"),
            (Path, "write_bytes"),
            (os, "fsync"),
            (json, "dump"),
            (LocalCopy, "open_part"),
        ):
            patch.setattr(owner, name, self.watched(getattr(owner, name)))

    def watched(self, write: Callable[..., Any]) -> Callable[..., Any]:
        def watched_write(*arguments: Any, **options: Any) -> Any:
            self.count += 1
            if self.count == self.victim:
                raise Killed
            return write(*arguments, **options)

        return watched_write


def writes_of(client: Client) -> int:
    with pytest.MonkeyPatch.context() as patch:
        reaper = Reaper(patch, victim=0)
        client.fetch()
    return reaper.count


@pytest.mark.parametrize("start", ["nothing", "an old version", "an old version and a part"])
def test_a_kill_before_any_write_does_no_harm(site: Site, tmp_path: Path, start: str) -> None:
    def prepared(folder: Path) -> Client:
        client = Client(site, folder)
        site.publish(OLD, '"old"')
        if start != "nothing":
            client.fetch()
        site.publish(NEW, '"new"')
        if start == "an old version and a part":
            site.steps.append(cut(CHUNK))
            client.fail(attempts=1)
        return client

    total = writes_of(prepared(tmp_path / "count"))
    assert total >= 7
    for victim in range(1, total + 1):
        client = prepared(tmp_path / str(victim))
        with pytest.MonkeyPatch.context() as patch:
            Reaper(patch, victim)
            with pytest.raises(Killed):
                client.fetch()
        before = client.path.read_bytes() if client.path.exists() else None
        assert before in (None if start == "nothing" else OLD, NEW)
        assert start == "nothing" or client.record["url"] == client.file.url
        assert client.fetch().changed is (before != NEW)
        client.assert_holds(NEW)


def test_a_publication_killed_half_way_is_finished_without_sending_the_file_again(
    updated: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(_: LocalCopy) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(LocalCopy, "_become_current", kill)
        with pytest.raises(Killed):
            updated.fetch()
    assert updated.path.read_bytes() == OLD
    updated.progress.clear()
    assert updated.fetch().changed is True
    assert updated.progress == []
    updated.assert_holds(NEW)


def test_killed_again_and_again_the_file_is_right_in_the_end(site: Site, updated: Client) -> None:
    code = (
        "import sys; from pathlib import Path;"
        "from indexer.sources.download import fetch;"
        "from indexer.sources.official_files import OfficialFile;"
        "fetch(OfficialFile('AN', 17, ('QE',), 'json', sys.argv[1]), Path(sys.argv[2]))"
    )
    command = [sys.executable, "-c", code, updated.file.url, str(updated.folder)]
    for kill in (1, 2, 3):
        site.steps.append(stall(CHUNK + 100))
        with subprocess.Popen(command, cwd=ROOT) as process:
            wait_for_size(updated.part, kill * CHUNK)
            process.send_signal(signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
        updated.assert_still_holds(OLD)
    site.gate.set()
    assert updated.fetch().changed is True
    assert site.header("Range") == [None, *(f"bytes={n * CHUNK}-" for n in (1, 2, 3))]
    updated.assert_holds(NEW)


def wait_for_size(path: Path, size: int) -> None:
    deadline = time.monotonic() + 10
    while not path.exists() or path.stat().st_size != size:
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)
