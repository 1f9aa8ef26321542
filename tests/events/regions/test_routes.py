import httpx
import pytest

from infra.cursors import cursor


async def test_regions_are_listed_by_tier_and_within_a_region_page_by_page(client: httpx.AsyncClient) -> None:
    whole = (await client.get("/api/v1/regions?tier=street&within=310110")).json()
    assert (len(whole["items"]), whole["next"]) == (12, None)
    assert {k: whole["items"][7][k] for k in ("code", "name", "kind", "tier", "parent", "statistical")} == {
        "code": "310110016",
        "name": "殷行街道",
        "kind": "street",
        "tier": "street",
        "parent": "310110",
        "statistical": False,
    }
    pages, link = [], ""
    while link is not None:
        page = (await client.get(f"/api/v1/regions?tier=street&within=310110&limit=5&cursor={link}")).json()
        pages.append(page["items"])
        link = page["next"]
    assert ([len(p) for p in pages], [r for p in pages for r in p]) == ([5, 5, 2], whole["items"])


async def test_repeated_filters_mean_or_and_a_region_that_is_gone_says_what_took_it_over(client: httpx.AsyncClient) -> None:
    both = (await client.get("/api/v1/regions?tier=city&tier=district&within=310110&within=310106")).json()["items"]
    assert [r["code"] for r in both] == ["310106", "310110"]
    gone = next(r for r in (await client.get("/api/v1/regions?within=310106")).json()["items"] if r["code"] == "310108")
    assert (gone["name"], gone["tier"], gone["valid_to"], gone["successor"]) == ("闸北区", None, "2015-11-04", "310106")


@pytest.mark.parametrize(
    "query",
    [
        "cursor=x",
        "cursor=!!!",
        "cursor=W10",
        f"cursor={cursor('a', 'b')}",
        f"cursor={cursor(chr(0))}",
        "cursor=WyJcdWQ4MDAiXQ",
        "cursor=" + "W" * 8000,
    ],
)
async def test_a_cursor_that_is_none_of_ours_is_refused(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"/api/v1/regions?{query}")
    assert (answer.status_code, [e["code"] for e in answer.json()["errors"]]) == (422, ["bad_cursor"])


async def test_every_bad_filter_is_named(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/regions?tier=planet&within=31'--&limit=201&cursor=x")
    assert [(e["path"], e["code"]) for e in answer.json()["errors"]] == [
        ("tier", "unknown_value"),
        ("within", "bad_identifier"),
        ("limit", "out_of_range"),
        ("cursor", "bad_cursor"),
    ]
