"""演示数据: the made-up events of the demonstration, with dates around any day. Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from events.calendar.dating.text import read_dates
from events.calendar.drafts import EventDraft, VenueDraft
from events.calendar.fees import free_by
from events.calendar.when import when_read
from events.regions.rules import Tier

LABEL = "演示数据"
NOTICE = f"{LABEL}，并非真实活动。"
REGION = "310110"

_PLACE = re.compile(r"\{(day|sat|sun|dekad|month|quarter|half|year)([+-]\d+)\}")


@dataclass(frozen=True, slots=True)
class Made:
    """An event of the set, what becomes of it (postponed, cancelled, session_cancelled: why), and its competition if it has one."""

    draft: EventDraft
    then: Mapping[str, str]
    competition: Mapping[str, Any] | None


def read_set() -> dict[str, Any]:
    """The facts as they ship: `series` and `events`."""
    facts: dict[str, Any] = json.loads((files("infra") / "data" / "demo" / "yangpu.json").read_text(encoding="utf-8"))
    return facts


def events_around(today: date, zone: ZoneInfo) -> list[Made]:
    """Every event of the set, dated around the day."""
    return [_made(number, event, today, zone) for number, event in enumerate(read_set()["events"], 1)]


def dated(text: str, today: date) -> str:
    """The text with its places filled as an office would write them: {sat+8} becomes 2026年12月5日."""
    return _PLACE.sub(lambda found: _written(found[1], today + timedelta(days=int(found[2]))), text)


def _written(kind: str, day: date) -> str:
    if kind in ("sat", "sun"):
        day += timedelta(days=({"sat": 5, "sun": 6}[kind] - day.weekday()) % 7)
    return f"{day.year}年" + {
        "dekad": f"{day.month}月{'上中下'[min((day.day - 1) // 10, 2)]}旬",
        "month": f"{day.month}月",
        "quarter": f"第{'一二三四'[(day.month - 1) // 3]}季度",
        "half": "上半年" if day.month <= 6 else "下半年",
        "year": "",
    }.get(kind, f"{day.month}月{day.day}日")


def _made(number: int, event: Mapping[str, Any], today: date, zone: ZoneInfo) -> Made:
    draft = EventDraft(
        title=event["title"],
        region_code=event.get("region", REGION),
        when=when_read(read_dates(dated(event["text"], today)), zone),
        tier=Tier(event["tier"]) if "tier" in event else None,
        series=event.get("series"),
        board=event.get("board"),
        sports=tuple(event["sports"]),
        audience=tuple(event["audience"]),
        venue=VenueDraft(event["venue"]) if "venue" in event else None,
        organiser=event["organiser"],
        undertaker=event.get("undertaker"),
        contact=event.get("contact"),
        eligibility=event.get("eligibility"),
        bring=event.get("bring"),
        fee=event.get("fee"),
        directions=event.get("directions"),
        fuse=event.get("fuse"),
        free=free_by(event.get("fee")),
        summary="\n".join(filter(None, (event.get("summary"), NOTICE))),
        source=LABEL,
        source_key=str(number),
        demo=True,
    )
    return Made(draft, event.get("then", {}), event.get("competition"))
