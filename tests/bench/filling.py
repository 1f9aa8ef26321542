"""Events in numbers, as a city has them: three tiers, a street's and a district's brands, some undated, some long."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
from sqlalchemy import select, text

from events.calendar.dates import Precision
from events.calendar.ical.rendering import render_stale
from events.calendar.models import Board, Event, Occurrence, Series, Sport, Venue
from events.calendar.rules import EventStatus, OccurrenceStatus
from events.calendar.search import grams, normal
from events.regions.models import Region
from events.regions.rules import Tier
from infra import clock
from infra.ids import new_id
from infra.installation import Installation

ZONE = ZoneInfo("Asia/Shanghai")
KINDS = ("友谊赛", "公开赛", "挑战赛", "联赛", "体验日", "嘉年华", "交流活动", "锦标赛", "达人赛", "趣味赛", "推广活动", "邀请赛")
WHO = ("社区", "校园", "楼宇", "家庭", "青少年", "职工", "老年人", "亲子", "白领", "街坊")
AUDIENCES = ("family", "youth", "senior", "open")
BRANDS = ("城市业余联赛", "韵动杨浦·秀出来", "活力浦东", "虹口健步", "徐汇滨江", "静安楼宇", "一街一品", "市民运动会")
# In these many titles stands a word that no other has.
RARE, RARE_EVERY = "藤球", 20_000


@dataclass
class City:
    """What events name, as stored."""

    regions: Sequence[tuple[str, str, Tier]]
    sports: Sequence[tuple[str, str]]
    series: list[tuple[UUID, str, str, list[UUID]]] = field(default_factory=list)
    venues: list[tuple[UUID, str]] = field(default_factory=list)


async def found_city(installation: Installation, *, venues: int = 300) -> City:
    """Shanghai's offices and the sports, with brands, boards and venues added."""
    async with installation.sessions.begin() as session:
        offices = select(Region.code, Region.name, Region.tier).where(Region.tier.is_not(None), Region.code.startswith("31"))
        regions = [(code, name, tier) for code, name, tier in await session.execute(offices.order_by(Region.code)) if tier]
        sports = [(slug, name) for slug, name in await session.execute(select(Sport.slug, Sport.name).order_by(Sport.slug))]
        city = City(regions, sports)
        for n, name in enumerate(BRANDS):
            boards = [new_id() for _ in range(5)]
            city.series.append((new_id(), f"brand-{n}", name, boards))
            session.add(Series(id=city.series[-1][0], slug=f"brand-{n}", name=name, region_code="310000"))
            await session.flush()
            session.add_all(
                Board(id=b, series_id=city.series[-1][0], slug=f"board-{i}", name=f"板块{i}", position=i) for i, b in enumerate(boards)
            )
        for n in range(venues):
            code, name, _ = regions[n % len(regions)]
            city.venues.append((new_id(), f"{name}体育中心{n}号馆"))
            session.add(
                Venue(
                    id=city.venues[-1][0],
                    name=city.venues[-1][1],
                    address=f"{name}运动路{n}号",
                    region_code=code,
                    lon=121.5,
                    lat=31.3,
                    datum="gcj02",
                )
            )
    return city


async def fill(
    installation: Installation, city: City, count: int, months: Sequence[date], *, seed: int = 1, rendered: bool = False, **fixed: Any
) -> list[UUID]:
    """So many published events spread over the months, with their sessions; the tables analysed. `fixed` columns are the same for all."""
    chance = random.Random(seed)  # noqa: S311 - the same city each time
    events, sessions = [], []
    for n in range(count):
        event = {**_event(chance, city, n, months[n % len(months)]), **fixed}
        events.append(event)
        sessions += _sessions(chance, event)
    connection = await asyncpg.connect(str(installation.settings.database_url))
    # Filling an index of grams row by row takes ten times as long as making it.
    index = await connection.fetchval("SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_events_grams'")
    await connection.execute("DROP INDEX ix_events_grams")
    for model, rows in ((Event, events), (Occurrence, sessions)):
        if rows:
            await connection.copy_records_to_table(
                model.__tablename__, columns=list(rows[0]), records=[tuple(row.values()) for row in rows]
            )
    await connection.execute(index)
    while rendered and await _render(installation) == 2_000:
        pass
    await connection.execute("ANALYZE")
    await connection.close()
    return [event["id"] for event in events]


async def _render(installation: Installation) -> int:
    async with installation.sessions.begin() as session:
        return await render_stale(session, limit=2_000)


def _event(chance: random.Random, city: City, n: int, month: date) -> dict[str, Any]:
    code, region, tier = chance.choice(city.regions)
    slug, sport = chance.choice(city.sports)
    series, _, brand, boards = chance.choice(city.series)
    venue, place = chance.choice(city.venues)
    word = RARE if n % RARE_EVERY == 7 else chance.choice(KINDS)
    title = f"{region}{chance.choice(WHO)}{sport}{word}"
    first = month + timedelta(days=chance.randrange(28))
    undated = n % 40 == 0
    last = first + timedelta(days=20 if n % 50 == 1 else 1 if n % 7 == 0 else 0)
    if undated:
        first, last = month, month + timedelta(days=9)
    branded = chance.random() < 0.6
    searched = normal(title, place, f"{region}办事处", brand if branded else None, sport)
    now = clock.now()
    return {
        "id": new_id(), "title": title, "status": EventStatus.PUBLISHED.value, "tier": tier.value, "region_code": code,
        "series_id": series if branded else None, "board_id": chance.choice(boards) if branded else None, "sports": [slug],
        "audience": [chance.choice(AUDIENCES)], "precision": (Precision.DEKAD if undated else Precision.DAY).value,
        "date_text": "上旬" if undated else None, "first_on": first, "last_on": last, "venue_id": venue, "organiser": f"{region}办事处",
        "undertaker": "上海某体育文化发展有限公司", "contact": "021-12345678", "summary": "欢迎市民报名参加。" * 4,
        "tier_guessed": False, "demo": False,
        "searched": searched, "grams": grams(searched), "changed_at": now, "created_at": now,
    }  # fmt: skip


def _sessions(chance: random.Random, event: dict[str, Any]) -> list[dict[str, Any]]:
    if event["date_text"]:
        return []
    first, last = event["first_on"], event["last_on"]
    begins = datetime.combine(first, time(chance.randrange(8, 20)), ZONE) if first == last else None
    return [
        {
            "id": new_id(), "event_id": event["id"], "position": 0, "first_on": first, "last_on": last, "starts_at": begins,
            "ends_at": begins + timedelta(hours=2) if begins else None, "status": OccurrenceStatus.SCHEDULED.value, "sequence": 0,
            "changed_at": event["changed_at"],
        }
    ]  # fmt: skip


def months_around(count: int) -> list[date]:
    """So many months, the present one in their middle, so that past ones are read as well."""
    today = clock.today(ZONE)
    index = today.year * 12 + today.month - 1 - count // 2
    return [date((index + n) // 12, (index + n) % 12 + 1, 1) for n in range(count)]


async def settle(installation: Installation) -> None:
    """Let no checkpoint or vacuum of the filling fall into the measuring."""
    async with installation.reader.connect() as connection:
        await connection.execute(text("VACUUM ANALYZE"))
        await connection.execute(text("CHECKPOINT"))
