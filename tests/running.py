"""A whole installation with the demonstration, as `make run` starts it, for programs that look at its pages."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

START_SECONDS = 60


@contextmanager
def saili() -> Iterator[str]:
    """Started in a folder of its own, on a port of its own; its address, once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="saili-running-") as data:
        environment = {**os.environ, "PORT": str(port), "SAILI_DATA": data, "DATABASE_URL": ""}
        process = subprocess.Popen([sys.executable, "-m", "events.cli", "run"], env=environment, stdout=subprocess.DEVNULL)
        try:
            address = f"http://127.0.0.1:{port}"
            _await(address)
            yield address
        finally:
            process.terminate()
            process.wait(10)


def chromium() -> str:
    """The browser of this machine, or the one that CHROMIUM names."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if found is None:
        raise SystemExit("There is no Chromium: install one, or name it with CHROMIUM.")
    return found


def _await(address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{address}/health/ready", timeout=1).close()  # noqa: S310 - our own address
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("Saili did not start within a minute.")
