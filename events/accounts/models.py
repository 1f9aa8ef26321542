from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from events.accounts.rules import Role
from infra.database import Base, text_enum


class ApiKey(Base):
    """A key that acts for one desk. Only its hash is kept; the key itself is shown once, when it is made."""

    __tablename__ = "api_keys"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    role: Mapped[Role] = mapped_column(text_enum(Role, "role"))
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    # An organiser's key is for one event. No foreign key: accounts stands below the calendar.
    event_id: Mapped[UUID | None]
    label: Mapped[str]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
