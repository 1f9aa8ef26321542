"""What the relay hands on, and when."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import func, select, text

from events.messages import DeliveryDue, FeedsDue
from infra import clock, outbox
from infra.broker import close_broker, make_broker
from infra.ids import new_id
from infra.installation import Installation
from infra.outbox import Outbox
from workers.relay import BATCH, TOGETHER, hand_on, merged


def test_rows_of_a_name_go_together_and_equal_ones_once() -> None:
    different = [("DeliveryDue", {"delivery_id": str(n)}) for n in range(TOGETHER + 1)]
    equal = [("FeedsDue", {"event_id": None}), ("FeedsDue", {"event_id": "1"}), ("FeedsDue", {"event_id": None})]
    messages = [(message.actor_name, list(message.args[0])) for message in merged([*different[:3], *equal, *different])]
    bodies = [body for _, body in different]
    assert messages == [
        ("DeliveryDue", bodies[:TOGETHER]),
        ("DeliveryDue", bodies[TOGETHER:]),
        ("FeedsDue", [{"event_id": None}, {"event_id": "1"}]),
    ]


async def test_relays_side_by_side_hand_each_row_on_once_and_none_before_its_time(office: Installation) -> None:
    rows = 2 * BATCH + 10
    async with office.sessions.begin() as session:
        await outbox.put_all(session, [DeliveryDue(new_id()) for _ in range(rows)])
        await outbox.put(session, FeedsDue(), due_at=clock.now() + timedelta(minutes=1))
    broker = make_broker("postgres", str(office.settings.database_url))
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        handed = await asyncio.gather(*(hand_on(office.sessions, broker, thread) for thread in (one, other, one, other)))
    close_broker(broker)
    assert sum(handed) == rows
    async with office.sessions() as session:
        told = "SELECT count(*), count(DISTINCT body) FROM dramatiq.queue, jsonb_array_elements(message->'args'->0) AS body"
        assert (await session.execute(text(told))).one() == (rows, rows)
        assert await session.scalar(select(func.count()).where(Outbox.taken_at.is_(None))) == 1
