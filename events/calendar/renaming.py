"""Names that many events show: brands, venues, and the address of our pages. One statement raises every session that shows the name."""

import re
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.changes import months_showing, raise_showing
from events.calendar.drafts import MOST_VENUE, clean
from events.calendar.ical.rendering import find_linked
from events.calendar.models import Board, Event, Series, Venue
from events.calendar.ready import EVERY
from events.calendar.revisions import touch
from events.calendar.search import make_searchable
from events.errors import Fault, Faulty, NotFound
from events.regions.queries import get_region
from infra.ids import new_id
from infra.installation import settings_of

SLUG = re.compile(r"[a-z0-9-]{1,64}")


async def ensure_series(session: AsyncSession, slug: str, name: str, region_code: str, boards: Mapping[str, str] | None = None) -> UUID:
    """The series of this slug, made when there is none, with its boards (slug: name) in order. What exists keeps its name: rename it.

    Raises NotFound for an unknown region, Faulty for a slug that can't stand in an address.
    """
    await get_region(session, region_code)
    if bad := [text for text in (slug, *(boards or ())) if not SLUG.fullmatch(text)]:
        raise Faulty(*(Fault(text, "bad_identifier") for text in bad))
    made = insert(Series).values(id=new_id(), slug=slug, name=_named(name), region_code=region_code).on_conflict_do_nothing()
    if await session.scalar(made.returning(Series.id)):
        await touch(session, [EVERY])  # a new brand is in no month yet, and on the wall of its street
    series_id = (await session.scalars(select(Series.id).where(Series.slug == slug))).one()
    rows = [
        {"id": new_id(), "series_id": series_id, "slug": board, "name": _named(called), "position": position}
        for position, (board, called) in enumerate((boards or {}).items())
    ]
    if rows:
        await session.execute(insert(Board).values(rows).on_conflict_do_nothing())
    return series_id


async def rename_series(session: AsyncSession, slug: str, name: str) -> None:
    """Give a brand another name, in every calendar that shows it. Raises NotFound, Faulty."""
    series = await session.scalar(select(Series).where(Series.slug == slug).with_for_update(key_share=True))
    if series is None:
        raise NotFound
    series.name = _named(name)
    await _shown_anew(session, Event.series_id == series.id)


async def rename_venue(session: AsyncSession, venue_id: UUID, name: str) -> None:
    """Give a place another name, in every calendar that shows it, and let its events be found by it. Raises NotFound, Faulty."""
    venue = await session.scalar(select(Venue).where(Venue.id == venue_id).with_for_update(key_share=True))
    if venue is None:
        raise NotFound
    venue.name = _named(name)
    events = select(Event).where(Event.venue_id == venue.id).order_by(Event.id).with_for_update(key_share=True)
    for event in await session.scalars(events):
        make_searchable(event, event.title, venue.name, event.organiser)
    await _shown_anew(session, Event.venue_id == venue.id)


async def follow_address(session: AsyncSession) -> bool:
    """Where the installation was given another address since calendars were rendered, raise what links to the old one; whether it was."""
    linked = await find_linked(session)
    if linked in (None, settings_of(session).public_url):
        return False
    await _shown_anew(session, true())
    return True


async def _shown_anew(session: AsyncSession, shows: ColumnElement[bool]) -> None:
    await session.flush()
    await raise_showing(session, shows)
    await touch(session, await months_showing(session, shows))


def _named(name: str) -> str:
    faults: list[Fault] = []
    cleaned = clean(name, "name", MOST_VENUE, faults)
    if not cleaned:
        faults.append(Fault("name", "empty"))
    if faults or not cleaned:
        raise Faulty(*faults)
    return cleaned
