"""Who may see and manage a registration: its leader by the manage token, a desk by its API key."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.queries import get_actor
from events.accounts.rules import Actor, Verb, may
from events.accounts.service import PREFIX
from events.calendar.models import Event
from events.calendar.queries import place_of
from events.competitions.models import Competition, Division
from events.errors import NotFound, Unauthenticated
from events.registrations.models import Registration
from events.registrations.tokens import manage_token
from infra.crypto import Keys, same


async def reach_registration(session: AsyncSession, keys: Keys, registration_id: UUID, token: str) -> tuple[Registration, Actor | None]:
    """The registration, and the desk that asks for it (None: its leader).

    Raises Unauthenticated without a token or with an API key that is no good, whatever the id; NotFound for a token that does not open
    this registration, just as for an id that nobody has: an answer never tells that a registration is there.
    """
    if token.startswith(PREFIX):
        return await _for_desk(session, registration_id, await get_actor(session, token))
    return await reach_as_leader(session, keys, registration_id, token), None


async def reach_as_leader(session: AsyncSession, keys: Keys, registration_id: UUID, token: str) -> Registration:
    """The registration that this manage token opens; an API key opens none here.

    Raises Unauthenticated without a token, NotFound for any that does not open this registration, which may not be there at all.
    """
    if not token:
        raise Unauthenticated
    found = await session.get(Registration, registration_id)
    expected = manage_token(keys, registration_id, found.generation if found else 0)
    if not same(token, expected) or found is None:
        raise NotFound
    return found


async def _for_desk(session: AsyncSession, registration_id: UUID, actor: Actor) -> tuple[Registration, Actor]:
    with_event = select(Registration, Event).join(Division, Division.id == Registration.division_id)
    with_event = with_event.join(Competition, Competition.id == Division.competition_id).join(Event, Event.id == Competition.event_id)
    row = (await session.execute(with_event.where(Registration.id == registration_id))).one_or_none()
    if row is None or not may(actor, Verb.RUN_COMPETITION, await place_of(session, row.Event)):
        raise NotFound
    return row.Registration, actor
