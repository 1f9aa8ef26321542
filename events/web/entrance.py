"""How a leader gets in: the manage token comes in a form's body, never in an address, and stays in a cookie of that one page."""

from urllib.parse import urlsplit
from uuid import UUID

from litestar import Response
from sqlalchemy.ext.asyncio import AsyncSession

from events.errors import Forbidden
from events.registrations.access import reach_as_leader
from events.registrations.models import Registration
from infra.installation import Installation
from infra.web import AnyRequest

COOKIE = "saili_manage"
SECONDS = 7 * 24 * 3600


def admit(answer: Response[bytes], installation: Installation, registration_id: UUID, token: str) -> Response[bytes]:
    """Let this browser manage one registration for a week. Scripts can't read the cookie, and other sites can't make it be sent."""
    answer.set_cookie(
        key=COOKIE,
        value=token,
        path=f"/registrations/{registration_id}",
        max_age=SECONDS,
        httponly=True,
        secure=installation.settings.public_url.startswith("https://"),
        samesite="strict",
    )
    return answer


async def reach(request: AnyRequest, session: AsyncSession, installation: Installation, registration_id: UUID) -> Registration:
    """The registration that this browser was let in to. Raises Unauthenticated or NotFound, and never says which ids there are."""
    return await reach_as_leader(session, installation.keys, registration_id, request.cookies.get(COOKIE, ""))


def same_site(request: AnyRequest) -> None:
    """Raises Forbidden for a form that another site posted: by Fetch Metadata (Sec-Fetch-Site), by Origin in browsers that lack it.

    Whoever sends neither is no browser, and has no cookie that another could ride on; the cookie itself is SameSite=Strict.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site not in (None, "same-origin", "none") or (site is None and origin and urlsplit(origin).netloc != request.headers.get("host")):
        raise Forbidden
