"""What this process keeps ready of the months it was asked for, bounded in bytes, and how it learns that a month has changed."""

import asyncio
import logging
from collections import OrderedDict, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol, TypeVar, cast

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from events.calendar.revisions import read_revisions
from infra import clock

log = logging.getLogger(__name__)

# Answers and what they are made of are bounded apart: making many different answers pushes out the material, not the answers.
MOST_BYTES = 64 * 1024 * 1024
# Enough for 20,000 events of 24 months, each with its JSON and its pieces of pages.
MOST_MATERIAL = 176 * 1024 * 1024
# A month that stands for all: what is kept under it is outdated by any change.
EVERY = "*"
# And one that no event is in: what shows the outlines that an administrator loaded.
MAPS = "maps"
# And the holidays that an administrator entered.
HOLIDAYS = "daysoff"
POLL_SECONDS = 0.5
RETRY_SECONDS = 0.1
# A poll that began longer ago than this proves nothing: what is kept is not trusted until the next one.
TRUST_SECONDS = 1.0
POLL_TIMEOUT_SECONDS = 5.0


class Kept(Protocol):
    """Anything kept ready: its size in bytes, and the instant at which it stops being true although nothing was written."""

    @property
    def size(self) -> int: ...

    @property
    def valid_until(self) -> datetime: ...


class Everywhere(Protocol):
    """What every answer may show, whichever months it is of. `name` is whose revision a commit raises that changes it."""

    @property
    def name(self) -> str: ...

    async def load(self, connection: AsyncConnection) -> None: ...

    def turned(self) -> bool:
        """Whether it is another since this was last asked, by a load or by the time."""


K = TypeVar("K", bound=Kept)


@dataclass
class _Shelf:
    """Keys by their last use, the bytes that they may hold together and those that they do."""

    most: int
    order: OrderedDict[Hashable, None] = field(default_factory=OrderedDict)
    size: int = 0


@dataclass(frozen=True, slots=True)
class _Slot:
    kept: Kept
    months: tuple[str, ...]
    shelf: _Shelf
    size: int
    fresh: bool = True


@dataclass(frozen=True, slots=True)
class _Making:
    task: "asyncio.Task[Any]"
    months: tuple[str, ...]
    shelf: _Shelf


class Ready:
    """Kept by key, each with the months that it shows; a change of any of them outdates it, and what is asked for least makes room.

    A commit made in this process tells at once (`committed`), one made elsewhere with the next poll. Whatever was being made when its month
    changed is handed to those who had asked before, and not kept. Without a poll in the last second nothing kept is handed out: every
    reader then asks the database, and gets its refusal when it is down, never an old or an empty month.
    """

    def __init__(self, reader: AsyncEngine, *, most_bytes: int = MOST_BYTES, everywhere: Everywhere | None = None) -> None:
        self._reader, self._everywhere = reader, everywhere
        self._answers, self._material = _Shelf(most_bytes), _Shelf(MOST_MATERIAL)
        self._slots: dict[Hashable, _Slot] = {}
        self._keys: defaultdict[str, set[Hashable]] = defaultdict(set)
        self._making: dict[Hashable, _Making] = {}
        self._revisions: dict[str, int] = {}
        self._trusted_until = float("-inf")
        self._looked = False

    @property
    def trusted(self) -> bool:
        return asyncio.get_running_loop().time() <= self._trusted_until

    def held(self, key: Hashable) -> Kept | None:
        """What is kept under a key, if it can be trusted and is still true."""
        slot = self._slots.get(key)
        if slot is None or not slot.fresh or not self.trusted or clock.now() >= slot.kept.valid_until:
            return None
        slot.shelf.order.move_to_end(key)
        return slot.kept

    def outdated(self, key: Hashable) -> Kept | None:
        """What was kept under a key, true or not any more, for whoever makes it anew out of what hasn't changed."""
        slot = self._slots.get(key)
        return slot.kept if slot else None

    async def get(self, key: Hashable, months: Iterable[str], make: Callable[[], Awaitable[K]], *, material: bool = False) -> K:
        """What is kept under a key, else made now, once for all who ask meanwhile. `months` are those that it shows (`2026-05`); `material`
        is what answers are made of."""
        if (kept := self.held(key)) is not None:
            return cast("K", kept)
        making = self._making.get(key)
        if making is None:
            task = asyncio.ensure_future(make())
            shelf = self._material if material else self._answers
            making = self._making[key] = _Making(cast("asyncio.Task[Any]", task), tuple(months), shelf)
            task.add_done_callback(lambda done: self._made(key, done))
        return cast("K", await asyncio.shield(making.task))

    def committed(self, revisions: dict[str, int]) -> None:
        """Outdate what shows these months: a transaction of this process has changed them. What is shown everywhere waits for the poll,
        which reads it first: an answer made before would be kept with what was."""
        if self._everywhere:
            revisions = {name: revision for name, revision in revisions.items() if name != self._everywhere.name}
        self._revisions |= revisions
        self._outdate(revisions)

    @asynccontextmanager
    async def polling(self) -> AsyncIterator[None]:
        """Learn of other processes' commits for as long as this is entered."""
        task = asyncio.create_task(self._poll())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _poll(self) -> None:
        """Ask on a connection of its own, so that a rush of writers can't keep the poll waiting for one. Any failure: connect anew."""
        failing = False
        while True:
            try:
                async with self._reader.connect() as connection:
                    while True:
                        begun = asyncio.get_running_loop().time()
                        async with asyncio.timeout(POLL_TIMEOUT_SECONDS):
                            revisions = await read_revisions(connection)
                            await self._look_everywhere(connection, revisions)
                            self._see(revisions)
                        self._trusted_until, failing = begun + TRUST_SECONDS, False
                        await asyncio.sleep(POLL_SECONDS)
            except (DBAPIError, PoolTimeout, OSError, TimeoutError) as error:
                if not failing:
                    log.warning("months can't be polled: %s", type(error).__name__)
                failing = True
                await asyncio.sleep(RETRY_SECONDS)

    async def _look_everywhere(self, connection: AsyncConnection, revisions: dict[str, int]) -> None:
        """Read what is shown everywhere when it was changed, and let no answer be handed out that shows what it was."""
        if self._everywhere is None:
            return
        if not self._looked or revisions.get(self._everywhere.name) != self._revisions.get(self._everywhere.name):
            await self._everywhere.load(connection)
            self._looked = True
        if self._everywhere.turned():
            self._slots.update({key: replace(slot, fresh=False) for key, slot in self._slots.items() if slot.shelf is self._answers})
            self._making = {key: making for key, making in self._making.items() if making.shelf is not self._answers}

    def _see(self, revisions: dict[str, int]) -> None:
        changed = [month for month, revision in revisions.items() if self._revisions.get(month) != revision]
        self._revisions = revisions
        self._outdate(changed)

    def _outdate(self, months: Iterable[str]) -> None:
        changed = {*months, EVERY} if (months := set(months)) else set()
        for month in changed:
            for key in self._keys[month]:
                self._slots[key] = replace(self._slots[key], fresh=False)
        for key in [key for key, making in self._making.items() if not changed.isdisjoint(making.months)]:
            del self._making[key]

    def _made(self, key: Hashable, done: "asyncio.Future[Any]") -> None:
        """Keep what was made, unless one of its months has changed since it was begun."""
        failed = done.cancelled() or done.exception() is not None
        making = self._making.get(key)
        if making is None or making.task is not done:
            return
        del self._making[key]
        if not failed:
            self._keep(key, _Slot(done.result(), making.months, making.shelf, done.result().size + _length(key)))

    def _keep(self, key: Hashable, slot: _Slot) -> None:
        self._remove(key)
        self._slots[key], shelf = slot, slot.shelf
        shelf.order[key] = None
        shelf.size += slot.size
        for month in slot.months:
            self._keys[month].add(key)
        while shelf.size > shelf.most and shelf.order:
            self._remove(next(iter(shelf.order)))

    def _remove(self, key: Hashable) -> None:
        if slot := self._slots.pop(key, None):
            del slot.shelf.order[key]
            slot.shelf.size -= slot.size
            for month in slot.months:
                self._keys[month].discard(key)


def _length(key: Hashable) -> int:
    """What a key holds of an address, in bytes."""
    parts = key if isinstance(key, tuple) else (key,)
    return sum(len(part) for part in parts if isinstance(part, bytes | str))
