"""The pictures of the README: `make screenshots` starts Saili with the demonstration and looks at it through Chromium.

Needs a Chromium (`apt-get install chromium fonts-noto-cjk`); CHROMIUM names one that is not on the PATH.
"""

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
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

PICTURES = Path("docs/pictures")
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
WIDTHS = {"wide": 1280, "phone": 390}


@contextmanager
def saili() -> Iterator[str]:
    """A whole installation with the demonstration, in a folder of its own; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="saili-pictures-") as data:
        environment = {**os.environ, "PORT": str(port), "SAILI_DATA": data, "DATABASE_URL": ""}
        process = subprocess.Popen([sys.executable, "-m", "events.cli", "run"], env=environment, stdout=subprocess.DEVNULL)
        try:
            address = f"http://127.0.0.1:{port}"
            _await(address)
            yield address
        finally:
            process.terminate()
            process.wait(10)


def _await(address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{address}/health/ready", timeout=1).close()  # noqa: S310 - our own address
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("Saili did not start within a minute.")


def picture(browser: Browser, address: str, name: str, *, scheme: str = "light") -> None:
    """One page at both widths."""
    for kind, width in WIDTHS.items():
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, locale="zh-CN")  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(address)
        page.screenshot(path=PICTURES / f"{name}-{kind}.png")
        context.close()


def main() -> None:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        raise SystemExit("There is no Chromium: install one, or name it with CHROMIUM.")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with saili() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=OPTIONS)
        picture(browser, f"{address}/calendar", "month")
        picture(browser, f"{address}/calendar", "month-dark", scheme="dark")
        browser.close()


if __name__ == "__main__":
    main()
