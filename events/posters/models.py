from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from events.i18n import Language
from events.posters.rules import PosterKind, PosterState
from infra.database import Base, text_enum


class Poster(Base):
    """A poster that somebody asked for: what it is of, where it stands, and what was made of it last.

    `subject` is a digest of everything that it is of. `revision` is that of its month, or the stamp of its event, when what it shows was
    read; `content` a digest of what it shows. `tag` names the bytes in the store: they are never replaced under the same name.
    `network` is a keyed hash, and forgotten once it counts no more.
    """

    __tablename__ = "posters"
    __table_args__ = (
        Index("ix_posters_waiting", "asked_at", postgresql_where=text("state = 'waiting'")),
        Index("ix_posters_network", "network", "asked_at", postgresql_where=text("network IS NOT NULL")),
        Index("ix_posters_event_id", "event_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    subject: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    kind: Mapped[PosterKind] = mapped_column(text_enum(PosterKind, "kind"))
    language: Mapped[Language] = mapped_column(text_enum(Language, "language"))
    month: Mapped[str | None] = mapped_column(String(7))
    filters: Mapped[str] = mapped_column(default="")
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("events.id", ondelete="SET NULL"))
    state: Mapped[PosterState] = mapped_column(text_enum(PosterState, "state"))
    asked_at: Mapped[datetime]
    network: Mapped[bytes | None] = mapped_column(LargeBinary)
    tries: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    revision: Mapped[str | None]
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    tag: Mapped[str | None]
    size: Mapped[int | None] = mapped_column(Integer)
    made_at: Mapped[datetime | None]
    # When it stops being true although nothing was written: filters by status or registration turn with the time of day.
    valid_until: Mapped[datetime | None]
