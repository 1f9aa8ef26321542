"""What filters ask for, as people know it: by a word of ours, or by the name of what a key stands for."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import CompoundSelect, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from events.calendar.daykinds import When
from events.calendar.filters import Filters
from events.calendar.models import Board, Series, Sport
from events.calendar.rules import RegistrationState, ShownStatus
from events.i18n import Language, named, translate, words
from events.regions.models import Region
from events.regions.rules import Tier

# A filter, a key that it may be asked for, and its name.
Name = tuple[str, str, str]
Names = Mapping[tuple[str, str], str]
TIER_NAMES = {Tier.CITY: words("市级"), Tier.DISTRICT: words("区级"), Tier.STREET: words("街镇级")}
WHEN_NAMES = {When.WEEKEND: words("周末和节假日"), When.WEEKDAY: words("工作日"), When.EVENING: words("晚上")}
# The values that a filter has a word for. The others are people's own, or keys that have a name in the database.
VALUES: dict[str, dict[str, str]] = {
    "tier": {tier.value: name for tier, name in TIER_NAMES.items()},
    "status": {
        ShownStatus.PUBLISHED: words("未结束"),
        ShownStatus.POSTPONED: words("已延期"),
        ShownStatus.CANCELLED: words("已取消"),
        ShownStatus.FINISHED: words("已结束"),
    },
    "registration": {
        RegistrationState.NONE: words("无需报名"),
        RegistrationState.UPCOMING: words("即将报名"),
        RegistrationState.OPEN: words("可报名"),
        RegistrationState.FULL: words("可候补"),
        RegistrationState.CLOSED: words("报名截止"),
    },
    "when": {kind.value: name for kind, name in WHEN_NAMES.items()},
    "free": {"yes": words("免费")},
}
# What is said of a key that nobody has: links outlive what they name.
MISSING = {
    "region": words("没有这个地区：{key}"),
    "series": words("没有这个系列：{key}"),
    "board": words("没有这个板块：{key}"),
    "sport": words("没有这个项目：{key}"),
}


def names_query(filters: Filters) -> CompoundSelect[Any] | None:
    """The statement that reads the names as `field`, `key` and `name`; None when nothing is asked for by a key."""
    known = (
        ("region", Region.code, Region.name),
        ("series", Series.slug, Series.name),
        ("board", Board.slug, Board.name),
        ("sport", Sport.slug, Sport.name),
    )
    asked = [
        select(literal(field).label("field"), key.label("key"), name.label("name")).where(key.in_(getattr(filters, field))).distinct()
        for field, key, name in known
        if getattr(filters, field)
    ]
    return union_all(*asked) if asked else None


async def read_names(connection: AsyncConnection, filters: Filters) -> list[Name]:
    """The names of what filters ask for by keys, by name, in one statement. A key that nobody has finds none."""
    query = names_query(filters)
    rows = (await connection.execute(query)).all() if query is not None else []
    return sorted(((row.field, row.key, row.name) for row in rows), key=lambda row: row[2])


def called(language: Language, field: str, key: str, names: Names) -> str:
    """What is asked for, by its word or name in the language; of a key that nobody has, that there is no such thing."""
    if word := VALUES.get(field, {}).get(key):
        return translate(language, word)
    if (field, key) in names:
        return named(language, names[field, key])
    return translate(language, MISSING[field], key=key) if field in MISSING else named(language, key)
