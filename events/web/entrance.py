"""How a leader gets in: the manage token comes in a form's body, never in an address, and stays in a cookie of that one page.

A second cookie holds it for the list of what this browser may manage (/my), and a third the pass to a leader's whole list.
"""

from contextlib import suppress
from urllib.parse import urlsplit
from uuid import UUID

from litestar import Response
from sqlalchemy.ext.asyncio import AsyncSession

from events.errors import Forbidden
from events.registrations.access import reach_as_leader
from events.registrations.models import Registration
from infra.installation import Installation
from infra.web import AnyRequest

COOKIE, MINE, PASS = "saili_manage", "saili_mine_", "saili_my"
LIST = "/my"
# Of the registrations that a browser holds cookies of, how many are looked up.
MOST_HELD = 50
SECONDS = 7 * 24 * 3600


def admit(answer: Response[bytes], installation: Installation, registration_id: UUID, token: str) -> Response[bytes]:
    """Let this browser manage one registration for a week. Scripts can't read the cookie, and other sites can't make it be sent."""
    keep(answer, installation, COOKIE, token, path=f"/registrations/{registration_id}")
    return keep(answer, installation, MINE + registration_id.hex, token, path=LIST)


def admit_to_list(answer: Response[bytes], installation: Installation, code: str) -> Response[bytes]:
    """Let this browser see all that was registered under an address, for a week."""
    return keep(answer, installation, PASS, code, path=LIST)


def keep(
    answer: Response[bytes], installation: Installation, name: str, value: str, *, path: str, seconds: int = SECONDS
) -> Response[bytes]:
    """A cookie of some pages, which scripts can't read and other sites can't make be sent; of no second, it is gone."""
    secure = installation.settings.public_url.startswith("https://")
    answer.set_cookie(key=name, value=value, path=path, max_age=seconds, httponly=True, secure=secure, samesite="strict")
    return answer


def held(request: AnyRequest) -> dict[UUID, str]:
    """The manage tokens that this browser holds, by registration: whether they still open anything is another question."""
    found: dict[UUID, str] = {}
    for name, token in request.cookies.items():
        if name.startswith(MINE) and len(found) < MOST_HELD:
            with suppress(ValueError):
                found[UUID(name.removeprefix(MINE))] = token
    return found


def forget(request: AnyRequest, answer: Response[bytes]) -> Response[bytes]:
    """This browser manages nothing any more."""
    answer.delete_cookie(PASS, path=LIST)
    for registration_id in held(request):
        answer.delete_cookie(MINE + registration_id.hex, path=LIST)
        answer.delete_cookie(COOKIE, path=f"/registrations/{registration_id}")
    return answer


async def reach(request: AnyRequest, session: AsyncSession, installation: Installation, registration_id: UUID) -> Registration:
    """The registration that this browser was let in to. Raises Unauthenticated or NotFound, and never says which ids there are."""
    return await reach_as_leader(session, installation.keys, registration_id, request.cookies.get(COOKIE, ""))


def same_site(request: AnyRequest) -> None:
    """Raises Forbidden for a form that another site posted: by Fetch Metadata (Sec-Fetch-Site), by Origin where that is lacking: in old
    browsers, and on sites without TLS. A proxy in front may have put its own name for us in Host's place.

    Whoever sends neither is no browser, and has no cookie that another could ride on; the cookie itself is SameSite=Strict.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    ours = (request.headers.get("host"), urlsplit(request.app.state.installation.settings.public_url).netloc)
    if site not in (None, "same-origin", "none") or (site is None and origin and urlsplit(origin).netloc not in ours):
        raise Forbidden
