"""The table of sports: no authoritative list exists, so it ships with names that were seen, and administrators go on from there."""

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.drafts import EventDraft
from events.calendar.models import Sport
from events.errors import Fault, Faulty, NotFound, SportNameTaken

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_BRACKETED = re.compile(r"\(.*\)$")


def normal(label: str) -> str:
    """A label as it is compared: full-width signs and capitals do not count, nor does space."""
    return "".join(unicodedata.normalize("NFKC", label).lower().split())


async def ensure_sports(session: AsyncSession) -> None:
    """Add the shipped sports that are missing. What an administrator changed stays."""
    shipped = json.loads((files("infra") / "data" / "sports.json").read_text(encoding="utf-8"))
    await session.execute(insert(Sport).on_conflict_do_nothing(), shipped)


async def find_sport(session: AsyncSession, label: str) -> Sport | None:
    """The sport that a label names, by its name or an alias; 健美操(啦啦操) is 健美操 unless that whole is known."""
    whole = normal(label)
    return await _called(session, whole) or await _called(session, _BRACKETED.sub("", whole))


async def with_known_sports(session: AsyncSession, draft: EventDraft) -> EventDraft:
    """The draft with its sports by slug where they were written by a name or an alias. An unknown one stays as it is written."""
    return replace(draft, sports=tuple([await _slug(session, label) for label in draft.sports]))


async def _slug(session: AsyncSession, label: str) -> str:
    if not label.isprintable():  # no name has a NUL, which the database would not even compare
        return label
    sport = await session.get(Sport, label) or await find_sport(session, label)
    return sport.slug if sport else label


async def _called(session: AsyncSession, key: str) -> Sport | None:
    found: Sport | None = await session.scalar(select(Sport).where(or_(func.lower(Sport.name) == key, Sport.aliases.any_() == key)))
    return found


async def list_sport_words(session: AsyncSession) -> frozenset[str]:
    """Every name and alias by which a sport can be told in a title: one character tells none."""
    rows = (await session.execute(select(Sport.name, Sport.aliases))).all()
    return frozenset(word for name, aliases in rows for word in (name, *aliases) if len(word) > 1)


async def list_sports(session: AsyncSession) -> Sequence[Sport]:
    return (await session.scalars(select(Sport).order_by(Sport.slug))).all()


async def add_sport(session: AsyncSession, *, slug: str, name: str, name_en: str | None = None) -> Sport:
    """A new sport. Raises Faulty for a slug or name that can't be one, SportNameTaken when its slug or name is in use."""
    faults = [Fault("slug", "bad_identifier")] * (not _SLUG.fullmatch(slug)) + [Fault("name", "empty")] * (not normal(name))
    if faults:
        raise Faulty(*faults)
    if await session.get(Sport, slug) or await _called(session, normal(name)):
        raise SportNameTaken(name=name)
    sport = Sport(slug=slug, name=name.strip(), name_en=name_en, aliases=[])
    session.add(sport)
    await session.flush()
    return sport


async def add_alias(session: AsyncSession, *, slug: str, alias: str) -> Sport:
    """Another label for a sport. Raises NotFound, Faulty for an empty one, or SportNameTaken when it already names a sport."""
    if (sport := await session.get(Sport, slug)) is None:
        raise NotFound
    if not normal(alias):
        raise Faulty(Fault("alias", "empty"))
    if await _called(session, normal(alias)):
        raise SportNameTaken(name=alias)
    sport.aliases = [*sport.aliases, normal(alias)]
    await session.flush()
    return sport
