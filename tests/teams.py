"""An event with a competition, and teams that want to enter it."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
from sqlalchemy import func, select

from events.accounts.rules import Role
from events.accounts.service import create_key
from events.calendar.dates import Precision
from events.calendar.models import Event
from events.calendar.rules import EventStatus
from events.competitions.models import Competition, Division
from events.competitions.rules import Entry, Promotion
from events.regions.rules import Tier
from events.registrations.contents import RegistrationIn
from events.registrations.models import Registration
from events.registrations.service import Receipt, register
from infra.ids import new_id
from infra.installation import Installation

# 殷行街道, a street of the district 杨浦区 (310110).
STREET = "310110016"

NOW = datetime(2026, 5, 2, 4, 0, tzinfo=UTC)
_numbers = count(1)


def team(**changes: Any) -> dict[str, Any]:
    """A registration that nothing is wrong with, of a leader nobody has seen."""
    number = next(_numbers)
    leader = {"name": "王建国", "phone": f"139{number:08}", "email": f"leader{number}@example.org"}
    roster = [{"name": f"队员{i}", "role": "athlete"} for i in range(1, 6)] + [{"name": "教练", "role": "coach"}]
    return {"team_name": f"殷行{number}队", "unit_region": STREET, "leader": leader, "roster": roster, "language": "zh-CN"} | changes


async def make_event(installation: Installation, **changes: Any) -> UUID:
    """A published event of the district, on 2 May 2027, in a month that shows it."""
    day = datetime(2027, 5, 2, tzinfo=UTC).date()
    event = {
        "id": new_id(), "title": "社区篮球赛", "status": EventStatus.PUBLISHED, "tier": Tier.DISTRICT, "region_code": "310110",
        "precision": Precision.DAY, "first_on": day, "last_on": day, "changed_at": NOW, "created_at": NOW,
    }  # fmt: skip
    async with installation.sessions.begin() as session:
        session.add(Event(**event | changes))
    return (event | changes)["id"]


async def make_division(installation: Installation, *, event_id: UUID | None = None, quota: int = 10, **changes: Any) -> UUID:
    """A division of an open competition whose window is open now; `changes` go to the competition."""
    event_id = event_id or await make_event(installation)
    now = datetime.now(UTC)
    competition = {
        "id": new_id(), "event_id": event_id, "title": "五人制篮球", "entry": Entry.OPEN, "promotion": Promotion.AUTOMATIC,
        "created_at": now,
        "registration_opens_at": now - timedelta(days=1), "registration_closes_at": now + timedelta(days=1),
    } | changes  # fmt: skip
    division = Division(id=new_id(), competition_id=competition["id"], name="男子组", position=0, quota=quota, roster_min=5, roster_max=10)
    async with installation.sessions.begin() as session:
        session.add(Competition(**competition))
        await session.flush()
        session.add(division)
    return division.id


async def places(installation: Installation, division_id: UUID) -> dict[str, int]:
    """How many registrations the division has of each status, counted from the rows."""
    async with installation.sessions() as session:
        counts = select(Registration.status, func.count()).where(Registration.division_id == division_id).group_by(Registration.status)
        return {status.value: number for status, number in (await session.execute(counts))}


async def division_of(installation: Installation, division_id: UUID) -> Division:
    async with installation.sessions() as session:
        return await session.get_one(Division, division_id)


async def enter(
    installation: Installation, division_id: UUID, *, key: str = "", network: str = "192.0.2.1", network_limit: int = 10_000, **changes: Any
) -> Receipt:
    """One team's attempt, in a transaction of its own."""
    written = msgspec.convert(team(**changes), RegistrationIn)
    async with installation.sessions.begin() as session:
        return await register(
            session, installation.keys, division_id, written, key=key or uuid4().hex, network=network, network_limit=network_limit
        )


async def register_by_http(client: httpx.AsyncClient, division_id: UUID, body: dict[str, Any], *, key: str = "") -> dict[str, Any]:
    """What a team is answered that registers."""
    url = f"/api/v1/divisions/{division_id}/registrations"
    answer = await client.post(url, json=body, headers={"Idempotency-Key": key or uuid4().hex})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def desk(
    installation: Installation, role: Role = Role.DISTRICT_OFFICER, region_code: str = "310110", event_id: UUID | None = None
) -> dict[str, str]:
    """The headers of a desk with a key of its own; the district's, unless another is named."""
    async with installation.sessions.begin() as session:
        _, key = await create_key(session, role=role, region_code=region_code, event_id=event_id)
    return bearer(key)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
