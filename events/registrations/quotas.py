"""Changing a division: its name, its places, the size of its rosters."""

from uuid import UUID

from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.rules import Actor, Verb
from events.calendar.service import reach
from events.competitions.contents import DivisionIn, DivisionPatch, division_faults
from events.competitions.models import Competition, Division
from events.competitions.queries import competition_of, list_divisions, lock_division
from events.errors import Fault, Faulty
from events.registrations.promotions import settle


async def amend_division(session: AsyncSession, actor: Actor, division_id: UUID, patch: DivisionPatch) -> tuple[Competition, Division]:
    """Change what the patch names. A larger quota promotes in the same transaction, a smaller one evicts nobody.

    Raises NotFound, Forbidden, Faulty (naming every fault).
    """
    competition = await competition_of(session, division_id)
    await reach(session, actor, Verb.RUN_COMPETITION, competition.event_id)
    division = await lock_division(session, division_id)
    written, faults = await _judged(session, division, patch)
    if faults:
        raise Faulty(*faults)
    division.name, division.quota = written.name.strip(), written.quota
    division.roster_min, division.roster_max = written.roster_min, written.roster_max
    await settle(session, division)
    return competition, division


async def division_patch_faults(session: AsyncSession, division_id: UUID, patch: DivisionPatch) -> list[Fault]:
    """Every fault of what a patch writes. None for a division that is not there."""
    division = await session.get(Division, division_id)
    return (await _judged(session, division, patch))[1] if division else []


async def _judged(session: AsyncSession, division: Division, patch: DivisionPatch) -> tuple[DivisionIn, list[Fault]]:
    """The division as it would be, and everything that is wrong with it."""
    written = DivisionIn(
        name=division.name if patch.name is UNSET else patch.name,
        quota=division.quota if patch.quota is UNSET else patch.quota,
        roster_min=division.roster_min if patch.roster_min is UNSET else patch.roster_min,
        roster_max=division.roster_max if patch.roster_max is UNSET else patch.roster_max,
    )
    others = [other.name for other in await list_divisions(session, division.competition_id) if other.id != division.id]
    return written, list(division_faults("", written, others))
