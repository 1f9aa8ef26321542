"""Following by e-mail: the form, and where the links of the mails lead. A GET changes nothing, for mail scanners open every link."""

from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.status_codes import HTTP_200_OK
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.called import read_names
from events.calendar.filters import Filters, parse_query
from events.calendar.models import Series, Sport
from events.errors import Faulty, NotFound, describe
from events.i18n import translate, words
from events.notices.consent import CONSENTS, CURRENT
from events.notices.subscribing import ask, confirm, find_to_confirm, leave
from events.notices.targets import Scope, Target, find_target
from events.regions.models import Region
from events.regions.queries import within
from events.web.entrance import same_site
from events.web.pages import LOOKS, page, read, reader_of, see_other
from events.web.routes_registering import posted
from events.web.strangers import FILTERED, knowing
from events.web.subscribing import described
from infra.installation import Installation
from infra.web import AnyRequest, network_from

Told = Response[bytes]
MOST_CHOICES = 300
SCOPES = [scope.value for scope in Scope]

KINDS: dict[Scope, str] = {
    Scope.REGION: words("地区"),
    Scope.SERIES: words("系列"),
    Scope.SPORT: words("项目"),
    Scope.EVENT: words("活动"),
}


@read("/follow", before_request=knowing(*SCOPES, *FILTERED))
async def form(request: AnyRequest, session: NamedDependency[AsyncSession], installation: NamedDependency[Installation]) -> Told:
    """The form for what the address names; without that, or with several, the choice of one. Of a calendar's other filters it says that
    following doesn't take them."""
    pairs = [(name, value) for name, value in parse_query(request.scope["query_string"]) if name not in LOOKS and value]
    asked = [pair for pair in pairs if pair[0] in SCOPES]
    filters = Filters.parse(pair for pair in pairs if pair[0] not in SCOPES)
    language = reader_of(request).language
    said = described(filters.pairs(), await read_names(await session.connection(), filters), language)
    left_out = translate(language, words("、")).join(value for _, value in said)
    if len(asked) != 1:
        return await _choice(request, session, installation, asked, left_out)
    target = await find_target(session, Scope(asked[0][0]), asked[0][1])
    return _form(request, installation, target, left_out=left_out)


@post("/follow", include_in_schema=False)
async def send(request: AnyRequest, session: NamedDependency[AsyncSession], installation: NamedDependency[Installation]) -> Told:
    """Write to the address. The answer is the same whether it is known or not."""
    same_site(request)
    reader, written = reader_of(request), dict(await posted(request))
    scope = next((scope for scope in Scope if scope.value == written.get("scope")), None)
    if scope is None:
        raise NotFound
    target = await find_target(session, scope, written.get("key", ""))
    email, network = written.get("email", ""), network_from(request, installation)
    limit = installation.settings.network_limit
    try:
        await ask(session, installation.keys, target, email, language=reader.language, network=network, network_limit=limit)
    except Faulty as faulty:
        return _form(request, installation, target, email=email, fault=describe(faulty.faults[0], reader.language), code=422)
    return see_other(f"/follow/sent{reader.language_query}")


@read("/follow/sent", sync_to_thread=False)
def sent(request: AnyRequest) -> Told:
    """What to do next, for whoever typed an address in."""
    text = words("如果这个地址能收信，几分钟内会收到一封邮件，请打开其中的链接。没有收到的话，请看看垃圾邮件，或过一会儿再试。")
    return said(request, words("请查收邮件"), text)


@read("/follow/confirm")
async def ask_to_confirm(request: AnyRequest, session: NamedDependency[AsyncSession], installation: NamedDependency[Installation]) -> Told:
    """The button that confirms."""
    language = reader_of(request).language
    try:
        found = await find_to_confirm(session, installation.keys, *_code(request.query_params))
    except NotFound:
        return _too_late(request)
    heading = translate(language, words("确认关注「{name}」"), name=found.name)
    text = translate(language, words("按下按钮，我们才会开始给您写信。"))
    return _button(request, heading, text, translate(language, words("确认关注")), "/follow/confirm")


@post("/follow/confirm", status_code=HTTP_200_OK, include_in_schema=False)
async def do_confirm(request: AnyRequest, session: NamedDependency[AsyncSession], installation: NamedDependency[Installation]) -> Told:
    """Confirm, by the button. Pressed twice, it is confirmed."""
    same_site(request)
    try:
        found = await confirm(session, installation.keys, *_code(dict(await posted(request))))
    except NotFound:
        return _too_late(request)
    text = (
        words("活动改期、延期、取消、开始报名时，我们会给您写信。每封信的末尾都可以取消关注。")
        if found.scope is Scope.EVENT
        else words("新发布的活动和变化，每天最多汇成一封信；两天之内的活动延期或取消，会立即告诉您。每封信的末尾都可以取消关注。")
    )
    return said(request, words("已关注「{name}」"), text, name=found.name)


@read("/follow/leave", sync_to_thread=False)
def ask_to_leave(request: AnyRequest) -> Told:
    """The button that leaves."""
    language = reader_of(request).language
    text = translate(language, words("取消以后不再收到这项通知，邮箱地址如无别的关注，会立即从系统里删去。"))
    return _button(request, translate(language, words("取消关注")), text, translate(language, words("取消关注")), "/follow/leave")


@post("/follow/leave", status_code=HTTP_200_OK, include_in_schema=False)
async def do_leave(request: AnyRequest, session: NamedDependency[AsyncSession], installation: NamedDependency[Installation]) -> Told:
    """Leave, by the button or by one click of a mail program (RFC 8058): without cookies, from anywhere, by the code in the address or,
    from our own page, in the body. What else the body says is no matter."""
    code = request.query_params if "t" in request.query_params else dict(await posted(request))
    try:
        await leave(session, installation.keys, *_code(code))
    except NotFound:
        return _too_late(request)
    return said(request, words("已取消关注"), words("我们不会再就此给您写信。"))


def said(request: AnyRequest, title: str, text: str, *, code: int = 200, **values: object) -> Told:
    """A page that says what has been done."""
    language = reader_of(request).language
    heading = translate(language, title, **values)
    return page(request, "follow_said.html", code=code, title=heading, text=translate(language, text))


def _form(
    request: AnyRequest,
    installation: Installation,
    target: Target,
    *,
    email: str = "",
    fault: str = "",
    code: int = 200,
    left_out: str = "",
) -> Told:
    language = reader_of(request).language
    return page(
        request,
        "follow.html",
        code=code,
        target=target,
        kind=translate(language, KINDS[target.scope]),
        consent=translate(language, CONSENTS[CURRENT]),
        email=email,
        fault=fault,
        left_out=left_out,
        push=installation.settings.push and target.scope is Scope.EVENT,
    )


async def _choice(
    request: AnyRequest, session: AsyncSession, installation: Installation, asked: list[tuple[str, str]], left_out: str
) -> Told:
    """Everything that can be chosen, what the address named first; three statements."""
    home = installation.settings.home_region
    above = select(Region.code).where(Region.code == select(Region.parent_code).where(Region.code == home).scalar_subquery())
    offices = select(Region.code, Region.name).where(or_(Region.code.in_(within(home)), Region.code.in_(above)), Region.tier.is_not(None))
    regions = await session.execute(offices.order_by(Region.code).limit(MOST_CHOICES))
    series = await session.execute(select(Series.slug, Series.name).order_by(Series.slug).limit(MOST_CHOICES))
    sports = await session.execute(select(Sport.slug, Sport.name).order_by(Sport.slug).limit(MOST_CHOICES))
    choices: dict[Scope, list[tuple[str, str]]] = {
        Scope.REGION: [(row.code, row.name) for row in regions],
        Scope.SERIES: [(row.slug, row.name) for row in series],
        Scope.SPORT: [(row.slug, row.name) for row in sports],
    }
    language, chosen = reader_of(request).language, {Scope.REGION.value: home} | dict(asked)
    parts: list[dict[str, Any]] = [
        {"scope": scope.value, "kind": translate(language, KINDS[scope]), "choices": some, "chosen": chosen.get(scope.value)}
        for scope, some in choices.items()
        if some
    ]
    return page(request, "follow_choice.html", parts=parts, left_out=left_out)


def _code(pairs: Any) -> tuple[UUID, str]:
    """The subscription and the token of a link. Raises NotFound for what is none."""
    try:
        return UUID(pairs.get("s", "")), pairs.get("t", "")
    except ValueError as error:
        raise NotFound from error


def _button(request: AnyRequest, heading: str, text: str, button: str, action: str) -> Told:
    """A page with one button, that posts the code on which it was opened."""
    hidden = {name: request.query_params.get(name, "") for name in ("s", "t")}
    return page(request, "follow_button.html", heading=heading, text=text, button=button, action=action, hidden=hidden)


def _too_late(request: AnyRequest) -> Told:
    text = words("链接不完整，或者已经过期：没有确认的关注三天后会自动作废。请重新填写邮箱。")
    return said(request, words("这个链接不能用"), text, code=404)


ROUTES = [form, send, sent, ask_to_confirm, do_confirm, ask_to_leave, do_leave]
