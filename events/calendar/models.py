"""Published events and what they show: brands, sports, venues, dated sessions, and the history of changes."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSTZMULTIRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from events.calendar.dates import Daypart, Precision
from events.calendar.rules import ChangeKind, Datum, EventStatus, OccurrenceStatus
from events.regions.rules import Tier
from infra.database import Base, text_enum


class Series(Base):
    """A brand that groups events, owned by an office: 城市业余联赛, 韵动杨浦·秀出来, a street's 一街一品."""

    __tablename__ = "series"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))


class Board(Base):
    """A themed part of a series 板块."""

    __tablename__ = "boards"
    __table_args__ = (UniqueConstraint("series_id", "slug"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    series_id: Mapped[UUID] = mapped_column(ForeignKey("series.id"))
    slug: Mapped[str]
    name: Mapped[str]
    position: Mapped[int]


class Sport(Base):
    """A sport as administrators name it: no authoritative list exists, so the table is edited and knows its aliases."""

    __tablename__ = "sports"

    slug: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    name_en: Mapped[str | None]
    aliases: Mapped[list[str]] = mapped_column(ARRAY(String), default=list)


class Venue(Base):
    __tablename__ = "venues"
    __table_args__ = (UniqueConstraint("name", "address", "region_code", name="uq_venues_place", postgresql_nulls_not_distinct=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    address: Mapped[str | None]
    # The region of the event that named it first, so that two districts' 社区文化活动中心 are two places.
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    datum: Mapped[Datum | None] = mapped_column(text_enum(Datum, "datum"))


class Event(Base):
    """A happening open to the public. `finished` is derived from time, so it is no status of the row."""

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("source", "source_key"),
        CheckConstraint("first_on <= last_on", name="dates_in_order"),
        CheckConstraint("num_nonnulls(first_on, last_on) IN (0, 2)", name="dates_together"),
        Index("ix_events_grams", "grams", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        Index("ix_events_dates", text("daterange(first_on, last_on, '[]')"), postgresql_using="gist"),
        Index("ix_events_listing", "first_on", "id"),
        Index("ix_events_series_id", "series_id"),
        Index("ix_events_venue_id", "venue_id"),
        Index("ix_events_region_code", "region_code"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str]
    status: Mapped[EventStatus] = mapped_column(text_enum(EventStatus, "status"))
    tier: Mapped[Tier] = mapped_column(text_enum(Tier, "tier"))
    # The level as the source wrote it (国家级, 社区级 …), and whether the tier had to be guessed for want of one.
    tier_as_written: Mapped[str | None]
    tier_guessed: Mapped[bool] = mapped_column(default=False)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    series_id: Mapped[UUID | None] = mapped_column(ForeignKey("series.id"))
    board_id: Mapped[UUID | None] = mapped_column(ForeignKey("boards.id"))
    # The first is the one shown; a filter by any of them finds the event.
    sports: Mapped[list[str]] = mapped_column(ARRAY(String), default=list)
    audience: Mapped[list[str]] = mapped_column(ARRAY(String), default=list)
    date_text: Mapped[str | None]
    precision: Mapped[Precision] = mapped_column(text_enum(Precision, "precision"))
    first_on: Mapped[date | None]
    last_on: Mapped[date | None]
    venue_id: Mapped[UUID | None] = mapped_column(ForeignKey("venues.id"))
    organiser: Mapped[str | None]
    undertaker: Mapped[str | None]
    contact: Mapped[str | None]
    summary: Mapped[str | None]
    # What only the event's own page tells: who may take part, what to bring, what it costs, how to get there, when it is stopped 熔断.
    eligibility: Mapped[str | None]
    bring: Mapped[str | None]
    fee: Mapped[str | None]
    directions: Mapped[str | None]
    fuse: Mapped[str | None]
    # Whether it costs nothing, which a filter asks for; None where nobody has said.
    free: Mapped[bool | None]
    source_url: Mapped[str | None]
    # An imported row is found again by these two; events written by hand have neither.
    source: Mapped[str | None]
    source_key: Mapped[str | None]
    # What the event's short address is made of (`short.code_of`): given by the database, once and for ever.
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    # Belongs to the labelled demonstration set, which can be removed whole.
    demo: Mapped[bool] = mapped_column(default=False)
    # What `q=` looks through, normalised, and its 1- and 2-grams: both written by `search.make_searchable`.
    searched: Mapped[str] = mapped_column(default="")
    grams: Mapped[list[str]] = mapped_column(ARRAY(String), default=list)
    # What a month shows of the sign-ups, written by the competitions above: when any of them takes teams, and when one has a place left.
    # None: there is none. Several windows stand apart: between them nothing can be entered.
    registration_windows: Mapped[Sequence[Range[datetime]] | None] = mapped_column(TSTZMULTIRANGE)
    registration_free: Mapped[Sequence[Range[datetime]] | None] = mapped_column(TSTZMULTIRANGE)
    changed_at: Mapped[datetime]
    created_at: Mapped[datetime]


class Occurrence(Base):
    """One dated session of an event, with an identity of its own: it can be moved or cancelled alone.

    `starts_at` stands only where the minute is known. A row that is removed, unpublished or loses its day stays with `removed_at` set,
    because calendar programs must be told of it for 30 days.
    """

    __tablename__ = "occurrences"
    __table_args__ = (
        CheckConstraint("first_on <= last_on", name="dates_in_order"),
        CheckConstraint("ends_at >= starts_at", name="times_in_order"),
        Index("ix_occurrences_event_id", "event_id"),
        Index("ix_occurrences_stale", "id", postgresql_where=text("vevent_sequence IS DISTINCT FROM sequence")),
        Index("ix_occurrences_dates", text("daterange(first_on, last_on, '[]')"), postgresql_using="gist"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    position: Mapped[int]
    label: Mapped[str | None]
    first_on: Mapped[date]
    last_on: Mapped[date]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    daypart: Mapped[Daypart | None] = mapped_column(text_enum(Daypart, "daypart"))
    status: Mapped[OccurrenceStatus] = mapped_column(text_enum(OccurrenceStatus, "status"))
    sequence: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    # The VEVENT as bytes and the sequence it was rendered at: a feed is a join of these.
    vevent: Mapped[bytes | None] = mapped_column(LargeBinary)
    vevent_sequence: Mapped[int | None]


class EventChange(Base):
    """What was done to an event, in words and figures that citizens may read: 'moved from 5 to 12 October, because of rain'."""

    __tablename__ = "event_changes"
    __table_args__ = (Index("ix_event_changes_event_id", "event_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    occurrence_id: Mapped[UUID | None]
    kind: Mapped[ChangeKind] = mapped_column(text_enum(ChangeKind, "kind"))
    reason: Mapped[str | None]
    before: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    actor: Mapped[str]
    at: Mapped[datetime]


class MonthRevision(Base):
    """A counter raised by every commit that changes what a month shows; pages and feeds kept ready are keyed by it."""

    __tablename__ = "month_revisions"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    revision: Mapped[int] = mapped_column(BigInteger)
    # When it was raised last. It grows by a second at least each time, the resolution of an HTTP date.
    touched_at: Mapped[datetime]


class Holiday(Base):
    """A public holiday or make-up working day 调休 that an administrator entered, over what the shipped table knows."""

    __tablename__ = "holidays"

    on: Mapped[date] = mapped_column("on_date", primary_key=True)
    name: Mapped[str]
    workday: Mapped[bool]
