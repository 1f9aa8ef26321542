"""A leader's own registration on a page: read, changed, left, its link renewed."""

from typing import Any
from uuid import UUID

import segno
from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from events.competitions.queries import get_entered
from events.competitions.schemas import division_out
from events.errors import Faulty, NotFound, Refusal, Unauthenticated
from events.i18n import translate, words
from events.registrations.access import reach_as_leader
from events.registrations.amending import amend, judge
from events.registrations.contents import LeaderPatch, RegistrationPatch
from events.registrations.links import rotate
from events.registrations.queries import list_roster, waitlist_position
from events.registrations.rules import ACTIVE
from events.registrations.schemas import registration_out
from events.registrations.tokens import manage_link, manage_token
from events.registrations.withdrawals import withdraw
from events.web.entrance import COOKIE, admit, reach, same_site
from events.web.event_page import times_in_words
from events.web.pages import page, read, reader_of, see_other
from events.web.registering import ROLES, TeamForm, sentences
from events.web.routes_registering import form_page, posted, rehearsed
from infra import clock
from infra.installation import Installation
from infra.web import AnyRequest


@read("/registrations/manage", sync_to_thread=False)
def door(request: AnyRequest) -> Response[bytes]:
    """Where manage links lead. The code behind the # stays in the browser, whose script posts it; without one it is pasted."""
    return page(request, "manage.html", refusal=None)


@post("/registrations/manage", include_in_schema=False)
async def enter(
    request: AnyRequest, session: NamedDependency[AsyncSession], installation: NamedDependency[Installation]
) -> Response[bytes]:
    """Let a leader in who has the code, or the whole link."""
    same_site(request)
    reader = reader_of(request)
    code = dict(await posted(request)).get("code", "").strip().rpartition("#")[2]
    key, _, token = code.partition(".")
    try:
        found = await reach_as_leader(session, installation.keys, UUID(key), token)
    except (ValueError, NotFound, Unauthenticated):
        refusal = translate(reader.language, words("这个管理链接不对，或者已经换过。请用最新的一个。"))
        return page(request, "manage.html", code=404, refusal=refusal)
    return admit(see_other(f"/registrations/{found.id}{reader.language_query}"), installation, found.id, token)


@read("/registrations/{registration_id:uuid}")
async def registration_page(
    request: AnyRequest,
    registration_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    installation: NamedDependency[Installation],
) -> Response[bytes]:
    """The registration, for the browser that was let in; any other is sent to where links are opened."""
    if COOKIE not in request.cookies:
        return see_other(f"/registrations/manage{reader_of(request).language_query}")
    found = await reach(request, session, installation, registration_id)
    division, competition, entry = await get_entered(session, found.division_id, installation.settings.zone)
    language = reader_of(request).language
    link = manage_link(installation.settings.public_url, found.id, manage_token(installation.keys, found.id, found.generation))
    shown = registration_out(found, await waitlist_position(session, found), await list_roster(session, found.id))
    active = found.status in ACTIVE
    return page(
        request,
        "registration.html",
        registration=shown,
        event=entry,
        times=times_in_words(entry, reader_of(request), installation.settings.zone),
        competition_title=competition.title,
        division_name=division.name,
        roles={role.value: translate(language, name) for role, name in ROLES.items()},
        active=active,
        can_edit=active and division_out(competition, division, clock.now(), over_at=entry.over_at).state in ("open", "full"),
        link=link,
        qr=Markup(segno.make(link, error="m").svg_inline(scale=4, omitsize=True)),  # noqa: S704 - drawn here from our own link
        message=_message(request),
        division=division_out(competition, division, clock.now(), over_at=entry.over_at),
    )


@read("/registrations/{registration_id:uuid}/edit")
async def edit_form(
    request: AnyRequest,
    registration_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    installation: NamedDependency[Installation],
) -> Response[bytes]:
    """The form, filled with what was registered."""
    found = await reach(request, session, installation, registration_id)
    fields = {
        "team_name": found.team_name,
        "unit_region": found.unit_region,
        "leader.name": found.leader_name,
        "leader.phone": found.leader_phone,
        "leader.email": found.leader_email or "",
    }
    form = TeamForm.filled(fields, [(entry.name, entry.role.value) for entry in await list_roster(session, found.id)])
    return await form_page(request, session, installation, found.division_id, form, asks_code=False, **_wording(request))


@post("/registrations/{registration_id:uuid}/edit", include_in_schema=False)
async def save_form(
    request: AnyRequest,
    registration_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    installation: NamedDependency[Installation],
) -> Response[bytes]:
    """Change the registration, and go back to it; or the form again with what is wrong."""
    same_site(request)
    found = await reach(request, session, installation, registration_id)
    pairs, reader = await posted(request), reader_of(request)
    form = TeamForm.posted(pairs)
    written = form.written(reader.language)
    leader = LeaderPatch(written.leader.name, written.leader.phone, written.leader.email)
    patch = RegistrationPatch(team_name=written.team_name, unit_region=written.unit_region, leader=leader, roster=written.roster)
    own: dict[str, Any] = {"asks_code": False, **_wording(request)}
    if again := await rehearsed(request, session, installation, found.division_id, form, dict(pairs).get("do", ""), own):
        return again
    try:
        # What is refused is refused before anything is locked; what others changed meanwhile, after that.
        await judge(session, installation.keys, found, patch, by_desk=False)
        async with session.begin_nested():
            await amend(session, installation.keys, registration_id, patch, by_desk=False)
    except Faulty as refusal:
        faults = sentences(refusal.faults, reader.language)
        return await form_page(request, session, installation, found.division_id, form, code=422, faults=faults, **own)
    except Refusal as refusal:
        detail = refusal.detail(reader.language)
        return await form_page(request, session, installation, found.division_id, form, code=refusal.status, refusal=detail, **own)
    return _back(request, registration_id, "saved")


@post("/registrations/{registration_id:uuid}/withdraw", include_in_schema=False)
async def leave(
    request: AnyRequest,
    registration_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    installation: NamedDependency[Installation],
) -> Response[bytes]:
    """Withdraw: the place goes to the next team waiting."""
    same_site(request)
    await reach(request, session, installation, registration_id)
    await withdraw(session, registration_id)
    return _back(request, registration_id, "")


@post("/registrations/{registration_id:uuid}/rotate", include_in_schema=False)
async def renew(
    request: AnyRequest,
    registration_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    installation: NamedDependency[Installation],
) -> Response[bytes]:
    """A new link; every one given before is dead."""
    same_site(request)
    found = await reach(request, session, installation, registration_id)
    generation = await rotate(session, registration_id, generation=found.generation)
    return admit(
        _back(request, registration_id, "renewed"), installation, registration_id, manage_token(installation.keys, found.id, generation)
    )


def _back(request: AnyRequest, registration_id: UUID, done: str) -> Response[bytes]:
    pairs = [*reader_of(request).kept(), *([("done", done)] if done else [])]
    return see_other(f"/registrations/{registration_id}" + ("?" + "&".join(f"{name}={value}" for name, value in pairs) if pairs else ""))


def _message(request: AnyRequest) -> str | None:
    done = {"saved": words("已保存。"), "renewed": words("链接已经换了，旧的作废。")}
    said = done.get(request.query_params.get("done", ""))
    return translate(reader_of(request).language, said) if said else None


def _wording(request: AnyRequest) -> dict[str, Any]:
    language = reader_of(request).language
    return {"heading": translate(language, words("修改报名")), "submit": translate(language, words("保存")), "keep": False}


ROUTES = [door, enter, registration_page, edit_form, save_form, leave, renew]
