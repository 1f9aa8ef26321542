"""Pages that are kept: made anew for what they show, and for nothing else."""

from datetime import date, datetime

import httpx
import pytest
from sqlalchemy import update

from events.calendar.models import Event
from events.calendar.revisions import touch
from events.regions.rules import Tier
from events.web.kept_pages import ReadyPage
from infra import clock
from infra.installation import Installation
from tests.apps import app_of
from tests.filling import add_event

HTML = {"Accept": "text/html"}


async def kept(client: httpx.AsyncClient, address: str) -> ReadyPage:
    """The page of an address, as it is kept once it was asked for."""
    answer = await client.get(address, headers=HTML)
    assert answer.status_code == 200
    slots = app_of(client).state.months.ready._slots
    [page] = [slot.kept for slot in slots.values() if isinstance(slot.kept, ReadyPage)]
    assert answer.text.encode() == page.body
    return page


@pytest.mark.parametrize("view", ["", "/agenda", "/streets", "/map"])
async def test_a_commit_that_changes_nothing_of_a_page_needs_no_new_one(
    client: httpx.AsyncClient, installation: Installation, view: str
) -> None:
    async with installation.sessions.begin() as session:
        shown = await add_event(session, "龙舟赛", date(2026, 5, 2), tier=Tier.CITY, region_code="310000")
        other = await add_event(session, "社区棋赛", date(2026, 5, 3), tier=Tier.STREET, region_code="310110016")
    address = f"/calendar/2026-05{view}?tier=city"
    first = await kept(client, address)
    for event, title, same in ((other, "社区围棋赛", True), (shown, "龙舟公开赛", False)):
        async with installation.sessions.begin() as session:
            await session.execute(update(Event).where(Event.id == event).values(title=title))
            await touch(session, ["2026-05"])
        page = await kept(client, address)
        assert (page._parts is first._parts, page.body == first.body) == (same, same)
    # One that the page doesn't show is still counted beside it.
    async with installation.sessions.begin() as session:
        await session.execute(update(Event).where(Event.id == other).values(tier=Tier.DISTRICT))
        await touch(session, ["2026-05"])
    assert (await kept(client, address)).body != page.body


async def test_a_page_that_a_day_does_not_change_holds_for_the_next_one_too(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        await add_event(session, "龙舟赛", date(2026, 5, 2))
    zone = installation.settings.zone
    with clock.frozen(datetime(2026, 3, 1, 12, tzinfo=zone)):
        first = await kept(client, "/calendar/2026-05")
    with clock.frozen(datetime(2026, 3, 2, 12, tzinfo=zone)):
        page = await kept(client, "/calendar/2026-05")
    assert (page._parts is first._parts, page.valid_until) == (True, datetime(2026, 3, 3, tzinfo=zone))
