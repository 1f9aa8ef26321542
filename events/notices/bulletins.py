"""What a follower is told, read at the moment of writing: the event as it stands then, and for a digest, all that the day changed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.models import Event, EventChange, Venue
from events.calendar.rules import EventStatus
from events.competitions.models import Competition
from events.notices.gathering import Follow, Item, shared_out, undone_stop
from events.notices.models import Delivery, News, Subscription
from events.notices.queries import Change, Sitting, changes_since, sittings_of
from events.notices.rules import Channel, NoticeKind, SubscriptionStatus
from events.notices.targets import KEY, NAME, SCOPE, Scope, with_targets
from events.regions.models import Region


@dataclass(frozen=True, slots=True)
class EventTold:
    """An event as a bulletin tells it."""

    id: UUID
    title: str
    status: EventStatus
    date_text: str | None
    region: str
    venue: str | None
    address: str | None
    sittings: Sequence[Sitting]


@dataclass(frozen=True, slots=True)
class Told:
    """An event in a digest, with everything that the day did to it, in order."""

    event: EventTold
    items: Sequence[Item]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """A claimed delivery to a follower. `address` is an e-mail address or, with both keys, where a browser is reached.

    `since` is what was done to the event after its `change`, oldest first.
    """

    id: UUID
    kind: NoticeKind
    attempts: int
    created_at: datetime
    subscription_id: UUID
    channel: Channel
    address: str
    p256dh: str | None
    auth: str | None
    language: str
    scope: Scope
    key: str
    name: str
    event: EventTold | None = None
    change: Change | None = None
    since: Sequence[Change] = ()
    # Of sign-ups that open: what can be entered, and from when to when.
    competition: str | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    digest: Sequence[Told] = ()


@dataclass(frozen=True, slots=True)
class _Causes:
    """What the claimed deliveries are about, by the id of the cause: a change with those that followed it, or a window of sign-ups."""

    changes: Mapping[UUID, Sequence[Change]]
    competitions: Mapping[UUID, Competition]
    shares: Mapping[UUID, Sequence[Item]]  # by delivery


async def list_bulletins(session: AsyncSession, delivery_ids: Iterable[UUID]) -> list[Bulletin]:
    """Those that there is something to say to somebody; seven statements at most, however many there are.

    Left out is who has left, a link to confirm what was confirmed meanwhile, and a digest whose every change was told otherwise. What
    was done to the events is read last, so that what overtook a letter after its event was read is seen.
    """
    rows = (await session.execute(_recipients().where(Delivery.id.in_(list(delivery_ids))).order_by(Delivery.id))).mappings().all()
    digests = [row for row in rows if row["kind"] is NoticeKind.DIGEST]
    shares = await _shares(session, digests) if digests else {}
    ids = {row["cause_id"] for row in rows if row["kind"] not in (NoticeKind.FOLLOW_CONFIRM, NoticeKind.FOLLOW_LINK, NoticeKind.DIGEST)}
    events = await _events(session, {item.event_id for share in shares.values() for item in share}, ids)
    windows = {c.id: c for c in await session.scalars(select(Competition).where(Competition.id.in_(ids)))} if ids else {}
    causes = _Causes(await changes_since(session, ids) if ids else {}, windows, shares)
    return [bulletin for row in rows if (bulletin := _bulletin(row, causes, events)) is not None]


def _recipients() -> Any:
    columns = (
        Delivery.id,
        Delivery.kind,
        Delivery.attempts,
        Delivery.created_at,
        Delivery.cause_id,
        Subscription.id.label("subscription_id"),
    )
    of_whom = (Subscription.channel, Subscription.address, Subscription.p256dh, Subscription.auth, Subscription.language)
    asks = Delivery.kind == NoticeKind.FOLLOW_CONFIRM
    waits, active = Subscription.status == SubscriptionStatus.ASKED, Subscription.status == SubscriptionStatus.ACTIVE
    wanted = select(*columns, *of_whom, Subscription.contact, SCOPE, KEY, NAME)
    joined = wanted.select_from(Delivery).join(Subscription, Subscription.id == Delivery.subscription_id)
    return with_targets(joined).where(or_(and_(asks, waits), and_(~asks, active)))


async def _shares(session: AsyncSession, digests: Sequence[Any]) -> dict[UUID, Sequence[Item]]:
    """The items of each digest: what its issue holds for its subscription, among all that the same contact follows."""
    issues: dict[UUID | None, list[Item]] = defaultdict(list)
    wanted = (
        select(News.issue, News.gathered_at, EventChange, Event.series_id, Event.sports, Region.within)
        .join(EventChange, EventChange.id == News.change_id)
        .join(Event, Event.id == EventChange.event_id)
        .join(Region, Region.code == Event.region_code)
        .where(News.issue.in_({row["cause_id"] for row in digests}))
        .order_by(EventChange.at, EventChange.id)
    )
    for issue, gathered_at, c, series_id, sports, within in await session.execute(wanted):
        item = Item(c.id, c.kind, c.reason, gathered_at, c.event_id, frozenset(within), series_id, frozenset(sports))
        issues[issue].append(item)
    follows: dict[bytes, list[Follow]] = defaultdict(list)
    theirs = Subscription.contact.in_({row["contact"] for row in digests}), Subscription.status == SubscriptionStatus.ACTIVE
    for s in await session.scalars(select(Subscription).where(*theirs)):
        if s.contact and s.confirmed_at:
            follows[s.contact].append(Follow(s.id, s.confirmed_at, s.region_code, s.series_id, s.sport, s.event_id))
    shares: dict[UUID, Sequence[Item]] = {}
    for row in digests:
        shares[row["id"]] = shared_out(issues[row["cause_id"]], follows[row["contact"]]).get(row["subscription_id"], [])
    return shares


async def _events(session: AsyncSession, event_ids: set[UUID], cause_ids: set[UUID]) -> dict[UUID, EventTold]:
    """The events of digests, and those of causes."""
    if not event_ids | cause_ids:
        return {}
    columns = (Event.id, Event.title, Event.status, Event.date_text, Region.name, Venue.name, Venue.address)
    wanted = select(*columns).join(Region, Region.code == Event.region_code).outerjoin(Venue, Venue.id == Event.venue_id)
    caused = union_all(*(select(table.event_id).where(table.id.in_(cause_ids)) for table in (EventChange, Competition)))
    about = Event.id.in_(event_ids) | Event.id.in_(caused)
    rows = (await session.execute(wanted.where(about, Event.status != EventStatus.DRAFT))).all()
    sittings = await sittings_of(session, {row[0] for row in rows})
    return {row[0]: EventTold(*row, sittings.get(row[0], ())) for row in rows}


def _bulletin(row: Any, causes: _Causes, events: Mapping[UUID, EventTold]) -> Bulletin | None:
    copied = {name: value for name, value in row.items() if name not in ("cause_id", "contact", "scope")}
    own: dict[str, Any] = {**copied, "scope": Scope(row["scope"])}
    changes, competition = causes.changes.get(row["cause_id"]), causes.competitions.get(row["cause_id"])
    match row["kind"]:
        case NoticeKind.FOLLOW_CONFIRM | NoticeKind.FOLLOW_LINK:
            return Bulletin(**own)
        case NoticeKind.DIGEST:
            digest = _by_event(causes.shares[row["id"]], events)
            return Bulletin(**own, digest=digest) if digest else None
        case NoticeKind.SIGN_UPS_OPEN if competition and competition.event_id in events:
            opens_at, closes_at = competition.registration_opens_at, competition.registration_closes_at
            own |= {"competition": competition.title, "opens_at": opens_at, "closes_at": closes_at}
            return Bulletin(**own, event=events[competition.event_id])
    event = events.get(changes[0].event_id) if changes and changes[0].event_id else None
    return Bulletin(**own, event=event, change=changes[0], since=changes[1:]) if changes and event else None


def _by_event(items: Iterable[Item], events: Mapping[UUID, EventTold]) -> list[Told]:
    """Of a stop that has ended nothing is told, neither that it was nor why."""
    grouped: dict[UUID, list[Item]] = defaultdict(list)
    for item in items:
        if item.event_id in events and not undone_stop(item, events[item.event_id].status):
            grouped[item.event_id].append(item)
    return [Told(events[id_], its) for id_, its in grouped.items()]
