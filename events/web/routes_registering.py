"""Registering a team on a page: a form, its faults at their fields, and then the registration itself.

It is one page where no script runs. A script makes steps of it, and asks for the same answers: `do=check` for the faults of what is typed.
"""

from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy import and_, exists, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.entries import Entry
from events.competitions.contents import MOST_ATHLETES
from events.competitions.models import Division
from events.competitions.queries import get_entered
from events.competitions.rules import Entry as EntryMode
from events.competitions.schemas import division_out
from events.errors import BadEntryCode, Faulty, IdempotencyMismatch, Malformed, NotFound, Refusal
from events.i18n import translate, words
from events.regions.models import Region
from events.regions.queries import within
from events.regions.rules import Tier
from events.registrations.contents import STAFF_MOST, Bounds, region_code, registration_faults
from events.registrations.form_keys import CALLER, is_form_key, new_form_key
from events.registrations.idempotency import read_key
from events.registrations.models import Registration
from events.registrations.service import register
from events.registrations.tokens import manage_token
from events.web.entrance import admit, same_site
from events.web.pages import page, read, reader_of, see_other
from events.web.registering import ROLES, SPARE_ROWS, TeamForm, sentences
from infra import clock
from infra.installation import Installation
from infra.web import AnyRequest, network_from

# The largest roster that a division may ask for, two fields a line, and the rest of the form.
MOST_FIELDS = 2 * (MOST_ATHLETES + STAFF_MOST + SPARE_ROWS) + 20


async def region_choices(session: AsyncSession, entry: Entry, home: str) -> list[tuple[str, str]]:
    """Where a team may come from: the streets around the event first, then the city's districts, then elsewhere in the country."""
    near = entry.region.code[:6] if entry.tier is not Tier.CITY else home
    above = select(func.coalesce(Region.parent_code, near)).where(Region.code == near).scalar_subquery()
    kinds = (
        and_(Region.code.in_(within(near)), Region.tier.is_not(None)),
        and_(Region.code.in_(within(above)), Region.tier.in_((Tier.DISTRICT, Tier.CITY))),
        Region.parent_code.is_(None),
    )
    parts = union_all(*(select(literal(n).label("place"), Region.code, Region.name).where(kind) for n, kind in enumerate(kinds))).subquery()
    rows = await session.execute(select(parts.c.code, parts.c.name).order_by(parts.c.place, parts.c.code))
    return list({row.code: row.name for row in rows}.items())


async def form_page(
    request: AnyRequest, session: AsyncSession, installation: Installation, division_id: UUID, form: TeamForm, **own: Any
) -> Response[bytes]:
    """The form of a team, new or being changed, with what is wrong with it; in two statements."""
    stored, competition, entry = await get_entered(session, division_id, installation.settings.zone)
    division = division_out(competition, stored, clock.now(), over_at=entry.over_at)
    language = reader_of(request).language
    shown: dict[str, Any] = {
        "refusal": None,
        "faults": {},
        "key": new_form_key(installation.keys),
        "asks_code": competition.entry is EntryMode.CODE,
        "read": None,
        "made": None,
        "fresh": False,
    }
    return page(
        request,
        "register.html",
        event=entry,
        competition_title=competition.title,
        division=division,
        form=form.fields,
        rows=form.rows(division.roster_max),
        twice=form.twice(),
        roles=[(role.value, translate(language, name)) for role, name in ROLES.items()],
        regions=await region_choices(session, entry, installation.settings.home_region),
        **(shown | own),
    )


async def rehearsed(
    request: AnyRequest,
    session: AsyncSession,
    installation: Installation,
    division_id: UUID,
    form: TeamForm,
    asked: str,
    own: dict[str, Any],
) -> Response[bytes] | None:
    """The form again before anything is sent: people who were pasted stand in its list, or all is judged that is typed so far.

    Whoever pasted and pressed the last button at once reads the list first. None where the form is to be sent.
    """
    if form.fields["pasted"].strip():
        form, read_ = form.with_pasted()
        return await form_page(request, session, installation, division_id, form, read=read_, **own)
    if asked != "check":
        return None
    written = form.written(reader_of(request).language)
    known = exists().where(Region.code == region_code(written.unit_region)).label("region_known")
    bounds = select(Division.roster_min, Division.roster_max, known).where(Division.id == division_id)
    found = (await session.execute(bounds)).one_or_none()
    if found is None:
        raise NotFound
    faults = registration_faults(written, Bounds(found.roster_min, found.roster_max), region_known=found.region_known)
    said = sentences(faults, reader_of(request).language)
    return await form_page(request, session, installation, division_id, form, faults=said, **own)


@read("/divisions/{division_id:uuid}/register")
async def empty_form(
    request: AnyRequest, division_id: FromPath[UUID], session: NamedDependency[AsyncSession], installation: NamedDependency[Installation]
) -> Response[bytes]:
    """The empty form. Its hidden key makes a second press of the button the same registration."""
    return await form_page(request, session, installation, division_id, TeamForm.filled({}), fresh=True, **_wording(request))


@post("/divisions/{division_id:uuid}/register", include_in_schema=False)
async def send_form(
    request: AnyRequest, division_id: FromPath[UUID], session: NamedDependency[AsyncSession], installation: NamedDependency[Installation]
) -> Response[bytes]:
    """Register, and go to the registration; or the form again, with everything that was typed and what is wrong with it."""
    same_site(request)
    pairs = await posted(request)
    form, key, keys, reader = TeamForm.posted(pairs), dict(pairs).get("key", ""), installation.keys, reader_of(request)
    own: dict[str, Any] = {"key": key or new_form_key(keys), **_wording(request)}
    if again := await rehearsed(request, session, installation, division_id, form, dict(pairs).get("do", ""), own):
        return again
    network = network_from(request, installation)
    try:
        # A savepoint, so that the form can still be read and shown when the desk refuses.
        async with session.begin_nested():
            receipt = await register(
                session,
                keys,
                division_id,
                form.written(reader.language),
                key=read_key(key),
                network=network,
                network_limit=installation.settings.network_limit,
                caller=CALLER if is_form_key(keys, key) else None,
            )
    except NotFound:
        raise
    except IdempotencyMismatch as refusal:
        return await _sent_before(request, session, installation, division_id, form, refusal, own)
    except Refusal as refusal:
        return await form_page(request, session, installation, division_id, form, code=refusal.status, **_told(request, refusal), **own)
    generation = await session.scalar(select(Registration.generation).where(Registration.id == receipt.id))
    return _admitted(installation, see_other(f"/registrations/{receipt.id}{reader.language_query}"), receipt.id, generation)


def _told(request: AnyRequest, refusal: Refusal) -> dict[str, Any]:
    """A refusal at its fields, where it has any."""
    language = reader_of(request).language
    if isinstance(refusal, Faulty):
        return {"faults": sentences(refusal.faults, language)}
    if isinstance(refusal, BadEntryCode):
        return {"faults": {"entry_code": refusal.detail(language)}}
    return {"refusal": refusal.detail(language)}


async def _sent_before(
    request: AnyRequest,
    session: AsyncSession,
    installation: Installation,
    division_id: UUID,
    form: TeamForm,
    refusal: IdempotencyMismatch,
    own: dict[str, Any],
) -> Response[bytes]:
    """The form was sent before, its answer was lost, and then something was changed in it: lead to the registration that it made.

    Only a key of ours proves that this is the browser that sent it.
    """
    language = reader_of(request).language
    if refusal.made is None or not is_form_key(installation.keys, own["key"]):
        return await form_page(request, session, installation, division_id, form, code=refusal.status, **_told(request, refusal), **own)
    said = translate(language, words("这张表先前已经提交成功，只是结果没有送到。之后改动的内容还没有保存：请打开那份报名，在那里修改。"))
    made, generation = refusal.made
    answer = await form_page(request, session, installation, division_id, form, code=refusal.status, refusal=said, made=made, **own)
    return _admitted(installation, answer, made, generation)


def _admitted(installation: Installation, answer: Response[bytes], registration_id: UUID, generation: int | None) -> Response[bytes]:
    """The answer, which lets this browser in for as long as the first link holds.

    After the leader exchanged the link, a form that is sent once more opens nothing: the browser that exchanged it keeps the cookie that
    it has, and any other was locked out on purpose.
    """
    if generation != 0:
        return answer
    return admit(answer, installation, registration_id, manage_token(installation.keys, registration_id, 0))


async def posted(request: AnyRequest) -> list[tuple[str, str]]:
    """The pairs of a form. Raises Malformed for what no browser sends."""
    try:
        return parse_qsl((await request.body()).decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except (UnicodeDecodeError, ValueError) as error:
        raise Malformed from error


def _wording(request: AnyRequest) -> dict[str, Any]:
    language = reader_of(request).language
    return {"heading": translate(language, words("报名")), "submit": translate(language, words("提交报名")), "keep": True}


ROUTES = [empty_form, send_form]
