"""Who follows what has changed, and is told of it: at once, or in the day's digest. Set by set, however many they are."""

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.models import Event, EventChange
from events.calendar.rules import ChangeKind, EventStatus
from events.competitions.models import Competition
from events.messages import DeliveryDue, DigestDue, EventChanged, SignUpsOpen
from events.notices.models import Delivery, News, Subscription
from events.notices.queries import Sitting, teams_of
from events.notices.rules import BETWEEN_DIGESTS, DeliveryState, NoticeKind, SubscriptionStatus, notice_of, urgent
from events.notices.service import AT_ONCE, Wanted, queue
from events.notices.targets import follows_more_than
from events.notices.when import sittings_in
from events.regions.models import Region
from events.registrations.models import Registration
from events.registrations.rules import ACTIVE
from infra import clock, outbox
from infra.ids import new_id
from infra.installation import settings_of

# What was told is kept so long, to look into; an issue is sent within two days.
KEPT = timedelta(days=60)


async def plan_change(session: AsyncSession, told: EventChanged) -> None:
    """Tell those who follow the event at once, and keep it for the digest of those who follow its region, series or sport.

    What stops something within 48 hours is told to all at once. Told twice, nothing is added.
    """
    change, event = await session.get(EventChange, told.change_id), await session.get(Event, told.event_id)
    if change is None or event is None:
        return
    zone = settings_of(session).zone
    kind = notice_of(change.kind, [*change.before, *change.after])
    at_once = urgent(change.kind, change.at, spans(sittings_in(change.before, zone), zone))
    if kind is not None:
        follow = Subscription.event_id == event.id
        if at_once:
            within = await session.scalar(select(Region.within).where(Region.code == event.region_code))
            follow = or_(follow, follows_more_than(event, within or []))
        await _tell(session, follow, kind, change.id, event.id)
    over = event.last_on is not None and event.last_on < clock.today(zone)
    if not at_once and not over and (kind is not None or change.kind is ChangeKind.PUBLISHED):
        row = {"change_id": change.id, "gathered_at": clock.now()}
        await session.execute(insert(News).values(row).on_conflict_do_nothing())


def spans(sittings: Iterable[Sitting], zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """From when to when each session is: of one whose hours aren't known, its whole days."""
    for one in sittings:
        midnight = datetime.combine(one.last_on + timedelta(days=1), time(), zone)
        yield one.starts_at or datetime.combine(one.first_on, time(), zone), one.ends_at or midnight


async def plan_sign_ups(session: AsyncSession, told: SignUpsOpen) -> None:
    """Tell those who follow the event that they can enter now, unless its window has moved or it was stopped meanwhile."""
    competition = await session.get(Competition, told.competition_id)
    if competition is None or not competition.registration_opens_at <= clock.now() < competition.registration_closes_at:
        return
    event = await session.get(Event, competition.event_id)
    if event is not None and event.status is EventStatus.PUBLISHED:
        await _tell_anew(session, event.id, competition.id)
        await _tell(session, Subscription.event_id == event.id, NoticeKind.SIGN_UPS_OPEN, competition.id)


async def _tell_anew(session: AsyncSession, event_id: UUID, competition_id: UUID) -> None:
    """Word of the same sign-ups that was dropped, because they had moved or the event was stopped, is so again."""
    theirs = select(Subscription.id).where(Subscription.event_id == event_id, Subscription.status == SubscriptionStatus.ACTIVE)
    dropped = Delivery.cause_id == competition_id, Delivery.kind == NoticeKind.SIGN_UPS_OPEN, Delivery.state == DeliveryState.DROPPED
    again = update(Delivery).where(Delivery.subscription_id.in_(theirs), *dropped)
    again = again.values(state=DeliveryState.QUEUED, due_at=clock.now(), settled_at=None)
    ids = await session.scalars(again.returning(Delivery.id), execution_options={"synchronize_session": False})
    await outbox.put_all(session, [DeliveryDue(id_) for id_ in ids])


async def _tell(session: AsyncSession, follow: ColumnElement[bool], kind: NoticeKind, cause_id: UUID, teams: UUID | None = None) -> None:
    """A delivery to each contact once, by whichever of its subscriptions is the nearest to the event.

    `teams` is the event whose teams are told the same as teams: a leader who follows it too gets one mail.
    """
    wanted = select(Subscription.contact, Subscription.id).where(Subscription.status == SubscriptionStatus.ACTIVE, follow)
    if teams:
        told = teams_of(teams).where(
            Registration.status.in_(ACTIVE), func.lower(Registration.leader_email) == func.lower(Subscription.address)
        )
        wanted = wanted.where(~exists(told.correlate(Subscription)))
    nearest = Subscription.contact, Subscription.event_id.is_(None), Subscription.id
    wanted = wanted.ext(distinct_on(Subscription.contact)).order_by(*nearest).limit(AT_ONCE)
    followers = (await session.execute(wanted)).all()
    while followers:
        await queue(session, [Wanted(kind, cause_id, subscription_id=id_) for _, id_ in followers])
        followers = (await session.execute(wanted.where(Subscription.contact > followers[-1][0]))).all()


async def issue_digest(session: AsyncSession) -> None:
    """Make an issue of everything that waits, and have it sent. The clock calls it once a day; one made late holds back the next."""
    now = clock.now()
    last = await session.scalar(select(func.max(News.issued_at)))
    if last is not None and now - last < BETWEEN_DIGESTS:
        return
    issue = new_id()
    waiting = update(News).where(News.issue.is_(None)).values(issue=issue, issued_at=now)
    made = await session.scalars(waiting.returning(News.change_id), execution_options={"synchronize_session": False})
    if made.all():
        await outbox.put(session, DigestDue(issue))


async def plan_digest(session: AsyncSession, issue: UUID, *, after: UUID | None = None) -> UUID | None:
    """Queue the issue for the next 500 who follow a region, series or sport that it is about; the last of them, None when all have it.

    Whether anything in it is new to each is seen when it is written. Begun again after a fall, those who have it get it no second time.
    """
    events = select(Event).join(EventChange, EventChange.event_id == Event.id).join(News, News.change_id == EventChange.id)
    events = events.where(News.issue == issue)
    within = events.join(Region, Region.code == Event.region_code).with_only_columns(func.unnest(Region.within))
    about = or_(
        Subscription.region_code.in_(within),
        Subscription.series_id.in_(events.with_only_columns(Event.series_id)),
        Subscription.sport.in_(events.with_only_columns(func.unnest(Event.sports))),
    )
    wanted = select(Subscription.id).where(Subscription.status == SubscriptionStatus.ACTIVE, about)
    if after is not None:
        wanted = wanted.where(Subscription.id > after)
    ids = (await session.scalars(wanted.order_by(Subscription.id).limit(AT_ONCE))).all()
    await queue(session, [Wanted(NoticeKind.DIGEST, issue, subscription_id=id_) for id_ in ids])
    return ids[-1] if len(ids) == AT_ONCE else None


async def forget_told(session: AsyncSession) -> None:
    """Sweep what was told to followers long ago. The clock calls it."""
    before = clock.now() - KEPT
    old = Delivery.subscription_id.is_not(None), Delivery.settled_at < before
    await session.execute(delete(Delivery).where(*old).execution_options(synchronize_session=False))
    await session.execute(delete(News).where(News.issued_at < before).execution_options(synchronize_session=False))
