from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from events.calendar.dates import Precision
from events.calendar.rules import EventStatus
from infra.installation import Installation
from tests.filling import add_event, add_series


async def titles(client: httpx.AsyncClient, query: str = "") -> list[str]:
    """The titles of every page of a list, two a page."""
    found: list[str] = []
    cursor = ""
    while True:
        page = (await client.get(f"/api/v1/events?limit=2{query}{cursor}")).json()
        found += [event["title"] for event in page["items"]]
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"


async def test_a_list_is_paged_by_the_first_day_and_what_has_none_comes_last(installation: Installation, client: httpx.AsyncClient) -> None:
    async with installation.sessions.begin() as session:
        for n in (3, 1, 2):
            await add_event(session, f"{n} 日", date(2026, 5, n))
        await add_event(session, "同日", date(2026, 5, 2))
        await add_event(session, "未定一")
        await add_event(session, "未定二")
        await add_event(session, "草稿", date(2026, 5, 2), status=EventStatus.DRAFT)
        await add_event(session, "取消", date(2026, 5, 4), status=EventStatus.CANCELLED)
    assert await titles(client) == ["1 日", "2 日", "同日", "3 日", "取消", "未定一", "未定二"]
    assert await titles(client, "&from=2026-05-02&to=2026-05-03") == ["2 日", "同日", "3 日"]
    assert await titles(client, "&from=2026-05-03") == ["3 日", "取消"]
    assert await titles(client, "&q=日") == ["1 日", "2 日", "同日", "3 日"]
    assert await titles(client, "&q=未定") == ["未定一", "未定二"]


async def test_a_common_word_and_a_rare_one_are_found_past_the_first_rows(installation: Installation, client: httpx.AsyncClient) -> None:
    async with installation.sessions.begin() as session:
        for n in range(2_050):
            await add_event(session, "长跑", date(2020, 1, 1) + timedelta(days=n % 700))
        await add_event(session, "滨江藤球", date(2026, 5, 1))
        await add_event(session, "滨江藤球", date(2026, 5, 2))
        await add_event(session, "滨江藤球长跑", date(2026, 5, 3))
    assert await titles(client, "&q=藤") == ["滨江藤球", "滨江藤球", "滨江藤球长跑"]
    assert await titles(client, "&q=滨江藤球%20长跑") == ["滨江藤球长跑"]
    assert len((await client.get("/api/v1/events?limit=200&q=长跑")).json()["items"]) == 200


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        (
            "cursor=x&limit=0&from=2026-13-01&to=20260501",
            [("cursor", "bad_cursor"), ("limit", "out_of_range"), ("from", "bad_date"), ("to", "bad_date")],
        ),
        ("cursor=WyIyMDI2LTA1LTAxIiwgIngiXQ", [("cursor", "bad_cursor")]),
        ("limit=201&tier=county&colour=red", [("limit", "out_of_range"), ("tier", "unknown_value"), ("colour", "unknown_field")]),
        ("from=2026-05-02&to=2026-05-01", [("to", "dates_reversed")]),
        ("q=%00", [("q", "bad_text")]),
        ("q=%ff", [("", "bad_text")]),
    ],
)
async def test_every_fault_of_a_lists_address_is_named(client: httpx.AsyncClient, query: str, faults: list[tuple[str, str]]) -> None:
    answer = await client.get(f"/api/v1/events?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "faulty")
    assert [(fault["path"], fault["code"]) for fault in answer.json()["errors"]] == faults


async def test_odd_texts_find_nothing_and_break_nothing(installation: Installation, client: httpx.AsyncClient) -> None:
    async with installation.sessions.begin() as session:
        await add_event(session, "滨江跑 🏀", date(2026, 5, 1))
    for q in ("'; DROP TABLE events; --", "%", "_", "\\", "' OR '1'='1"):
        assert (await client.get("/api/v1/events", params={"q": q})).json()["items"] == []
    assert len((await client.get("/api/v1/events", params={"q": "🏀"})).json()["items"]) == 1


async def test_series_with_their_boards_and_sports_are_listed_for_the_filters(
    installation: Installation, client: httpx.AsyncClient
) -> None:
    async with installation.sessions.begin() as session:
        await add_series(session, "xiu", "韵动杨浦·秀出来", "滨江主题", "活力赛场")
        await add_series(session, "yipin", "一街一品")
    first = (await client.get("/api/v1/series?limit=1")).json()
    assert first["items"] == [
        {
            "slug": "xiu",
            "name": "韵动杨浦·秀出来",
            "region": {"code": "310110", "name": "杨浦区"},
            "boards": [{"slug": "滨江主题", "name": "滨江主题"}, {"slug": "活力赛场", "name": "活力赛场"}],
        }
    ]
    rest = (await client.get(f"/api/v1/series?cursor={first['next']}")).json()
    assert ([one["slug"] for one in rest["items"]], rest["items"][0]["boards"], rest["next"]) == (["yipin"], [], None)
    sports = (await client.get("/api/v1/sports?limit=200")).json()
    assert {"slug", "name", "name_en", "aliases"} == sports["items"][0].keys()
    assert (await client.get("/api/v1/sports?limit=0&cursor=x")).status_code == 422


async def test_a_month_has_every_day_and_what_has_no_day_beside_them(installation: Installation, client: httpx.AsyncClient) -> None:
    async with installation.sessions.begin() as session:
        await add_event(session, "两场", datetime(2026, 5, 1, 1, tzinfo=UTC), date(2026, 5, 9))
        await add_event(session, "长展", (date(2026, 4, 20), date(2026, 5, 20)))
        bounds = {"precision": Precision.DEKAD, "first_on": date(2026, 5, 1), "last_on": date(2026, 5, 10)}
        await add_event(session, "五月上旬", date_text="5月上旬", **bounds)
        await add_event(session, "全年", first_on=date(2026, 1, 1), last_on=date(2026, 12, 31), precision=Precision.YEAR)
    month = (await client.get("/api/v1/calendar/2026-05")).json()
    assert month.keys() == {"month", "days", "runs", "undated", "long_term", "counts", "holidays_announced"}
    assert [day["date"] for day in month["days"]] == [f"2026-05-{n:02}" for n in range(1, 32)]
    assert month["days"][0]["holiday"] == {"name": "劳动节", "workday": False}
    assert month["days"][8]["holiday"] == {"name": "劳动节", "workday": True}
    stands = {day["date"]: [event["title"] for event in day["events"]] for day in month["days"] if day["events"]}
    assert stands == {"2026-05-01": ["两场"], "2026-05-09": ["两场"]}
    assert [[event["title"] for event in month[name]] for name in ("runs", "undated", "long_term")] == [["长展"], ["五月上旬"], ["全年"]]
    assert month["counts"] == {"tier": {"city": 0, "district": 4, "street": 0}}
    listed = (await client.get("/api/v1/events?q=两场")).json()["items"]
    assert month["days"][0]["events"] == listed
    narrowed = (await client.get("/api/v1/calendar/2026-05?q=五月&tier=district")).json()
    assert (narrowed["counts"]["tier"]["district"], len(narrowed["undated"]), len(narrowed["runs"])) == (1, 1, 0)


async def test_a_month_without_events_is_whole_and_so_is_a_leap_february(client: httpx.AsyncClient) -> None:
    month = (await client.get("/api/v1/calendar/2028-02")).json()
    assert (len(month["days"]), month["runs"], month["counts"]["tier"], month["holidays_announced"]) == (
        29, [], {"city": 0, "district": 0, "street": 0}, False,
    )  # fmt: skip


@pytest.mark.parametrize("month", ["2024-13", "2024-1", "abcd", "1899-12", "2201-01", "2024-00", "２０２４-01", "2024-01-01", "2024-01%0A"])
async def test_what_is_no_month_is_refused(client: httpx.AsyncClient, month: str) -> None:
    answer = await client.get(f"/api/v1/calendar/{month}")
    assert (answer.status_code, [(e["path"], e["code"]) for e in answer.json()["errors"]]) == (422, [("month", "bad_month")])


async def test_a_month_is_the_same_bytes_until_it_changes_and_smaller_for_who_takes_gzip(client: httpx.AsyncClient) -> None:
    plain = await client.get("/api/v1/calendar/2026-05", headers={"Accept-Encoding": "identity"})
    gzipped = await client.get("/api/v1/calendar/2026-05", headers={"Accept-Encoding": "br, gzip;q=0.5"})
    assert plain.content == gzipped.content
    assert (gzipped.headers["content-encoding"], "content-encoding" in plain.headers) == ("gzip", False)
    assert plain.headers["etag"] != gzipped.headers["etag"]
    assert (plain.headers["cache-control"], plain.headers["vary"]) == ("public, no-cache", "Accept-Encoding")
    for answer in (plain, gzipped):
        same = await client.get("/api/v1/calendar/2026-05", headers={"If-None-Match": f'"other", W/{answer.headers["etag"]}'})
        assert (same.status_code, same.content) == (304, b"")
    assert (await client.get("/api/v1/calendar/2026-05", headers={"If-None-Match": '"other"'})).status_code == 200


async def test_the_description_of_the_api_names_the_filters(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/api/openapi.json")).json()["paths"]
    assert {"tier", "region", "q"} < {parameter["name"] for parameter in paths["/api/v1/calendar/{month}"]["get"]["parameters"]}
    assert {"from", "to", "cursor", "limit", "q"} < {parameter["name"] for parameter in paths["/api/v1/events"]["get"]["parameters"]}
