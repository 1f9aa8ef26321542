"""Writes that go on while others read, through the API as an office makes them."""

import asyncio
import http.client
import json
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from events.accounts.rules import Role
from events.accounts.service import create_key
from infra.installation import Installation

WRITES_A_SECOND = 5


async def office_key(installation: Installation) -> str:
    """A key that may amend every event of the city."""
    async with installation.sessions.begin() as session:
        return (await create_key(session, role=Role.CITY_OFFICER, region_code="310000"))[1]


class Office:
    """An officer at a web process."""

    def __init__(self, port: int, key: str) -> None:
        self._port = port
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    async def rename(self, event_id: UUID, title: str) -> None:
        await asyncio.to_thread(self._patch, event_id, title)

    def _patch(self, event_id: UUID, title: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        connection.request("PATCH", f"/api/v1/events/{event_id}", json.dumps({"title": title}), self._headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"a write was answered {answer.status}: {body.decode()[:300]}")


@asynccontextmanager
async def writing(office: Office, event_ids: Sequence[UUID]) -> AsyncIterator[None]:
    """Five amendments a second, each of another event, from here to the end of the block."""
    stop = asyncio.Event()
    task = asyncio.create_task(_write(office, event_ids, stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def _write(office: Office, event_ids: Sequence[UUID], stop: asyncio.Event) -> None:
    due = time.monotonic()
    while not stop.is_set():
        await office.rename(secrets.choice(event_ids), f"滨江健步走第{secrets.randbelow(10**9)}站")
        due += 1 / WRITES_A_SECOND
        await asyncio.sleep(max(0.0, due - time.monotonic()))
