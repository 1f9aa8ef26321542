import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from infra.settings import BadSetting, read_settings
from infra.storage import Store, StoreFailed, open_store

PATH = "feeds/series/滨江 主题.ics"


def store(data: Path, **environment: str) -> Store:
    return open_store(read_settings({"SAILI_DATA": str(data), **environment}))


async def test_a_folder_is_made_and_gives_back_what_was_put(tmp_path: Path) -> None:
    assert await store(tmp_path / "new").find(PATH) is None
    await store(tmp_path / "new").put(PATH, b"one", content_type="text/calendar")
    await store(tmp_path / "new").put(PATH, b"two", content_type="text/calendar")
    found = await store(tmp_path / "new").find(PATH)
    assert found is not None
    assert found.body == (tmp_path / "new/store" / PATH).read_bytes() == b"two"
    assert [file.name for file in (tmp_path / "new").rglob("*") if file.is_file()] == ["滨江 主题.ics"]


async def test_a_reader_never_finds_half_a_file(tmp_path: Path) -> None:
    folder, sizes = store(tmp_path), (3_000_000, 5_000_000)
    await folder.put(PATH, b"0" * sizes[0], content_type="text/calendar")
    writing = [asyncio.ensure_future(folder.put(PATH, b"%d" % (n % 2) * sizes[n % 2], content_type="text/calendar")) for n in range(12)]
    seen = set()
    while not all(task.done() for task in writing):
        body = await asyncio.to_thread((tmp_path / "store" / PATH).read_bytes)
        seen.add((len(body), len(set(body))))
    await asyncio.gather(*writing)
    assert seen <= {(sizes[0], 1), (sizes[1], 1)}


async def test_another_folder_can_be_named(tmp_path: Path) -> None:
    await store(tmp_path, STORE_URL=f"file://{tmp_path}/elsewhere").put("a.ics", b"x", content_type="text/calendar")
    assert (tmp_path / "elsewhere/a.ics").read_bytes() == b"x"


async def test_a_path_cannot_leave_the_store(tmp_path: Path) -> None:
    for path in ("../a", "a/../../b"):
        with pytest.raises(StoreFailed):
            await store(tmp_path).find(path)


@pytest.mark.parametrize("url", ["ftp://host/a", "bucket", "s3://", "az://container-without-account/x"])
def test_an_address_of_no_store_stops_the_start(tmp_path: Path, url: str) -> None:
    with pytest.raises(BadSetting, match="STORE_URL"):
        store(tmp_path, STORE_URL=url)


@contextmanager
def bucket() -> Iterator[tuple[str, dict[str, tuple[str, bytes]]]]:
    """A server that speaks as much S3 as it takes to put an object; what was put, by path."""
    objects: dict[str, tuple[str, bytes]] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            objects[self.path] = (self.headers["Content-Type"], body)
            self.send_response(200)
            self.send_header("ETag", '"1"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", objects
        server.shutdown()
        thread.join()


async def test_a_bucket_is_given_the_content_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with bucket() as (endpoint, objects):
        for name, value in {"ENDPOINT_URL": endpoint, "ALLOW_HTTP": "true", "ACCESS_KEY_ID": "k", "SECRET_ACCESS_KEY": "s"}.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        await store(tmp_path, STORE_URL="s3://saili/public").put("feeds/a.ics", b"x", content_type="text/calendar; charset=utf-8")
    assert objects == {"/saili/public/feeds/a.ics": ("text/calendar; charset=utf-8", b"x")}
