"""One event, or one session of it, as a calendar file to be added once: a copy that nobody keeps up to date."""

from urllib.parse import quote
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.filters import parse_query
from events.errors import Fault, Faulty, unknown_fields
from events.feeds.service import MEDIA_TYPE, make_event_file
from infra import clock
from infra.answers import ReadyAnswer
from infra.installation import Installation
from infra.web import AnyRequest

MOST_OF_A_NAME = 60


async def event_file(request: AnyRequest, event_id: UUID, session: AsyncSession, installation: Installation) -> ReadyAnswer:
    """The file, saved under the event's title (RFC 6266). Raises NotFound, and Faulty for a query that it doesn't know."""
    title, body = await make_event_file(
        session, event_id, _session_of(parse_query(request.scope["query_string"])), installation.settings.zone
    )
    name = quote(title[:MOST_OF_A_NAME].strip(), safe="")
    headers = [("Content-Disposition", f"attachment; filename=\"event.ics\"; filename*=UTF-8''{name}.ics")]
    return ReadyAnswer(body, MEDIA_TYPE, clock.now(), headers)


def _session_of(pairs: list[tuple[str, str]]) -> UUID | None:
    faults = unknown_fields((name for name, _ in pairs), ("session", "lang"))
    asked = next((value for name, value in reversed(pairs) if name == "session" and value), None)
    try:
        session_id = UUID(asked) if asked else None
    except ValueError:
        faults.append(Fault("session", "bad_identifier"))
    if faults:
        raise Faulty(*faults)
    return session_id
