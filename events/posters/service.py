"""Asking for posters: found where they are still true, else one job however many ask, from a queue that has an end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.models import Event
from events.errors import NotFound, PosterFailed, PosterQueueFull, TooManyPosters
from events.i18n import Language
from events.messages import PosterDue, PostersOld
from events.posters import queries
from events.posters.models import Poster
from events.posters.rules import (
    FAILURE_HOLDS,
    FULL_SECONDS,
    MOST_FORESEEN,
    MOST_OF_NETWORK,
    MOST_TRIES,
    MOST_WAITING_OF_NETWORK,
    PERIOD,
    PosterKind,
    PosterState,
    most_waiting,
)
from events.posters.subjects import Subject
from infra import clock, outbox
from infra.crypto import Keys
from infra.installation import settings_of

# Whoever adds to the queue holds this lock until the commit, so that its bounds hold: a number taken from the name.
_QUEUE = int.from_bytes(b"posters", "big")


@dataclass(frozen=True, slots=True)
class Found:
    """The poster of a subject as far as there is one, and whether what it shows is so now."""

    poster: Poster | None
    true: bool


async def find(session: AsyncSession, subject: Subject) -> Found:
    """What there is of a subject. Raises NotFound for an event that the public may not see.

    A poster of the revision that was read with it was true at that instant, whatever is committed meanwhile.
    """
    revision, poster = await queries.find_known(session, subject, _digest(session, subject))
    if revision is None:
        raise NotFound
    if poster is None or poster.state is not PosterState.MADE or poster.revision != revision:
        return Found(poster, true=False)
    return Found(poster, true=poster.valid_until is None or clock.now() < poster.valid_until)


async def ask(session: AsyncSession, keys: Keys, subject: Subject, found: Poster | None, *, network: str, lost: bool = False) -> None:
    """Have a poster made that isn't true, or whose bytes the store has `lost`; `found` is what `find` found of it.

    Raises PosterFailed while a failure holds, PosterQueueFull, and TooManyPosters when the network (as `infra.networks` names it) has
    enough of them waiting, or had enough of them made.
    """
    if _is_waiting(found):
        return
    digest, now = _digest(session, subject), clock.now()
    await session.execute(select(func.pg_advisory_xact_lock(_QUEUE)))
    network_hash = keys.mac("network of posters", network)
    queue = await queries.read_queue(session, digest, network_hash, now)
    if _is_waiting(queue.poster):
        return
    if queue.waiting >= most_waiting(subject.kind):
        raise PosterQueueFull(retry_after=FULL_SECONDS)
    if queue.waiting_of_network >= MOST_WAITING_OF_NETWORK:
        raise TooManyPosters(retry_after=FULL_SECONDS)
    if queue.of_network >= MOST_OF_NETWORK:
        raise TooManyPosters(retry_after=int(PERIOD.total_seconds()))
    await queries.put(session, subject, digest, network_hash, now, lost=lost)


async def foresee(session: AsyncSession, event_ids: Iterable[UUID]) -> None:
    """Have the pictures of changed events made before a chat asks for them: it asks once, and shows what it got for ever.

    In Chinese, which is what is shared; as many as the queue has room for beside what people wait for. Those that are over, or that
    nobody may see, are left out, and those that are true or wait already.
    """
    await session.execute(select(func.pg_advisory_xact_lock(_QUEUE)))
    today = clock.today(settings_of(session).zone)
    ahead = select(Event.id).where(Event.id.in_({*event_ids}), or_(Event.last_on.is_(None), Event.last_on >= today)).order_by(Event.id)
    waiting = await session.scalar(select(func.count()).where(Poster.state == PosterState.WAITING)) or 0
    for event_id in await session.scalars(ahead.limit(max(MOST_FORESEEN - waiting, 0))):
        subject = Subject(PosterKind.PICTURE, Language.ZH, event_id=event_id)
        try:
            found = await find(session, subject)
            if found.true or _is_waiting(found.poster):
                continue
        except (NotFound, PosterFailed):
            continue
        await queries.put(session, subject, _digest(session, subject), None, clock.now())


def _digest(session: AsyncSession, subject: Subject) -> bytes:
    settings = settings_of(session)
    return subject.digest(settings.public_url, settings.site_host)


def _is_waiting(poster: Poster | None) -> bool:
    """Whether a poster is in the queue. Raises PosterFailed where it could not be made and hasn't been left alone for long enough."""
    if poster is not None and poster.failed_at is not None:
        left = poster.failed_at + FAILURE_HOLDS - clock.now()
        if left > timedelta():
            raise PosterFailed(retry_after=int(left.total_seconds()) + 1)
    return poster is not None and poster.state is PosterState.WAITING


async def requeue_overdue(session: AsyncSession) -> None:
    """Send word again of posters whose worker or message is gone; give those up that were tried often enough."""
    now = clock.now()
    for poster in await queries.list_overdue(session, now):
        if poster.tries >= MOST_TRIES:
            poster.state, poster.failed_at = PosterState.FAILED, now
        else:
            poster.leased_until, poster.asked_at = None, now
            await outbox.put(session, PosterDue(poster.id))
    await session.flush()


async def sweep(session: AsyncSession) -> None:
    """Forget which networks asked, once that counts no more, and have old posters removed."""
    await session.execute(update(Poster).where(Poster.network.is_not(None), Poster.asked_at < clock.now() - PERIOD).values(network=None))
    await outbox.put(session, PostersOld())
