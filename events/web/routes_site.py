"""What belongs to the site itself: the first page, assets, and mail where it is written as files."""

from datetime import UTC, datetime
from functools import cache
from urllib.parse import urlsplit

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response.base import ASGIResponse

from events.errors import NotFound
from events.web.mailbox import find_letter, list_letters
from events.web.pages import assets, page, read
from infra.answers import ReadyAnswer
from infra.installation import Installation
from infra.web import AnyRequest

LOOPBACK = ("127.0.0.1", "::1")
OF_PROXIES = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")


@read("/", sync_to_thread=False)
def first_page(request: AnyRequest) -> ASGIResponse:
    """The calendar is the first page."""
    query = request.url.query
    return ASGIResponse(status_code=307, headers={"Location": "/calendar" + (f"?{query}" if query else "")})


@read("/assets/{name:str}", sync_to_thread=False)
def asset(name: FromPath[str]) -> ReadyAnswer:
    """A style, script or picture of ours. Its name changes with its content, so it may be kept for ever."""
    if name not in assets():
        raise NotFound
    return _ready(name)


@cache
def _ready(name: str) -> ReadyAnswer:
    kind, content = assets()[name]
    return ReadyAnswer(content, kind, datetime.max.replace(tzinfo=UTC), [("Cache-Control", "public, max-age=31536000, immutable")])


@read("/mail", sync_to_thread=True)
def mails(request: AnyRequest, installation: NamedDependency[Installation]) -> Response[bytes]:
    """Mail that was written as files. With an SMTP server there is no such page."""
    settings = installation.settings
    if not _may_read(request, installation):
        raise NotFound
    return page(request, "mail.html", mails=list_letters(settings.data / "mail", settings.zone))


@read("/mail/{name:str}", sync_to_thread=True)
def mail(request: AnyRequest, name: FromPath[str], installation: NamedDependency[Installation]) -> Response[bytes]:
    """One letter, as text, with links that can be followed."""
    settings = installation.settings
    letter = find_letter(settings.data / "mail", name, settings.zone) if _may_read(request, installation) else None
    if letter is None:
        raise NotFound
    return page(request, "letter.html", mail=letter)


def _may_read(request: AnyRequest, installation: Installation) -> bool:
    """Letters hold links that let somebody in: they are read on this very machine only, not through a proxy, and nowhere on a public site.

    A proxy may say nothing of itself and put our own name in Host's place; many then speak HTTP/1.0, as no browser does.
    """
    settings = installation.settings
    here = request.client is not None and request.client.host in LOOPBACK
    # Another site's name that is made to lead here would let its pages read: only our own names count.
    named = urlsplit(f"//{request.headers.get('host', '')}").hostname in {*LOOPBACK, "localhost"}
    proxied = request.scope["http_version"] == "1.0" or any(name in request.headers for name in OF_PROXIES)
    return not settings.smtp_url and settings.at_home and here and named and not proxied


ROUTES = [first_page, asset, mails, mail]
