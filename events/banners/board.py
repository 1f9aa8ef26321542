"""The banners as this process shows them: in memory, so that no page asks the database for them."""

from sqlalchemy.ext.asyncio import AsyncConnection

from events.banners.queries import list_banners
from events.banners.rules import BannerShown, shown_at
from infra import clock


class Board:
    """Read again by the poll of `Ready` when a commit anywhere has changed a banner, which also outdates every kept page."""

    # What a change of a banner raises the revision of, beside the months.
    name = "banner"

    def __init__(self) -> None:
        self._banners: tuple[BannerShown, ...] = ()
        self._seen: tuple[BannerShown, ...] = ()

    def shown(self) -> tuple[BannerShown, ...]:
        """The banners of this instant, the loudest first."""
        return shown_at(self._banners, clock.now())

    async def load(self, connection: AsyncConnection) -> None:
        """Read what is written now."""
        self._banners = await list_banners(connection)

    def turned(self) -> bool:
        """Whether what is shown is another since this was last asked: a banner was written, or the time of one is over."""
        before, self._seen = self._seen, self.shown()
        return self._seen != before
