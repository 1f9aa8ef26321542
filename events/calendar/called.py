"""What filters ask for by keys, by the names that people know it by."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import CompoundSelect, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from events.calendar.filters import Filters
from events.calendar.models import Board, Series, Sport
from events.i18n import Language, named, translate, words
from events.regions.models import Region

# A filter, a key that it may be asked for, and its name.
Name = tuple[str, str, str]
Names = Mapping[tuple[str, str], str]
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
    """What is asked for, by its name in the language; of a key that nobody has, that there is no such thing."""
    if (field, key) in names:
        return named(language, names[field, key])
    return translate(language, MISSING[field], key=key) if field in MISSING else named(language, key)
