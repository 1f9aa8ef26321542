"""Many teams at once, on real sessions with real commits."""

import asyncio
from itertools import zip_longest
from uuid import UUID

from sqlalchemy import func, select

from events.calendar.models import Event
from events.competitions.contents import DivisionPatch
from events.competitions.stops import postpone
from events.errors import AlreadyRegistered, WindowClosed
from events.messages import EventChanged
from events.registrations.models import Registration
from events.registrations.quotas import amend_division
from events.registrations.service import Receipt
from events.registrations.withdrawals import withdraw
from infra.installation import Installation
from infra.outbox import Outbox
from tests.offices import CITY
from tests.teams import division_of, enter, make_division, make_event, places, team


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


async def consistent(installation: Installation, division_id: UUID) -> None:
    """The counters say what the rows say; nobody is over the quota, and nobody waits while a place is free."""
    division, counted = await division_of(installation, division_id), await places(installation, division_id)
    assert (division.confirmed, division.waitlisted) == (counted.get("confirmed", 0), counted.get("waitlisted", 0))
    assert division.confirmed == division.quota if division.waitlisted else division.confirmed <= division.quota


async def leave(installation: Installation, registration_id: UUID) -> None:
    async with installation.sessions.begin() as session:
        await withdraw(session, registration_id)


async def test_teams_that_come_and_go_at_once_never_oversell_and_leave_no_place_free(installation: Installation) -> None:
    division_id = await make_division(installation, quota=20)
    made = await asyncio.gather(*(enter(installation, division_id) for _ in range(40)))
    going = [leave(installation, receipt.id) for receipt in made[::2]]
    coming = [enter(installation, division_id) for _ in range(15)]
    await asyncio.gather(*(act for pair in zip_longest(going, coming) for act in pair if act))
    await consistent(installation, division_id)
    assert await places(installation, division_id) == {"withdrawn": 20, "confirmed": 20, "waitlisted": 15}


async def test_of_two_withdrawals_of_one_team_one_is_refused(installation: Installation) -> None:
    division_id = await make_division(installation, quota=1)
    made = [await enter(installation, division_id) for _ in range(3)]
    answers = await asyncio.gather(*(leave(installation, made[0].id) for _ in range(2)), return_exceptions=True)
    assert sorted(type(a).__name__ for a in answers) == ["NoneType", "NotActive"]
    assert await places(installation, division_id) == {"withdrawn": 1, "confirmed": 1, "waitlisted": 1}


async def test_a_quota_raised_among_withdrawals_promotes_each_team_once(installation: Installation) -> None:
    division_id = await make_division(installation, quota=5)
    made = await asyncio.gather(*(enter(installation, division_id) for _ in range(30)))
    first = sorted(made, key=lambda receipt: receipt.waitlist_position or 0)[:5]

    async def raise_quota() -> None:
        async with installation.sessions.begin() as session:
            await amend_division(session, CITY, division_id, DivisionPatch(quota=12))

    await asyncio.gather(
        *(leave(installation, receipt.id) for receipt in first[:2]), raise_quota(), *(leave(installation, r.id) for r in first[2:])
    )
    await consistent(installation, division_id)
    async with installation.sessions() as session:
        told = (await session.scalars(select(Outbox.body).where(Outbox.body["kind"].astext == "promoted"))).all()
    promoted = [body["registration_id"] for body in told]
    assert len(promoted) == len(set(promoted)) == 12


async def test_nobody_gets_a_place_after_the_event_was_stopped(installation: Installation) -> None:
    event_id = await make_event(installation)
    divisions = [await make_division(installation, event_id=event_id, quota=20) for _ in range(2)]

    async def stop() -> None:
        async with installation.sessions.begin() as session:
            await postpone(session, CITY, event_id, reason="台风")

    async def attempt(division_id: UUID) -> str:
        try:
            return (await enter(installation, division_id)).status.value
        except WindowClosed:
            return "closed"

    # Some before, some at the same time, some after; the quota is reached on the way, so that teams also wait for the event's row.
    early = await asyncio.gather(*(attempt(d) for d in divisions for _ in range(15)))
    stopping = asyncio.create_task(stop())
    raced = await asyncio.gather(*(attempt(divisions[i % 2]) for i in range(60)))
    await stopping
    late = await asyncio.gather(*(attempt(d) for d in divisions for _ in range(5)))
    assert set(early) == {"confirmed"}
    assert set(late) == {"closed"}
    assert set(raced) <= {"confirmed", "waitlisted", "closed"}
    for division_id in divisions:
        await consistent(installation, division_id)
        assert (await division_of(installation, division_id)).closed_at is not None
    async with installation.sessions() as session:
        told = (await session.scalars(select(Outbox.name).order_by(Outbox.id))).all()
    assert told.count(EventChanged.__name__) == 1


async def test_two_divisions_that_fill_at_once_show_the_event_as_full(installation: Installation) -> None:
    event_id = await make_event(installation)
    divisions = [await make_division(installation, event_id=event_id, quota=10) for _ in range(4)]
    await asyncio.gather(*(enter(installation, divisions[i % 4]) for i in range(40)))
    async with installation.sessions() as session:
        event = await session.get_one(Event, event_id)
    assert (bool(event.registration_windows), bool(event.registration_free)) == (True, False)
