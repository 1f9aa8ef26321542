"""A leader's registrations on one page, without a password: by a link that is mailed, or by what this browser holds."""

from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from events.errors import Faulty, NotFound, Refusal, Unauthenticated, describe
from events.i18n import translate, words
from events.notices.wording import STATUSES
from events.registrations import brake
from events.registrations.access import reach_as_leader
from events.registrations.links import ManageLinkIn, ask_for_all
from events.registrations.mine import Line, address_of, exchange, list_mine
from events.registrations.tokens import manage_token
from events.web.entrance import LIST, PASS, admit, admit_to_list, forget, held, same_site
from events.web.pages import page, read, reader_of, see_other
from events.web.routes_registering import posted
from infra import clock
from infra.crypto import same
from infra.installation import Installation
from infra.web import AnyRequest, network_from


@read(LIST)
async def my_page(
    request: AnyRequest, session: NamedDependency[AsyncSession], installation: NamedDependency[Installation]
) -> Response[bytes]:
    """What this browser may manage, and how to see the rest."""
    return await _page(request, session, installation)


@post("/my/ask", include_in_schema=False)
async def ask(request: AnyRequest, session: NamedDependency[AsyncSession], installation: NamedDependency[Installation]) -> Response[bytes]:
    """Ask for a link by mail. The answer is the same whether or not anybody has that contact, and so is the limit of the network."""
    same_site(request)
    language = reader_of(request).language
    contact = dict(await posted(request)).get("contact", "").strip()
    network, now = network_from(request, installation), clock.now()
    try:
        brake.asks.check(network, now)
        await ask_for_all(session, installation.keys, ManageLinkIn(email=contact) if "@" in contact else ManageLinkIn(phone=contact))
    except Faulty as refusal:
        return await _page(request, session, installation, code=422, contact=contact, fault=describe(refusal.faults[0], language))
    except Refusal as refusal:
        return await _page(request, session, installation, code=refusal.status, contact=contact, fault=refusal.detail(language))
    brake.asks.count(network, now)
    text = words("如果有用这个联系方式、留了邮箱的报名，链接已经寄往那个邮箱。二十分钟内只寄一次；没有收到，请看看垃圾邮件。")
    return page(request, "message.html", title=translate(language, words("请查收邮件")), text=translate(language, text))


@post("/my/enter", include_in_schema=False)
async def enter(
    request: AnyRequest, session: NamedDependency[AsyncSession], installation: NamedDependency[Installation]
) -> Response[bytes]:
    """Exchange a link for the list; a link that manages one registration leads to that one."""
    same_site(request)
    reader = reader_of(request)
    code = dict(await posted(request)).get("code", "").strip().rpartition("#")[2]
    key, _, token = code.partition(".")
    try:
        if "." in token:
            answer = see_other(f"{LIST}{reader.language_query}")
            return admit_to_list(answer, installation, await exchange(session, installation.keys, code))
        found = await reach_as_leader(session, installation.keys, UUID(key), token)
    except (ValueError, NotFound, Unauthenticated):
        refusal = translate(reader.language, words("这个链接不对，或者已经用过、过期、换过。请用最新的一个，或者再要一个。"))
        return await _page(request, session, installation, code=404, refusal=refusal)
    return admit(see_other(f"/registrations/{found.id}{reader.language_query}"), installation, found.id, token)


@post("/my/open/{registration_id:uuid}", include_in_schema=False)
async def open_one(
    request: AnyRequest,
    registration_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    installation: NamedDependency[Installation],
) -> Response[bytes]:
    """From the list to the page of one. Raises NotFound for one that isn't in it."""
    same_site(request)
    listed = [line.Registration for line in await _lines(request, session, installation)]
    found = next((registration for registration in listed if registration.id == registration_id), None)
    if found is None:
        raise NotFound
    token = manage_token(installation.keys, found.id, found.generation)
    return admit(see_other(f"/registrations/{found.id}{reader_of(request).language_query}"), installation, found.id, token)


@post("/my/forget", include_in_schema=False, sync_to_thread=False)
def leave_browser(request: AnyRequest) -> Response[bytes]:
    """Whoever uses this browser next manages nothing."""
    same_site(request)
    return forget(request, see_other(f"{LIST}{reader_of(request).language_query}"))


async def _lines(request: AnyRequest, session: AsyncSession, installation: Installation) -> list[Line]:
    """What the pass of this browser lists, and what it holds working tokens of."""
    keys, tokens = installation.keys, held(request)
    code = request.cookies.get(PASS)
    address = await address_of(session, keys, code) if code else None
    lines = await list_mine(session, address=address, ids=tokens.keys())
    return [line for line in lines if _may_see(line, address, tokens.get(line.Registration.id, ""), installation)]


def _may_see(line: Line, address: str | None, token: str, installation: Installation) -> bool:
    found = line.Registration
    theirs = address is not None and (found.leader_email or "").lower() == address
    return theirs or same(token, manage_token(installation.keys, found.id, found.generation))


async def _page(request: AnyRequest, session: AsyncSession, installation: Installation, *, code: int = 200, **own: Any) -> Response[bytes]:
    language, today = reader_of(request).language, clock.today(installation.settings.zone)
    lines = await _lines(request, session, installation)
    past = [line for line in lines if line.last_on and line.last_on < today]
    return page(
        request,
        "my.html",
        code=code,
        # The next first, after those without a day; what is over stands apart, the latest first.
        groups=[("coming", [line for line in reversed(lines) if line not in past]), ("past", past)],
        statuses={status: translate(language, name) for status, name in STATUSES.items()},
        known=bool(lines) or PASS in request.cookies,
        **({"refusal": None, "contact": "", "fault": None} | own),
    )


ROUTES = [my_page, ask, enter, open_one, leave_browser]
