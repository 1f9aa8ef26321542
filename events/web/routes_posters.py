"""A month's posters and events' pictures: made by workers, answered from the store, waited for on a page that asks again by itself."""

from contextlib import suppress
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_202_ACCEPTED, HTTP_304_NOT_MODIFIED
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.filters import Filters
from events.calendar.month import parse_month
from events.errors import PosterFailed, PosterQueueFull, TooManyPosters
from events.i18n import Language, translate, words
from events.posters import service
from events.posters.models import Poster
from events.posters.rules import WAIT_SECONDS, PosterKind
from events.posters.subjects import MAKES, Subject, store_path
from events.web.kept_pages import filters_of
from events.web.pages import Reader, month_name, page, read, reader_of
from events.web.strangers import FILTERED, knowing
from infra.installation import Installation
from infra.storage import Store, StoreFailed, open_store
from infra.web import AnyRequest, network_from

# Kept by nobody without asking whether it is still so; a picture in place of another for a minute.
REVALIDATE, SHORTLY = "public, no-cache", "public, max-age=60"
VARY = "Accept, Accept-Language, Cookie"
READY_MADE = Path(__file__).parents[1] / "posters" / "pictures"


@read(["/calendar/{month:str}/poster.pdf", "/calendar/{month:str}/poster.png"], before_request=knowing(*FILTERED))
async def month_poster(
    request: AnyRequest, month: FromPath[str], session: NamedDependency[AsyncSession], installation: NamedDependency[Installation]
) -> Response[bytes]:
    """A month with its filters as a sheet for a wall, or as a picture for telephones. Until it is made: 202, and when to ask again."""
    reader = reader_of(request)
    first, filters = parse_month(month), filters_of(request)
    kind = PosterKind.SHEET if request.url.path.endswith(".pdf") else PosterKind.PHONE
    subject = Subject(kind, reader.language, month=f"{first:%Y-%m}", filters=filters.query())
    name = f"{translate(reader.language, words('赛历'))} {month_name(reader.language, first)}.{MAKES[kind].form}"
    found = await service.find(session, subject)
    if found.poster and found.true:
        disposition = _named(f"saili-{month}.{MAKES[kind].form}", name)
        if made := await _made(request, installation, found.poster, disposition=disposition):
            return made
    network = network_from(request, installation)
    await service.ask(session, installation.keys, subject, found.poster, network=network, lost=found.true)
    return _waiting(request, reader, month_name(reader.language, first), f"{first:%Y-%m}", filters)


@read("/events/{event_id:uuid}/picture.png")
async def event_picture(
    request: AnyRequest, event_id: FromPath[UUID], session: NamedDependency[AsyncSession], installation: NamedDependency[Installation]
) -> Response[bytes]:
    """The picture of an event beside a link to it (1200 × 630). Those who show links don't wait: until it is made, they get the site's."""
    language = reader_of(request).language
    subject = Subject(PosterKind.PICTURE, language, event_id=event_id)
    found = await service.find(session, subject)
    if found.poster and found.true and (made := await _made(request, installation, found.poster, disposition="inline")):
        return made
    network = network_from(request, installation)
    with suppress(PosterFailed, PosterQueueFull, TooManyPosters):  # refused before anything was written
        await service.ask(session, installation.keys, subject, found.poster, network=network, lost=found.true)
    return Response(ready_made(language), media_type="image/png", headers={"Cache-Control": SHORTLY, "Vary": VARY})


def ready_made(language: Language) -> bytes:
    """The picture of the site, which is shipped: `python -m events.posters.ready_made` draws it anew."""
    return (READY_MADE / f"{language.value}.png").read_bytes()


async def _made(request: AnyRequest, installation: Installation, poster: Poster, *, disposition: str) -> Response[bytes] | None:
    """The poster as an answer, or the 304 that says it is the same (RFC 9110, section 13.1.2); None where the store has lost it."""
    how, tag = MAKES[poster.kind], f'"{poster.tag}"'
    headers = {"ETag": tag, "Cache-Control": REVALIDATE, "Vary": VARY, "Content-Language": poster.language.value}
    known = request.headers.get("if-none-match", "")
    if known.strip() == "*" or tag in [one.strip().removeprefix("W/") for one in known.split(",")]:
        return Response(b"", status_code=HTTP_304_NOT_MODIFIED, headers=headers)
    body = await _stored(open_store(installation.settings), poster)
    if body is None:
        return None
    return Response(body, media_type=how.media_type, headers={**headers, "Content-Disposition": disposition})


async def _stored(store: Store, poster: Poster) -> bytes | None:
    """The bytes, or None where they are gone. A store that is away for now is refused like one whose poster failed."""
    try:
        found = await store.find(store_path(poster.id, poster.tag or "", poster.kind))
    except StoreFailed:
        raise PosterFailed(retry_after=WAIT_SECONDS) from None
    return found.body if found else None


def _named(plain: str, name: str) -> str:
    """Shown in place, saved under its name (RFC 6266; the second form is for names that are not ASCII)."""
    return f"inline; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _waiting(request: AnyRequest, reader: Reader, called: str, month: str, filters: Filters) -> Response[bytes]:
    """To people a page that loads itself anew, without a script; to programs a line of JSON."""
    headers = {"Retry-After": str(WAIT_SECONDS), "Cache-Control": "no-store", "Vary": VARY}
    if "text/html" in request.headers.get("accept", ""):
        query = "?" + "&".join(filter(None, [filters.query(), reader.language_query[1:]]))
        back = f"/calendar/{month}" + query.rstrip("?")
        return page(request, "poster_waiting.html", code=HTTP_202_ACCEPTED, headers=headers, seconds=WAIT_SECONDS, month=called, back=back)
    detail = translate(reader.language, words("海报正在制作，请稍后再取。"))
    body = msgspec.json.encode({"status": HTTP_202_ACCEPTED, "code": "poster_waiting", "detail": detail, "retry_after": WAIT_SECONDS})
    return Response(body, status_code=HTTP_202_ACCEPTED, media_type="application/json", headers=headers)


ROUTES = [month_poster, event_picture]
