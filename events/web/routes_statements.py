"""What a public body's site says of itself: which data it keeps, and for whom it can be used. Whoever changes that, changes these pages."""

from datetime import date
from typing import Any

from litestar import Response

from events.notices.rules import UNCONFIRMED
from events.reports.rules import KEPT
from events.web.entrance import SECONDS
from events.web.pages import REMEMBERED, page, read
from infra.web import AnyRequest

# When the two texts were last held against what the product does.
PRIVACY_ON = ACCESSIBILITY_ON = date(2026, 11, 25)
DAY = 24 * 3600


@read("/privacy", sync_to_thread=False)
def privacy(request: AnyRequest) -> Response[bytes]:
    """Which data of people is kept, why, who sees it, and for how long."""
    manage_days, look_days = SECONDS // DAY, REMEMBERED // DAY
    terms: dict[str, Any] = {"report_days": KEPT.days, "unconfirmed_days": UNCONFIRMED.days}
    return page(request, "privacy.html", on=PRIVACY_ON, manage_days=manage_days, look_days=look_days, **terms)


@read("/accessibility", sync_to_thread=False)
def accessibility(request: AnyRequest) -> Response[bytes]:
    """For whom the site can be used, how that was tested, what is missing, and whom to tell."""
    return page(request, "accessibility.html", on=ACCESSIBILITY_ON)


ROUTES = [privacy, accessibility]
