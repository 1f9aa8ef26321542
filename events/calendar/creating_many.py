"""Many new events in one transaction, as a file brings them: the same rows as `service.create_event` writes, in a dozen statements."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.rules import Actor, Place, Verb
from events.accounts.service import authorise
from events.calendar.changes import Announcements, signature
from events.calendar.drafts import EventDraft, VenueDraft, checked
from events.calendar.models import Board, Event, EventChange, Series, Sport, Venue
from events.calendar.references import References, reference_faults
from events.calendar.rules import ChangeKind, tier_of
from events.calendar.service import new_event, new_occurrence
from events.errors import Fault, Faulty
from events.regions.models import Region
from infra.ids import new_id

# asyncpg binds at most 32,767 values a statement.
ROWS_A_STATEMENT = 5_000


async def create_events(
    session: AsyncSession, actor: Actor, drafts: Sequence[EventDraft], told: Announcements, *, published: bool = False
) -> list[Event]:
    """New events in the order of their drafts; the caller ends with `changes.tell`. A draft's venue has no point, and its sessions no id.

    Raises Forbidden, or Faulty with everything that is wrong with any of them (`[3].title`).
    """
    judged = [checked(draft) for draft in drafts]
    drafts = [draft for draft, _ in judged]
    found = await _look_up_all(session, drafts)
    faults: list[Fault] = []
    for at, ((draft, own), known) in enumerate(zip(judged, found, strict=True)):
        if known.within:
            place = Place(draft.tier or known.tier, known.within)
            authorise(actor, Verb.DECIDE_EVENT if published else Verb.WRITE_EVENT, place)
        faults += [Fault(f"[{at}].{f.path}", f.code, f.values) for f in (*own, *reference_faults(draft, known))]
    if faults:
        raise Faulty(*faults)
    venues = await _place_venues(session, drafts)
    events = [new_event(draft, known, draft.tier or known.tier, published=published) for draft, known in zip(drafts, found, strict=True)]
    await _hold_series(session, events)
    for event, draft in zip(events, drafts, strict=True):
        event.venue_id = venues.get(_venue_key(draft.venue, draft.region_code)) if draft.venue else None
    session.add_all(events)
    await session.flush()
    changes = [_made(actor, event, published=published) for event in events]
    session.add_all(
        new_occurrence(e, at, one) for e, draft in zip(events, drafts, strict=True) for at, one in enumerate(draft.when.sessions)
    )
    session.add_all(changes)
    await session.flush()
    for event, change in zip(events, changes, strict=True):
        told.add(event, change)
    return events


def _made(actor: Actor, event: Event, *, published: bool) -> EventChange:
    kind = ChangeKind.PUBLISHED if published else ChangeKind.CREATED
    return EventChange(
        id=new_id(), event_id=event.id, kind=kind, before={}, after={"title": event.title}, actor=signature(actor), at=event.changed_at
    )


async def _look_up_all(session: AsyncSession, drafts: Sequence[EventDraft]) -> list[References]:
    """What each draft names, as `references.look_up` finds it for one."""
    codes = {draft.region_code for draft in drafts}
    rows = await session.execute(select(Region.code, Region.tier, Region.kind, Region.within).where(Region.code.in_(codes)))
    regions = {code: (tier or tier_of(kind), frozenset(within)) for code, tier, kind, within in rows}
    wanted = select(Series.slug, Series.id, Board.slug, Board.id).outerjoin(Board, Board.series_id == Series.id)
    names = (await session.execute(wanted.where(Series.slug.in_({draft.series for draft in drafts if draft.series})))).all()
    series = {slug: id_ for slug, id_, _, _ in names}
    boards = {(slug, board): id_ for slug, _, board, id_ in names}
    sports = frozenset(await session.scalars(select(Sport.slug)))
    unknown = (tier_of(None), frozenset[str]())
    return [
        References(*regions.get(d.region_code, unknown), series.get(d.series or ""), boards.get((d.series or "", d.board or "")), sports)
        for d in drafts
    ]


def _venue_key(venue: VenueDraft, region_code: str) -> tuple[str, str, str]:
    return venue.name, venue.address or "", region_code


async def _place_venues(session: AsyncSession, drafts: Sequence[EventDraft]) -> dict[tuple[str, str, str], UUID]:
    """Every venue that the drafts name, the new ones made, held so that nobody renames one before the end."""
    wanted = {_venue_key(draft.venue, draft.region_code): draft.venue for draft in drafts if draft.venue}
    placed: dict[tuple[str, str, str], UUID] = {}
    keys = sorted(wanted)
    for at in range(0, len(keys), ROWS_A_STATEMENT):
        some = keys[at : at + ROWS_A_STATEMENT]
        rows = [{"id": new_id(), "name": key[0], "address": wanted[key].address, "region_code": key[2]} for key in some]
        await session.execute(insert(Venue).values(rows).on_conflict_do_nothing(constraint="uq_venues_place"))
        columns = (Venue.name, Venue.address, Venue.region_code, Venue.id)
        alike = tuple_(Venue.name, Venue.region_code).in_([(name, code) for name, _, code in some])
        for name, address, code, id_ in await session.execute(select(*columns).where(alike).order_by(Venue.id).with_for_update(read=True)):
            placed[name, address or "", code] = id_
    return placed


async def _hold_series(session: AsyncSession, events: Sequence[Event]) -> None:
    held = {event.series_id for event in events if event.series_id}
    await session.execute(select(Series.id).where(Series.id.in_(held)).order_by(Series.id).with_for_update(read=True))
