"""Freed places go to the next teams in the queue, in the transaction that freed them."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from events.competitions import stops
from events.competitions.models import Competition, Division
from events.competitions.summary import refresh
from events.messages import RegistrationChanged
from events.registrations.models import Registration
from events.registrations.rules import RegistrationStatus, freed
from infra import clock, outbox
from infra.ids import new_id


async def settle(session: AsyncSession, division: Division, told: Iterable[RegistrationChanged] = ()) -> None:
    """Promote as many waiting teams as there are free places, in the order of their ranks; then tell them, after those in `told`.

    The division is locked by the caller, who has changed its counters or its quota. Nobody is promoted once the event was stopped.
    """
    places = freed(
        quota=division.quota, confirmed=division.confirmed, waitlisted=division.waitlisted, stopped=division.closed_at is not None
    )
    promoted = []
    if places:
        waiting = select(Registration.id).where(
            Registration.division_id == division.id, Registration.status == RegistrationStatus.WAITLISTED
        )
        promotion = update(Registration).where(Registration.id.in_(waiting.order_by(Registration.rank).limit(places)))
        promotion = promotion.values(status=RegistrationStatus.CONFIRMED, changed_at=clock.now()).returning(Registration.id)
        promoted = list(await session.scalars(promotion))
        division.confirmed += len(promoted)
        division.waitlisted -= len(promoted)
    await session.flush()
    event_id = await session.scalar(select(Competition.event_id).where(Competition.id == division.competition_id))
    assert event_id is not None  # noqa: S101 - a foreign key holds it
    await refresh(session, event_id)
    await outbox.put_all(session, [*told, *(RegistrationChanged(id_, "promoted", new_id()) for id_ in promoted)])


async def resume(session: AsyncSession, event_id: UUID) -> None:
    """Sign up teams again for an event that was postponed and has new dates: places that came free meanwhile go to the teams waiting."""
    for division in await stops.resume(session, event_id):
        await settle(session, division)
