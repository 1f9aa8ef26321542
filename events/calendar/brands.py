"""One street, one brand 一街一品: the brands of a district's streets, when each was last held and is next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Subquery, and_, any_, case, literal, or_, select, union_all
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from events.calendar.dates import Precision
from events.calendar.models import Event, Series
from events.calendar.rules import EventStatus
from events.regions.models import Region

# What a district calls a series that each street has its own event in.
NAMED = "一街一品"


@dataclass(frozen=True, slots=True)
class Held:
    """An event of a brand: which, when, and who holds it."""

    id: UUID
    title: str
    first_on: date
    last_on: date
    date_text: str | None
    organiser: str | None
    precision: Precision


@dataclass(frozen=True, slots=True)
class Brand:
    """A street's brand. `last` is over, `next` goes on or is to come; None where there is none with a date."""

    slug: str
    name: str
    last: Held | None
    next: Held | None


async def read_brands(connection: AsyncConnection, streets: Sequence[str], today: date) -> dict[str, list[Brand]]:
    """The brands of each street that has one, in two statements however many events there are.

    A street's brand is a series that its own office owns, or any office's that is named 一街一品, as far as it has events in the street.
    """
    own = select(Series.id, Series.slug, Series.name, Series.region_code).where(Series.region_code.in_(streets))
    brands: dict[tuple[str, str], Brand] = {}
    for _, slug, name, street in await connection.execute(own.order_by(Series.slug)):
        brands[street, slug] = Brand(slug, name, None, None)
    for street, slug, name, is_next, *held in await connection.execute(_held(streets, today)):
        known = brands.get((street, slug)) or Brand(slug, name, None, None)
        one = Held(*held)
        brands[street, slug] = Brand(slug, name, known.last if is_next else one, one if is_next else known.next)
    found: dict[str, list[Brand]] = {}
    for (street, _), brand in brands.items():
        found.setdefault(street, []).append(brand)
    return found


def _held(streets: Sequence[str], today: date) -> CompoundSelect[Any]:
    """For each street and brand the next event and the last one, as the database picks them."""
    unit, place = Region.__table__.alias("unit"), Region.__table__.alias("place")
    owned = Series.region_code.in_(streets)
    street = case((owned, Series.region_code), else_=unit.c.code)
    columns = (Event.id, Event.title, Event.first_on, Event.last_on, Event.date_text, Event.organiser, Event.precision)

    def one(order: Any, wanted: ColumnElement[bool], *, is_next: bool) -> Subquery:
        return (
            select(street.label("street"), Series.slug, Series.name, literal(is_next).label("is_next"), *columns)
            .ext(distinct_on(street, Series.id))
            .select_from(Event)
            .join(Series, Series.id == Event.series_id)
            .join(place, place.c.code == Event.region_code)
            .outerjoin(unit, and_(unit.c.code.in_(streets), unit.c.code == any_(place.c.within)))
            .where(Event.status == EventStatus.PUBLISHED, or_(owned, and_(Series.name.contains(NAMED), unit.c.code.is_not(None))), wanted)
            .order_by(street, Series.id, order, Event.id)
            .subquery()
        )

    coming = one(Event.first_on, Event.last_on >= today, is_next=True)
    over = one(Event.last_on.desc(), Event.last_on < today, is_next=False)
    return union_all(select(coming), select(over))
