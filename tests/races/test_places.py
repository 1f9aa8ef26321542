"""Many teams at once, on real sessions with real commits."""

import asyncio

from sqlalchemy import func, select

from events.errors import AlreadyRegistered
from events.registrations.models import Registration
from events.registrations.service import Receipt
from infra.installation import Installation
from infra.outbox import Outbox
from tests.teams import division_of, enter, make_division, places, team


async def test_three_hundred_attempts_on_a_hundred_places_confirm_a_hundred_in_the_order_of_the_lock(installation: Installation) -> None:
    division_id = await make_division(installation, quota=100)
    receipts = await asyncio.gather(*(enter(installation, division_id) for _ in range(300)))
    assert await places(installation, division_id) == {"confirmed": 100, "waitlisted": 200}
    assert sorted(r.waitlist_position for r in receipts if r.waitlist_position) == list(range(1, 201))
    async with installation.sessions() as session:
        ranked = (await session.execute(select(Registration.rank, Registration.status).order_by(Registration.rank))).all()
        messages = await session.scalar(select(func.count()).select_from(Outbox))
    assert [rank for rank, _ in ranked] == list(range(1, 301))
    assert [status.value for _, status in ranked] == ["confirmed"] * 100 + ["waitlisted"] * 200
    assert messages == 300
    division = await division_of(installation, division_id)
    assert (division.confirmed, division.waitlisted, division.last_rank) == (100, 200, 300)


async def test_a_thousand_attempts_of_one_contact_take_one_place(installation: Installation) -> None:
    division_id = await make_division(installation, quota=100)
    leader = team()["leader"]
    answers = await asyncio.gather(*(enter(installation, division_id, leader=leader) for _ in range(1000)), return_exceptions=True)
    assert await places(installation, division_id) == {"confirmed": 1}
    assert sum(isinstance(a, Receipt) for a in answers) == 1
    assert {type(a) for a in answers} == {Receipt, AlreadyRegistered}


async def test_twins_under_one_key_make_one_registration_and_get_one_answer(installation: Installation) -> None:
    division_id = await make_division(installation, quota=100)
    body = team()
    receipts = await asyncio.gather(*(enter(installation, division_id, key="same", **body) for _ in range(20)))
    assert len(set(receipts)) == 1
    assert await places(installation, division_id) == {"confirmed": 1}
