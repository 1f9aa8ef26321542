"""What must happen after a commit, written in the same transaction. The relay takes it from there, at least once, in no order."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Identity, Index, func, insert, literal, select, text
from sqlalchemy.dialects.postgresql import JSONB, Insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from infra import clock
from infra.database import Base


class Outbox(Base):
    """One message that left with a commit. Rows are taken once and swept later; `due_at` is how delays and timetables wait."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due_at", "due_at", "id", postgresql_where=text("taken_at IS NULL")),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    name: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    due_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]


async def put(session: AsyncSession, message: msgspec.Struct, *, due_at: datetime | None = None) -> None:
    """Write a message to be handed on after this transaction commits, not before `due_at`."""
    await put_all(session, [message], due_at=due_at)


async def put_all(session: AsyncSession, messages: Iterable[msgspec.Struct], *, due_at: datetime | None = None) -> None:
    """Write several in one statement. The relay polls (docs/decisions/0001): a NOTIFY would serialise every commit behind one lock."""
    due = due_at or clock.now()
    rows = [{"name": type(m).__name__, "body": msgspec.to_builtins(m), "due_at": due} for m in messages]
    if rows:
        await session.execute(insert(Outbox), rows)


async def put_of(session: AsyncSession, written: Insert, kind: type[msgspec.Struct], *, due_at: datetime | None = None) -> None:
    """Insert rows and write a message about each that was written, both in one statement. `written` returns nothing yet: it has an `id`,
    and that is what the messages hold."""
    [field] = msgspec.structs.fields(kind)
    new = written.returning(written.table.c.id).cte("written")
    body = func.jsonb_build_object(field.encode_name, new.c.id)
    messages = select(literal(kind.__name__), body, literal(due_at or clock.now(), Outbox.due_at.type))
    await session.execute(insert(Outbox).from_select(["name", "body", "due_at"], messages))
