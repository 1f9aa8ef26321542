from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from events.regions.rules import RegionKind, Tier
from infra.database import Base, text_enum


class Region(Base):
    """An administrative unit: GB/T 2260 for provinces, cities and areas (6 digits), 9 digits for streets and towns.

    `within` holds every code this region counts as part of: itself, what lies above it, and its successors with what lies above them, so
    that one index answers "within", and an event of an abolished street is found in the street that took it over.
    """

    __tablename__ = "regions"
    # Without the pending list of GIN: after a bulk load the planner would count it, and scan the table instead.
    __table_args__ = (
        Index("ix_regions_within", "within", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        # However a name is written, its first two characters are the same (`regions.names`).
        Index("ix_regions_name", text("left(name, 2)")),
    )

    code: Mapped[str] = mapped_column(String(9), primary_key=True)
    name: Mapped[str]
    kind: Mapped[RegionKind] = mapped_column(text_enum(RegionKind, "kind"))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"), index=True)
    # Set only where an office publishes.
    tier: Mapped[Tier | None] = mapped_column(text_enum(Tier, "tier"))
    # A development zone that the statistics table lists beside the real units.
    statistical: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    successor_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))
    within: Mapped[list[str]] = mapped_column(ARRAY(String(9)))


class RegionMap(Base):
    """The outlines of a region's units, drawn from a map that an administrator loaded with the number under which it was approved 审图号.

    `shapes` are paths of SVG in a box of `width` by `height`: {"code", "path", "x", "y"}, the point being where the name stands.
    """

    __tablename__ = "region_maps"

    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), primary_key=True)
    approval: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    shapes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    loaded_at: Mapped[datetime]
