"""A registration's transaction in plain asyncpg: the same rows and the same lock, and nothing around them."""

import asyncio
import json
import time
from uuid import UUID

import asyncpg

from infra import clock
from infra.ids import new_id

STATEMENTS = (
    "INSERT INTO idempotency_keys (scope, body, created_at) VALUES ($1, $1, $2)",
    "SELECT quota, confirmed, waitlisted, last_rank FROM divisions WHERE id = $1 FOR NO KEY UPDATE",
    "UPDATE divisions SET confirmed = confirmed + 1, last_rank = last_rank + 1 WHERE id = $1",
    """INSERT INTO registrations (id, number, division_id, team_name, unit_region, leader_name, leader_phone, leader_email,
                                  contact, network, language, status, rank, generation, created_at, changed_at)
       VALUES ($1, $2, $3, $4, '310110016', '王建国', $5, $6, $7, $7, 'zh-CN', 'confirmed', $8, 0, $9, $9)""",
    """INSERT INTO roster_entries (registration_id, position, name, role)
       SELECT $1, position, name, 'athlete' FROM unnest($2::text[]) WITH ORDINALITY AS roster (name, position)""",
    "UPDATE idempotency_keys SET registration_id = $2, answer = $3 WHERE scope = $1",
    "INSERT INTO outbox (name, body, due_at) VALUES ('RegistrationChanged', $1, $2)",
)


async def register_plainly(dsn: str, division_id: UUID, *, clients: int, seconds: float) -> float:
    """Registrations a second, each client with a connection of its own."""
    connections = [await asyncpg.connect(dsn) for _ in range(clients)]
    end, begun = time.perf_counter() + seconds, time.perf_counter()
    counts = await asyncio.gather(*(_go_on(connection, division_id, end) for connection in connections))
    took = time.perf_counter() - begun
    for connection in connections:
        await connection.close()
    return sum(counts) / took


async def _go_on(connection: asyncpg.Connection, division_id: UUID, end: float) -> int:
    number = 0
    while time.perf_counter() < end:
        await _register(connection, division_id)
        number += 1
    return number


async def _register(connection: asyncpg.Connection, division_id: UUID) -> None:
    claim, lock, count, registration, roster, answer, message = STATEMENTS
    key, now = new_id(), clock.now()
    async with connection.transaction():
        await connection.execute(claim, key.bytes, now)
        division = await connection.fetchrow(lock, division_id)
        await connection.execute(count, division_id)
        await connection.execute(
            registration, key, key.hex, division_id, f"殷行{key.hex[-6:]}队", f"+86139{key.int % 10**8:08}", f"{key.hex}@example.org",
            key.bytes, division["last_rank"] + 1, now,
        )  # fmt: skip
        await connection.execute(roster, key, [f"队员{n}" for n in range(8)])
        await connection.execute(answer, key.bytes, key, json.dumps({"id": str(key)}))
        await connection.execute(message, json.dumps({"registration_id": str(key), "status": "confirmed"}), now)
