"""Making posters: claim one in a short transaction, read, typeset and store outside any, record in another. Done by workers alone."""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl
from uuid import UUID

import msgspec
from sqlalchemy import delete, or_, update

from events.calendar.entries import find_entry
from events.calendar.filters import Filters
from events.calendar.month import parse_month
from events.posters import queries
from events.posters.contents import MonthSheet, month_sheet
from events.posters.models import Poster
from events.posters.picture import PictureSheet, picture_sheet
from events.posters.rules import LEASE, PosterState
from events.posters.subjects import FONTS, MAKES, Subject, store_path
from infra import clock
from infra.installation import Installation
from infra.storage import Store, StoreFailed, open_store
from infra.typesetting import Sheet, TypesettingFailed, typeset

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A poster that is ours to make, and the content and tag that it has from before."""

    id: UUID
    subject: Subject
    content: bytes | None
    tag: str | None
    leased_until: datetime


@dataclass(frozen=True, slots=True)
class Read:
    """What a poster is to show, of which revision, and until when that holds."""

    shown: MonthSheet | PictureSheet
    revision: str
    valid_until: datetime | None = None

    @property
    def content(self) -> bytes:
        """A digest of what is shown, the instant aside: a sheet that says the same is the same sheet."""
        shown = msgspec.structs.replace(self.shown, standing="") if isinstance(self.shown, MonthSheet) else self.shown
        return hashlib.sha256(msgspec.json.encode(shown)).digest()


async def make(installation: Installation, poster_id: UUID) -> None:
    """Make the poster if it waits and nobody else has it. Idempotent; what goes wrong is recorded, and said to who asks."""
    claimed = await _claim(installation, poster_id)
    if claimed is None:
        return
    read = await _read(installation, claimed.subject)
    if read is None:
        await _remove(installation, claimed)
        return
    if read.content == claimed.content and claimed.tag:
        await _record(installation, claimed, read, {})
        return
    store = open_store(installation.settings)
    try:
        made = await _typeset_and_store(store, claimed, read)
    except (TypesettingFailed, StoreFailed) as error:
        log.error("poster %s was not made: %s: %s", claimed.id, type(error).__name__, error)  # noqa: TRY400 - expected, and said in a line
        await _write(installation, claimed, {"state": PosterState.FAILED, "failed_at": clock.now()})
        return
    await _record(installation, claimed, read, made)
    if claimed.tag and claimed.tag != made["tag"]:
        await _remove_file(store, claimed)


async def _claim(installation: Installation, poster_id: UUID) -> Claimed | None:
    now = clock.now()
    free = or_(Poster.leased_until.is_(None), Poster.leased_until < now)
    mine = update(Poster).where(Poster.id == poster_id, Poster.state == PosterState.WAITING, free)
    async with installation.sessions.begin() as session:
        row = await session.scalar(mine.values(leased_until=now + LEASE, tries=Poster.tries + 1).returning(Poster))
        if row is None:
            return None
        subject = Subject(row.kind, row.language, row.month, row.filters, row.event_id)
        return Claimed(row.id, subject, row.content, row.tag, now + LEASE)


async def _read(installation: Installation, subject: Subject) -> Read | None:
    """What the poster shows now, in one snapshot of the database. None for an event that is gone."""
    settings, now = installation.settings, clock.now().astimezone(installation.settings.zone)
    async with installation.engine.connect() as connection:
        await connection.execution_options(isolation_level="REPEATABLE READ")
        revision = await queries.find_revision(connection, subject) if subject.month or subject.event_id else None
        if revision is None:
            return None
        if subject.month is None:
            entry = await find_entry(connection, subject.event_id, settings.zone) if subject.event_id else None
            return Read(picture_sheet(entry, subject.language), revision) if entry else None
        filters = Filters.parse(parse_qsl(subject.filters))
        month = await queries.read_month(connection, parse_month(subject.month), filters, now)
        publisher = settings.site_host or await queries.find_region_name(connection, settings.home_region)
        shown = month_sheet(
            month.view, filters, month.names, subject.language, now=now, public_url=settings.public_url, publisher=publisher
        )
        return Read(shown, revision, month.turns_at)


async def _typeset_and_store(store: Store, claimed: Claimed, read: Read) -> dict[str, object]:
    """What the row then says of the bytes. Raises TypesettingFailed, StoreFailed."""
    how = MAKES[claimed.subject.kind]
    body = await typeset(Sheet(how.sheet, FONTS, how.form, how.ppi), msgspec.json.encode(read.shown))
    tag = hashlib.blake2b(body, digest_size=12).hexdigest()
    await store.put(store_path(claimed.id, tag, claimed.subject.kind), body, content_type=how.media_type)
    return {"tag": tag, "size": len(body)}


async def _record(installation: Installation, claimed: Claimed, read: Read, made: dict[str, object]) -> None:
    known = {"revision": read.revision, "content": read.content, "valid_until": read.valid_until}
    await _write(installation, claimed, {"state": PosterState.MADE, "made_at": clock.now(), "failed_at": None, **known, **made})


async def _write(installation: Installation, claimed: Claimed, values: dict[str, object]) -> None:
    """Unless the lease has passed to another meanwhile, who then has the last word."""
    ours = update(Poster).where(Poster.id == claimed.id, Poster.leased_until == claimed.leased_until)
    async with installation.sessions.begin() as session:
        await session.execute(ours.values(leased_until=None, **values))


async def _remove(installation: Installation, claimed: Claimed) -> None:
    """The event is gone, or a draft again: the file first, so that a row which is left finds it again."""
    await _remove_file(open_store(installation.settings), claimed)
    async with installation.sessions.begin() as session:
        await session.execute(delete(Poster).where(Poster.id == claimed.id))


async def _remove_file(store: Store, claimed: Claimed) -> None:
    if claimed.tag:
        await store.remove(store_path(claimed.id, claimed.tag, claimed.subject.kind))


async def remove_old(installation: Installation) -> int:
    """Remove what is too old or too much, file before row, and say how many. Raises StoreFailed; what was removed until then is whole."""
    store = open_store(installation.settings)
    async with installation.sessions() as session:
        old = await queries.list_old(session, clock.now())
    for poster_id, kind, tag in old:
        if tag:
            await store.remove(store_path(poster_id, tag, kind))
        async with installation.sessions.begin() as session:
            gone = delete(Poster).where(Poster.id == poster_id, Poster.tag.is_not_distinct_from(tag))
            await session.execute(gone)
    return len(old)
