"""Links that were shared: what WeChat and others add to an address breaks no page and fills no cache."""

from datetime import date

import httpx
import pytest

from infra.installation import Installation
from tests.apps import app_of
from tests.filling import add_event

HTML = {"Accept": "text/html"}
WECHAT = "from=singlemessage&isappinstalled=0"
PAGES = (
    "/calendar",
    "/calendar/2026-11",
    "/calendar/2026-11/agenda",
    "/calendar/2026-11/streets",
    "/calendar/2026-11/map",
    "/calendar/2026-11/print",
    "/calendar/2026-11/poster.png",
    "/calendar/2026-11/poster.pdf",
    "/calendar/week/2026-11-02",
    "/calendar/2026",
    "/subscribe",
    "/follow",
    "/embed",
    "/embed/calendar",
    "/embed/calendar/2026-11",
    "/brands",
    "/brands/310110",
)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", PAGES)
async def test_a_page_leads_to_its_address_without_what_others_added(client: httpx.AsyncClient, path: str, method: str) -> None:
    answer = await client.request(method, f"{path}?{WECHAT}&utm_source=wechat", headers={"Accept": "image/png"})
    assert (answer.status_code, answer.headers["location"], answer.headers["cache-control"]) == (302, path, "no-store")


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        (
            "/calendar/2026-11?q=%E5%81%A5%E6%AD%A5&from=timeline&tier=city&lang=en",
            "/calendar/2026-11?q=%E5%81%A5%E6%AD%A5&tier=city&lang=en",
        ),
        ("/subscribe?alarm=60&region=310110&spm=1", "/subscribe?alarm=60&region=310110"),
        ("/embed?month=2026-11&language=en&x=1", "/embed?month=2026-11&language=en"),
        ("/follow?region=310110&from=timeline", "/follow?region=310110"),
        ("/calendar/2026-11?teir=city", "/calendar/2026-11"),
        ("/embed/calendar/%E6%9C%88?x=1", "/embed/calendar/%E6%9C%88"),
    ],
)
async def test_what_a_page_knows_is_kept(client: httpx.AsyncClient, asked: str, kept: str) -> None:
    assert (await client.get(asked, headers=HTML)).headers["location"] == kept


async def test_an_events_page_and_file_are_found_by_a_link_that_was_shared(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        key = await add_event(session, "滨江夜跑", date(2026, 5, 2))
    answer = await client.get(f"/events/{key}?{WECHAT}&lang=en", headers=HTML)
    assert (answer.status_code, answer.headers["location"]) == (302, f"/events/{key}?lang=en")
    answer = await client.get(f"/events/{key}.ics?{WECHAT}&lang=en")
    assert (answer.status_code, answer.headers["location"]) == (308, f"/events/{key}.ics?lang=en")


async def test_nothing_is_kept_under_an_address_with_strangers_in_it(client: httpx.AsyncClient) -> None:
    ready = app_of(client).state.months.ready
    for n in range(5):
        await client.get(f"/calendar/2026-11?junk{n}={n}", headers=HTML)
    assert not ready._slots


@pytest.mark.parametrize("path", ["/feeds/events.ics", "/feeds/events.rss", "/feeds/events.json", "/feeds/regions/310110.ics"])
async def test_a_feed_leaves_out_what_is_known_to_be_a_trackers_and_refuses_what_may_be_a_filter(
    client: httpx.AsyncClient, path: str
) -> None:
    moved = await client.get(f"{path}?{WECHAT}&utm_campaign=x&fbclid=1")
    assert (moved.status_code, moved.headers["location"]) == (308, path)
    assert (await client.get(f"{path}?teir=city")).status_code == 422


async def test_programs_are_refused_what_the_api_does_not_know(client: httpx.AsyncClient) -> None:
    for path in ("/api/v1/calendar/2026-11", "/api/v1/events"):
        answer = await client.get(f"{path}?isappinstalled=0&utm_source=wechat")
        assert (answer.status_code, [one["path"] for one in answer.json()["errors"]]) == (422, ["isappinstalled", "utm_source"])


@pytest.mark.parametrize("query", ["x=%ff", "&".join(f"x{n}=1" for n in range(60))])
async def test_what_can_not_be_read_is_refused(client: httpx.AsyncClient, query: str) -> None:
    assert (await client.get(f"/calendar/2026-11?{query}", headers=HTML)).status_code == 422
