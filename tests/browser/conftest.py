import os
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

from infra.installation import Installation
from tests.browser.visiting import OPTIONS
from tests.serving import served

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
MISSING = "there is no Chromium on the PATH, and CHROMIUM names none: the pages are not judged (apt-get install chromium fonts-noto-cjk)"


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """A real Chromium. Where there is none, the test is skipped; it fails where SAILI_TEST_BROWSER is `required`."""
    if not CHROMIUM:
        (pytest.fail if os.environ.get("SAILI_TEST_BROWSER") == "required" else pytest.skip)(MISSING)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        await browser.close()


@pytest.fixture
async def browser(chromium: Browser) -> AsyncIterator[Browser]:
    """The same Chromium for all; what a test opened in it, with its cookies and its workers, is closed after it."""
    yield chromium
    for context in chromium.contexts:
        await context.close()


@pytest.fixture
async def address(installation: Installation) -> AsyncIterator[str]:
    async with served(installation) as address:
        yield address
