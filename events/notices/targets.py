"""What can be followed: a region with all below it, a series, a sport, or one event."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, case, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.models import Event, Series, Sport
from events.calendar.rules import PUBLIC
from events.errors import Fault, Faulty, NotFound
from events.notices.models import Subscription
from events.regions.models import Region

MOST_CHARACTERS = 100


class Scope(StrEnum):
    """The names are those of the calendar's filters, so that an address says the same here and there."""

    REGION = "region"
    SERIES = "series"
    SPORT = "sport"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to follow: `key` is how addresses name it (a code, a slug, an id), `value` what a subscription's `column` holds of it."""

    scope: Scope
    key: str
    name: str
    value: str | UUID

    @property
    def column(self) -> str:
        return COLUMNS[self.scope]


COLUMNS = {Scope.REGION: "region_code", Scope.SERIES: "series_id", Scope.SPORT: "sport", Scope.EVENT: "event_id"}


async def find_target(session: AsyncSession, scope: Scope, key: str) -> Target:
    """What an address names, if citizens may see it. Raises NotFound, and Faulty for what can be no name of such a thing."""
    if len(key) > MOST_CHARACTERS or "\0" in key:
        raise Faulty(Fault(scope.value, "bad_identifier"))
    row = (await session.execute(_named(scope, key))).one_or_none()
    if row is None:
        raise NotFound
    return Target(scope, key, row.name, row.value)


def _named(scope: Scope, key: str) -> Any:
    match scope:
        case Scope.REGION:
            return select(Region.name, Region.code.label("value")).where(Region.code == key)
        case Scope.SERIES:
            return select(Series.name, Series.id.label("value")).where(Series.slug == key)
        case Scope.SPORT:
            return select(Sport.name, Sport.slug.label("value")).where(Sport.slug == key)
    try:
        event_id = UUID(key)
    except ValueError as error:
        raise Faulty(Fault(scope.value, "bad_identifier")) from error
    return select(Event.title.label("name"), Event.id.label("value")).where(Event.id == event_id, Event.status.in_(PUBLIC))


SCOPE: ColumnElement[str] = case(
    (Subscription.event_id.is_not(None), Scope.EVENT.value),
    (Subscription.region_code.is_not(None), Scope.REGION.value),
    (Subscription.series_id.is_not(None), Scope.SERIES.value),
    else_=Scope.SPORT.value,
).label("scope")
KEY = func.coalesce(Subscription.region_code, Series.slug, Subscription.sport, cast(Subscription.event_id, String)).label("key")
NAME = func.coalesce(Region.name, Series.name, Sport.name, Event.title).label("name")


def with_targets(wanted: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """A statement that selects from subscriptions, with what SCOPE, KEY and NAME are made of."""
    return (
        wanted.outerjoin(Region, Region.code == Subscription.region_code)
        .outerjoin(Series, Series.id == Subscription.series_id)
        .outerjoin(Sport, Sport.slug == Subscription.sport)
        .outerjoin(Event, Event.id == Subscription.event_id)
    )


def follows_more_than(event: Event, within: list[str]) -> ColumnElement[bool]:
    """Whether a subscription takes in the event by its region (`within` are the codes that it counts as part of), series or sport."""
    return or_(
        Subscription.region_code.in_(within),
        Subscription.series_id == event.series_id if event.series_id else Subscription.series_id.in_([]),
        Subscription.sport.in_(event.sports),
    )
