"""Keep every occurrence's VEVENT as bytes, rendered where what it shows has changed: where `sequence` runs ahead of `vevent_sequence`."""

from dataclasses import fields
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Select, bindparam, case, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.ical.vevents import Place, Shown, render
from events.calendar.models import Board, Event, EventChange, Occurrence, Series, Sport, Venue
from events.calendar.revisions import months_between, touch
from events.calendar.rules import ChangeKind, EventStatus, OccurrenceStatus
from infra.installation import settings_of
from infra.settings import Settings

_SAME = {field.name for field in fields(Shown)}

_NEWEST = select(EventChange.reason).where(EventChange.event_id == Event.id).order_by(EventChange.at.desc(), EventChange.id.desc()).limit(1)
_OF_EVENT = _NEWEST.where(EventChange.kind.in_((ChangeKind.POSTPONED, ChangeKind.CANCELLED)))
_OF_SESSION = _NEWEST.where(EventChange.kind == ChangeKind.OCCURRENCE_CANCELLED, EventChange.occurrence_id == Occurrence.id)
# Why a session is off: what stopped its event, else what cancelled the session itself.
_REASON = case(
    (Event.status.in_((EventStatus.POSTPONED, EventStatus.CANCELLED)), _OF_EVENT.correlate(Event).scalar_subquery()),
    (Occurrence.status == OccurrenceStatus.CANCELLED, _OF_SESSION.correlate(Event, Occurrence).scalar_subquery()),
)


async def render_event(session: AsyncSession, event_id: UUID) -> int:
    """Render and keep every occurrence of the event that shows something new, and say how many. Called once the sequences are raised."""
    return len(await _render(session, _shown_of(Occurrence.event_id == event_id)))


async def render_stale(session: AsyncSession, *, limit: int = 500) -> int:
    """The same for any `limit` occurrences that wait, after a wide change. Returns how many; less than `limit` means that none is left.

    It tells whatever keeps feeds ready: the commit that raised the sequences did so before there was anything new to see.
    """
    rendered = await _render(session, _shown_of().order_by(Occurrence.id).limit(limit))
    await touch(session, {month for shown in rendered for month in months_between(shown.first_on, shown.last_on)})
    return len(rendered)


async def find_linked(session: AsyncSession) -> str | None:
    """The address that kept VEVENTs link to, read off any that is up to date; None where there is none."""
    current = Occurrence.vevent_sequence == Occurrence.sequence
    kept = await session.scalar(select(Occurrence.vevent).where(current, Occurrence.removed_at.is_(None)).limit(1))
    lines = (kept or b"").decode().replace("\r\n ", "").split("\r\n")
    return next((line[4:].rpartition("/events/")[0] for line in lines if line.startswith("URL:")), None)


async def _render(session: AsyncSession, query: Select[*tuple[Any, ...]]) -> list[Shown]:
    settings = settings_of(session)
    waiting = [_shown(row, settings) for row in (await session.execute(query)).mappings()]
    if waiting:
        await _keep(session, waiting)
    return waiting


async def _keep(session: AsyncSession, waiting: list[Shown]) -> None:
    """Store bytes beside the sequence they show. A row that moved on meanwhile is left to whoever moved it."""
    kept = (
        update(Occurrence)
        .where(Occurrence.id == bindparam("of"), Occurrence.sequence == bindparam("at"))
        .values(vevent=bindparam("bytes"), vevent_sequence=bindparam("at"))
    )
    connection = await session.connection()
    await connection.execute(kept, [{"of": shown.id, "at": shown.sequence, "bytes": render(shown)} for shown in waiting])


def _shown_of(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """What waiting occurrences show, in one statement, so that a name and the sequence that announces it come from one snapshot.

    A draft that no calendar has ever shown stays out; one that was unpublished is rendered as cancelled.
    """
    waits = Occurrence.vevent_sequence.is_distinct_from(Occurrence.sequence)
    known = or_(Event.status != EventStatus.DRAFT, Occurrence.vevent.is_not(None))
    return (
        select(
            Occurrence.id,
            Occurrence.sequence,
            Occurrence.changed_at,
            Occurrence.first_on,
            Occurrence.last_on,
            Occurrence.starts_at,
            Occurrence.ends_at,
            Occurrence.daypart,
            Occurrence.label,
            Occurrence.status,
            Occurrence.removed_at.is_not(None).label("removed"),
            _REASON.label("reason"),
            Event.created_at,
            Event.title,
            Event.tier,
            Event.organiser,
            Event.undertaker,
            Event.contact,
            Event.summary,
            Event.eligibility,
            Event.bring,
            Event.fee,
            Event.directions,
            Event.status.label("event_status"),
            Event.id.label("event_id"),
            Event.audience,
            Series.name.label("series"),
            Board.name.label("board"),
            Sport.name.label("sport"),
            Venue.name.label("venue"),
            Venue.address,
            Venue.lon,
            Venue.lat,
            Venue.datum,
        )
        .join(Event, Event.id == Occurrence.event_id)
        .outerjoin(Series, Series.id == Event.series_id)
        .outerjoin(Board, Board.id == Event.board_id)
        .outerjoin(Sport, Sport.slug == Event.sports[1])
        .outerjoin(Venue, Venue.id == Event.venue_id)
        .where(waits, known, *conditions)
    )


def _shown(row: RowMapping, settings: Settings) -> Shown:
    place = None
    if row["venue"]:
        place = Place(name=row["venue"], address=row["address"], lon=row["lon"], lat=row["lat"], datum=row["datum"])
    categories = tuple(c for c in (row["series"], row["board"], row["sport"], *row["audience"]) if c)
    url = f"{settings.public_url}/events/{row['event_id']}"
    same = {name: row[name] for name in row.keys() & _SAME}
    return Shown(**same, place=place, categories=categories, url=url, zone=settings.zone)
