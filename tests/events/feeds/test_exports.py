import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from events.calendar.ical.rendering import render_event
from events.calendar.models import Event, EventChange, Occurrence
from events.calendar.rules import ChangeKind, EventStatus
from events.feeds.models import FeedExport
from events.feeds.service import export_feeds
from events.regions.rules import Tier
from infra import clock
from infra.ids import new_id
from infra.installation import Installation
from tests.filling import add_event, add_series, occurrence, touch

NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)
STREET = {"tier": Tier.STREET, "region_code": "310110016"}


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with clock.frozen(NOON):
        yield


def files(installation: Installation) -> dict[str, bytes]:
    root = installation.settings.data / "store"
    return {str(path.relative_to(root / "feeds")): path.read_bytes() for path in root.rglob("*.ics")}


def written_at(installation: Installation) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in installation.settings.data.rglob("*.ics")}


async def publish(installation: Installation, one: Occurrence, **columns: Any) -> Any:
    async with installation.sessions.begin() as session:
        event_id = await add_event(session, "篮球赛", one, **columns)
        await render_event(session, event_id)
    return event_id


async def test_feeds_of_tiers_series_and_regions_up_to_the_city_lie_where_their_addresses_say(
    installation: Installation, client: httpx.AsyncClient
) -> None:
    async with installation.sessions.begin() as session:
        series_id, _ = await add_series(session, "yundong", "韵动杨浦")
    await publish(installation, occurrence(0, date(2026, 5, 2)), series_id=series_id, **STREET)
    await publish(installation, occurrence(0, date(2026, 5, 3)), region_code="341881")
    await publish(installation, occurrence(0, date(2026, 5, 3)), region_code="410100", status=EventStatus.DRAFT)
    assert await export_feeds(installation) == 7
    written = files(installation)
    assert sorted(written) == [
        "regions/310000.ics",
        "regions/310110.ics",
        "regions/310110016.ics",
        "regions/341881.ics",
        "series/yundong.ics",
        "tiers/district.ics",
        "tiers/street.ics",
    ]
    for path, body in written.items():
        assert (await client.get(f"/feeds/{path}")).content == body


async def test_only_feeds_whose_bytes_changed_are_written_again(installation: Installation) -> None:
    one = occurrence(0, date(2026, 5, 2))
    event_id = await publish(installation, one, **STREET)
    await publish(installation, occurrence(0, date(2026, 5, 3)))
    assert await export_feeds(installation) == 5
    before = written_at(installation)
    assert await export_feeds(installation) == 0
    async with installation.sessions.begin() as session:
        one = await session.merge(one)
        await touch(session, one, label="决赛")
        await render_event(session, event_id)
    assert await export_feeds(installation, event_ids=[event_id]) == 4
    after = written_at(installation)
    assert {name for name in before if before[name] == after[name]} == {"district.ics"}
    assert "决赛" in files(installation)["regions/310000.ics"].decode()


async def test_an_event_that_moved_leaves_the_feeds_that_held_it(installation: Installation) -> None:
    event_id = await publish(installation, occurrence(0, date(2026, 5, 2)), **STREET)
    await export_feeds(installation)
    async with installation.sessions.begin() as session:
        await session.execute(update(Event).values(tier=Tier.CITY, region_code="310000"))
        before = {"tier": "street", "region_code": "310110016"}
        change = EventChange(id=new_id(), event_id=event_id, kind=ChangeKind.AMENDED, before=before, after={}, actor="x", at=NOON)
        session.add(change)
    assert await export_feeds(installation, event_ids=[event_id]) == 4
    assert {path for path, body in files(installation).items() if b"BEGIN:VEVENT" in body} == {"tiers/city.ics", "regions/310000.ics"}


async def test_at_night_the_window_moves_and_an_emptied_feed_is_still_a_calendar(installation: Installation) -> None:
    await publish(installation, occurrence(0, date(2026, 5, 2)), **STREET)
    await export_feeds(installation)
    async with installation.sessions.begin() as session:
        await session.execute(update(Event).values(status=EventStatus.DRAFT))
    with clock.frozen(NOON + timedelta(days=62)):
        assert await export_feeds(installation) == 4
    assert all(b"VEVENT" not in body and b"VTIMEZONE" in body for body in files(installation).values())


async def test_two_workers_end_at_the_same_bytes(installation: Installation) -> None:
    await publish(installation, occurrence(0, date(2026, 5, 2)), **STREET)
    assert sum(await asyncio.gather(*(export_feeds(installation) for _ in range(4)))) == 4
    async with installation.sessions() as session:
        assert len((await session.scalars(select(FeedExport))).all()) == 4
