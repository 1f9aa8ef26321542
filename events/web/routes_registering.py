"""Registering a team on a page, without JavaScript: a form, its faults at their fields, and then the registration itself."""

from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.entries import Entry, find_entry
from events.competitions.contents import MOST_ATHLETES
from events.competitions.models import Competition, Division
from events.competitions.queries import competition_of
from events.competitions.rules import Entry as EntryMode
from events.competitions.schemas import DivisionOut, division_out
from events.errors import Faulty, Malformed, NotFound, Refusal
from events.i18n import translate, words
from events.regions.models import Region
from events.regions.queries import get_region, within
from events.regions.rules import Tier
from events.registrations.callers import network_from
from events.registrations.contents import STAFF_MOST
from events.registrations.idempotency import read_key
from events.registrations.service import register
from events.registrations.tokens import manage_token
from events.web.entrance import admit, same_site
from events.web.pages import page, read, reader_of, see_other
from events.web.registering import ROLES, SPARE_ROWS, TeamForm, sentences
from infra import clock
from infra.crypto import random_token
from infra.installation import Installation
from infra.web import AnyRequest

# The largest roster that a division may ask for, two fields a line, and the rest of the form.
MOST_FIELDS = 2 * (MOST_ATHLETES + STAFF_MOST + SPARE_ROWS) + 20


async def _division(session: AsyncSession, installation: Installation, division_id: UUID) -> tuple[Entry, Competition, DivisionOut]:
    """The division with its competition and its public event. Raises NotFound."""
    competition = await competition_of(session, division_id)
    entry = await find_entry(session, competition.event_id, installation.settings.zone)
    if entry is None:
        raise NotFound
    return entry, competition, division_out(competition, await session.get_one(Division, division_id), clock.now(), over_at=entry.over_at)


async def region_choices(session: AsyncSession, entry: Entry, home: str) -> list[tuple[str, str]]:
    """Where a team may come from: the streets around the event first, then the city's districts, then elsewhere in the country."""
    near = entry.region.code[:6] if entry.tier is not Tier.CITY else home
    offices = Region.tier.is_not(None)
    streets = select(Region.code, Region.name).where(Region.code.in_(within(near)), offices).order_by(Region.code)
    found = {row.code: row.name for row in await session.execute(streets)}
    city = (await get_region(session, near)).parent_code or near
    districts = select(Region.code, Region.name).where(Region.code.in_(within(city)), Region.tier.in_((Tier.DISTRICT, Tier.CITY)))
    found |= {row.code: row.name for row in await session.execute(districts.order_by(Region.code))}
    provinces = select(Region.code, Region.name).where(Region.parent_code.is_(None)).order_by(Region.code)
    found |= {row.code: row.name for row in await session.execute(provinces)}
    return list(found.items())


async def form_page(
    request: AnyRequest, session: AsyncSession, installation: Installation, division_id: UUID, form: TeamForm, **own: Any
) -> Response[bytes]:
    """The form of a team, new or being changed, with what is wrong with it."""
    entry, competition, division = await _division(session, installation, division_id)
    language = reader_of(request).language
    shown: dict[str, Any] = {"refusal": None, "faults": {}, "key": random_token(), "asks_code": competition.entry is EntryMode.CODE}
    return page(
        request,
        "register.html",
        event=entry,
        competition_title=competition.title,
        division=division,
        form=form.fields,
        rows=form.rows(division.roster_max),
        roles=[(role.value, translate(language, name)) for role, name in ROLES.items()],
        regions=await region_choices(session, entry, installation.settings.home_region),
        **(shown | own),
    )


@read("/divisions/{division_id:uuid}/register")
async def empty_form(
    request: AnyRequest, division_id: FromPath[UUID], session: NamedDependency[AsyncSession], installation: NamedDependency[Installation]
) -> Response[bytes]:
    """The empty form. Its hidden key makes a second press of the button the same registration."""
    return await form_page(request, session, installation, division_id, TeamForm.filled({}), **_wording(request))


@post("/divisions/{division_id:uuid}/register", include_in_schema=False)
async def send_form(
    request: AnyRequest, division_id: FromPath[UUID], session: NamedDependency[AsyncSession], installation: NamedDependency[Installation]
) -> Response[bytes]:
    """Register, and go to the registration; or the form again, with everything that was typed and what is wrong with it."""
    same_site(request)
    pairs = await posted(request)
    form, key, reader = TeamForm.posted(pairs), dict(pairs).get("key", ""), reader_of(request)
    own: dict[str, Any] = {"key": key or random_token(), **_wording(request)}
    try:
        # A savepoint, so that the form can still be read and shown when the desk refuses.
        async with session.begin_nested():
            receipt = await register(
                session,
                installation.keys,
                division_id,
                form.written(reader.language),
                key=read_key(key),
                network=network_from(request, installation),
                network_limit=installation.settings.network_limit,
            )
    except Faulty as refusal:
        return await form_page(
            request, session, installation, division_id, form, code=422, faults=sentences(refusal.faults, reader.language), **own
        )
    except NotFound:
        raise
    except Refusal as refusal:
        detail = refusal.detail(reader.language)
        return await form_page(request, session, installation, division_id, form, code=refusal.status, refusal=detail, **own)
    answer = see_other(f"/registrations/{receipt.id}{reader.language_query}")
    return admit(answer, installation, receipt.id, manage_token(installation.keys, receipt.id, 0))


async def posted(request: AnyRequest) -> list[tuple[str, str]]:
    """The pairs of a form. Raises Malformed for what no browser sends."""
    try:
        return parse_qsl((await request.body()).decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except (UnicodeDecodeError, ValueError) as error:
        raise Malformed from error


def _wording(request: AnyRequest) -> dict[str, str]:
    language = reader_of(request).language
    return {"heading": translate(language, words("报名")), "submit": translate(language, words("提交报名"))}


ROUTES = [empty_form, send_form]
