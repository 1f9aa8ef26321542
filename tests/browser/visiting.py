"""A visitor: a window of some width in Chromium, what its console said, and what judges a page in it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Browser, Page

OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
WIDTHS = (1280, 768, 390)
Scheme = Literal["light", "dark"]
LOOKS = ("plain", "elder")
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
# WCAG 2.2 AA, and what it is built on.
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
# Of those, what dark and light can be told apart by: the page's elements and their places are the same.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
JUDGED: dict[Scheme, dict[str, Any]] = {"light": RULES, "dark": COLOURS}

# Each character of the page that the fonts here have no picture for: it looks like one that no font has. Emoji are every phone's own.
MISSING_GLYPHS = """() => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 32, height: 32});
  const context = canvas.getContext("2d", {willReadFrequently: true});
  context.font = `20px ${getComputedStyle(document.body).fontFamily}`;
  const drawn = (text) => {
    context.clearRect(0, 0, 32, 32);
    context.fillText(text, 4, 24);
    return context.getImageData(0, 0, 32, 32).data.join();
  };
  const none = drawn("\\u{10FFFD}");
  return [...new Set(document.body.innerText)].filter((one) => one.trim() && !/\\p{Emoji_Presentation}/u.test(one) && drawn(one) === none);
}"""


class Visitor:
    """A page of one width, and everything that its console said."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.said: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))

    async def overflow(self) -> int:
        """How many pixels the page is wider than the window."""
        found: int = await self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        return found

    async def violations(self, rules: dict[str, Any] = RULES) -> list[str]:
        """What axe-core finds against WCAG 2.2 AA: the rule, and where."""
        # Run through the debugger's own world, so that the page's policy stays as it is.
        if await self.page.evaluate("!window.axe"):
            await self.page.evaluate(AXE.read_text())
        found: dict[str, Any] = await self.page.evaluate(
            "(rules) => axe.run(document, {runOnly: rules, resultTypes: ['violations'], iframes: false})", rules
        )
        return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found["violations"] for node in one["nodes"]]

    async def missing_glyphs(self) -> list[str]:
        """The characters of the page that show as an empty box."""
        found: list[str] = await self.page.evaluate(MISSING_GLYPHS)
        return found

    async def faults(self, widths: Sequence[int] = WIDTHS) -> list[str]:
        """What is wrong with the page in any of these widths: too wide, a character without a picture, a word on the console; and in the
        narrowest and the widest, which hold whatever a page shows, a rule of access broken in light or dark."""
        found = [f"no picture of {one!r}" for one in await self.missing_glyphs()]
        for width in widths:
            await self.page.set_viewport_size({"width": width, "height": 900})
            found += [f"{wider} px wider than {width}"] if (wider := await self.overflow()) else []
            for scheme, rules in JUDGED.items() if width in (min(widths), max(widths)) else ():
                await self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                found += [f"{width} {scheme} {one}" for one in await self.violations(rules)]
        return [*found, *self.said]


async def visit(browser: Browser, width: int, scheme: Scheme = "light", **context: Any) -> Visitor:
    """A fresh visitor: no cookies, a window of this width, light or dark."""
    opened = await browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        **{"locale": "zh-CN", **context},
    )
    return Visitor(await opened.new_page())
