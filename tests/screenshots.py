"""Pictures of every page in every look: `make screenshots` starts Saili with the demonstration and looks at it through Chromium.

Those that the README shows go to docs/pictures, all of them to the ignored folder build/screenshots. Needs a Chromium with Chinese
fonts (`apt-get install chromium fonts-noto-cjk`); CHROMIUM names one that is not on the PATH.
"""

import shutil
from pathlib import Path

import httpx
from playwright.sync_api import Browser, sync_playwright

from tests.browser.visiting import OPTIONS
from tests.running import chromium, saili

PICTURES, ALL = Path("docs/pictures"), Path("build/screenshots")
WIDTHS = {"wide": 1280, "tablet": 768, "phone": 390}
# What the README shows.
SHOWN = ("month-light-wide", "month-dark-wide", "month-light-phone")


def pages(address: str) -> dict[str, str]:
    """A page of each kind by its name, of the demonstration."""
    month = httpx.get(f"{address}/calendar").headers["location"].rpartition("/")[2]
    opened = httpx.get(f"{address}/api/v1/events", params={"registration": "open", "limit": 1}).json()["items"][0]["id"]
    competition = httpx.get(f"{address}/api/v1/events/{opened}").json()["competitions"][0]["id"]
    division = httpx.get(f"{address}/api/v1/competitions/{competition}").json()["divisions"][0]["id"]
    return {
        "month": "/calendar",
        "empty": "/calendar?q=什么也没有",
        "agenda": f"/calendar/{month}/agenda",
        "week": f"/calendar/week/{month}-15",
        "year": f"/calendar/{month[:4]}",
        "streets": f"/calendar/{month}/streets",
        "map": f"/calendar/{month}/map",
        "print": f"/calendar/{month}/print",
        "brands": "/brands",
        "event": f"/events/{opened}",
        "report": f"/events/{opened}/report",
        "subscribe": "/subscribe",
        "follow": f"/follow?event={opened}",
        "following": "/follow/manage",
        "embed": "/embed",
        "embedded": f"/embed/calendar/{month}",
        "register": f"/divisions/{division}/register",
        "manage": "/registrations/manage",
        "my": "/my",
        "privacy": "/privacy",
        "accessibility": "/accessibility",
        "undated": "/calendar/undated",
        "styleguide": "/styleguide",
        "docs": "/api/docs",
        "missing": "/nothing-here",
    }


def take(browser: Browser, address: str, name: str, path: str) -> None:
    """One page in light, dark and large print, at each width: the window, and the whole page."""
    for look, scheme in (("light", "light"), ("dark", "dark"), ("elder", "light")):
        for kind, width in WIDTHS.items():
            context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, locale="zh-CN")
            context.add_cookies([{"name": "look", "value": "elder" if look == "elder" else "plain", "url": address}])
            page = context.new_page()
            page.goto(address + path, wait_until="networkidle")
            page.screenshot(path=ALL / f"{name}-{look}-{kind}.png")
            page.screenshot(path=ALL / f"{name}-{look}-{kind}-whole.png", full_page=True)
            context.close()


def main() -> None:
    shutil.rmtree(ALL, ignore_errors=True)
    ALL.mkdir(parents=True)
    with saili() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=OPTIONS)
        for name, path in pages(address).items():
            take(browser, address, name, path)
        browser.close()
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name in SHOWN:
        shutil.copy(ALL / f"{name}.png", PICTURES / f"{name}.png")
    print(f"{len(list(ALL.iterdir()))} pictures in {ALL}")


if __name__ == "__main__":
    main()
