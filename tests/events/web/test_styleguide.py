"""The style guide shows what the pages are made of, in both languages, whole."""

import re
from pathlib import Path

import httpx

from events.web.pages import HERE

HTML = {"Accept": "text/html"}
# What stands on a page of its own, which is looked at there: inside other sites, on paper, in large print.
ELSEWHERE = {
    "embed", "embed-day", "embed-foot", "embed-head", "preview", "even",
    "elder", "large-print", "narrowed", "code-live", "print-only",
    "outlines", "statement", "report", "trap", "remind", "phone", "follow-choice", "follow-narrow", "top",
}  # fmt: skip


def classes_of_styles() -> set[str]:
    """Every class that a style speaks of."""
    found: set[str] = set()
    for path in (HERE / "assets" / "css").glob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
        for selector in re.findall(r"([^{}]+)\{", text):
            found |= {*re.findall(r"\.([a-z][\w-]*)", selector)}
    return found


def classes_of_pages() -> set[str]:
    """Every class that a template gives to an element."""
    found: set[str] = set()
    for path in Path(HERE / "templates").glob("*.html"):
        for said in re.findall(r'class="([^"]*)"', path.read_text()):
            found |= {*re.findall(r"[a-z][\w-]*", re.sub(r"\{[{%].*?[%}]\}", " ", said))}
    return found


async def test_every_class_that_pages_use_is_shown(client: httpx.AsyncClient) -> None:
    html = (await client.get("/styleguide", headers=HTML)).text
    shown = {name for said in re.findall(r'class="([^"]*)"', html) for name in said.split()}
    assert " ".join(sorted(classes_of_styles() & classes_of_pages() - shown - ELSEWHERE)) == ""
    assert sorted(ELSEWHERE & shown) == []


async def test_the_guide_names_tiers_and_states_in_the_readers_language(client: httpx.AsyncClient) -> None:
    for query, names in (("", ["市级", "区级", "街镇级"]), ("?lang=en", ["City", "District", "Street"])):
        html = (await client.get(f"/styleguide{query}", headers=HTML)).text
        section = re.sub(r"<[^>]*>", " ", html.partition('id="tiers"')[2].partition("</p>")[0])
        assert [name for name in names if name not in section] == []
