"""What an address follows, on a page that only its manage link opens: seen, left, told in another language."""

from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from events.errors import Faulty, NotFound, Unauthenticated, describe
from events.i18n import Language, translate, words
from events.notices.ending import end
from events.notices.follow_links import manage_token
from events.notices.models import Subscription
from events.notices.subscribing import ask_link, change_language, list_followed, reach
from events.notices.targets import Scope
from events.web.entrance import keep, same_site
from events.web.pages import page, read, reader_of, see_other
from events.web.routes_follow import KINDS, said
from events.web.routes_registering import posted
from infra.installation import Installation
from infra.web import AnyRequest, network_from

Told = Response[bytes]

COOKIE, PATH, SECONDS = "saili_follow", "/follow/manage", 24 * 3600
LANGUAGES = {Language.ZH: "中文", Language.EN: "English"}


@read(PATH)
async def manage(request: AnyRequest, session: NamedDependency[AsyncSession], installation: NamedDependency[Installation]) -> Told:
    """Everything that the address follows, for the browser that was let in; for any other, the door."""
    code = request.cookies.get(COOKIE, "")
    if not code:
        return _door(request)
    try:
        found = await reach(session, installation.keys, code)
    except (NotFound, Unauthenticated):
        return _forget(_door(request), installation)
    language = reader_of(request).language
    followed = [
        {
            "id": one.id,
            "kind": translate(language, KINDS[one.scope]),
            "name": one.name,
            "link": _link(one.scope, one.key),
            "since": one.since,
        }
        for one in await list_followed(session, found.contact or b"")
    ]
    zone = installation.settings.zone
    return page(
        request,
        "following.html",
        address=found.address,
        followed=followed,
        since=lambda at: at.astimezone(zone).date(),
        chosen=found.language,
        languages=LANGUAGES,
    )


@post(PATH, include_in_schema=False)
async def enter(request: AnyRequest, session: NamedDependency[AsyncSession], installation: NamedDependency[Installation]) -> Told:
    """Let in whoever has the code, or the whole link."""
    same_site(request)
    reader = reader_of(request)
    code = dict(await posted(request)).get("code", "").strip().rpartition("#")[2]
    try:
        await reach(session, installation.keys, code)
    except (NotFound, Unauthenticated):
        refusal = translate(reader.language, words("这个管理链接不对，或者已经作废。请让系统再寄一次。"))
        return _door(request, refusal=refusal, code=404)
    return _admit(see_other(f"{PATH}{reader.language_query}"), installation, code)


@post(f"{PATH}/link", include_in_schema=False)
async def send_link(request: AnyRequest, session: NamedDependency[AsyncSession], installation: NamedDependency[Installation]) -> Told:
    """Send the manage link. The answer is the same whether or not the address follows anything."""
    same_site(request)
    reader, network = reader_of(request), network_from(request, installation)
    email, limit = dict(await posted(request)).get("email", ""), installation.settings.network_limit
    try:
        await ask_link(session, installation.keys, email, language=reader.language, network=network, network_limit=limit)
    except Faulty as faulty:
        return _door(request, email=email, fault=describe(faulty.faults[0], reader.language), code=422)
    return see_other(f"/follow/sent{reader.language_query}")


@post(f"{PATH}/leave", include_in_schema=False)
async def leave_some(request: AnyRequest, session: NamedDependency[AsyncSession], installation: NamedDependency[Installation]) -> Told:
    """Leave one, or all. Whoever has left everything is let out."""
    found = await _reached(request, session, installation)
    written = dict(await posted(request))
    contact, theirs = found.contact or b"", Subscription.contact == found.contact
    if written.get("all") != "yes":
        theirs = theirs & (Subscription.id == _id(written.get("id", "")))
    await end(session, theirs)
    left = await list_followed(session, contact)
    if not left:
        text = words("您的邮箱地址已从系统里删去，我们不会再给您写信。")
        return _forget(said(request, words("已取消全部关注"), text), installation)
    # The code that let this browser in ends with its own subscription; any other of the address will do.
    code = f"{left[0].id}.{manage_token(installation.keys, left[0].id)}"
    return _admit(see_other(f"{PATH}{reader_of(request).language_query}"), installation, code)


@post(f"{PATH}/language", include_in_schema=False)
async def choose_language(request: AnyRequest, session: NamedDependency[AsyncSession], installation: NamedDependency[Installation]) -> Told:
    """Write in another language from now on."""
    found = await _reached(request, session, installation)
    chosen = dict(await posted(request)).get("language", "")
    if chosen not in list(Language):
        raise NotFound
    await change_language(session, found.contact or b"", Language(chosen))
    return see_other(f"{PATH}{reader_of(request).language_query}")


async def _reached(request: AnyRequest, session: AsyncSession, installation: Installation) -> Subscription:
    same_site(request)
    return await reach(session, installation.keys, request.cookies.get(COOKIE, ""))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error


def _link(scope: Scope, key: str) -> str:
    return f"/events/{key}" if scope is Scope.EVENT else f"/calendar?{urlencode({scope.value: key})}"


def _door(request: AnyRequest, *, refusal: str = "", email: str = "", fault: str = "", code: int = 200) -> Told:
    return page(request, "follow_door.html", code=code, refusal=refusal, email=email, fault=fault)


def _admit(answer: Told, installation: Installation, code: str) -> Told:
    """Let this browser in for a day."""
    return keep(answer, installation, COOKIE, code, path=PATH, seconds=SECONDS)


def _forget(answer: Told, installation: Installation) -> Told:
    return keep(answer, installation, COOKIE, "", path=PATH, seconds=0)


ROUTES = [manage, enter, send_link, leave_some, choose_language]
