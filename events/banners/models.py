from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from events.banners.rules import Level
from infra.database import Base, text_enum


class Banner(Base):
    """What an office tells every visitor of the site: one for the whole site, and one for each region at the most."""

    __tablename__ = "banners"
    __table_args__ = (UniqueConstraint("region_code", name="uq_banners_region_code", postgresql_nulls_not_distinct=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    region_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))
    text: Mapped[str]
    # The same in English; where the office gave none, everybody reads the Chinese.
    english: Mapped[str | None]
    level: Mapped[Level] = mapped_column(text_enum(Level, "level"))
    until: Mapped[datetime | None]
    set_by: Mapped[str]
    set_at: Mapped[datetime]
