"""What every page shows of the site itself: the banners, and in its footer who runs it."""

import re
from dataclasses import dataclass

from events.banners.board import Board
from events.i18n import Language
from infra.settings import Settings

# The two offices where a site in China is filed; their pages open at a number, or where one types it.
ICP, POLICE = "https://beian.miit.gov.cn/", "https://beian.mps.gov.cn/#/query/webSearch?code="


@dataclass(frozen=True, slots=True)
class BannerLine:
    """A banner in the reader's language. `language` is that of its text, where it is not the page's."""

    level: str
    region: str | None
    text: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Site:
    """The site as its settings name it, and the board of banners."""

    settings: Settings
    board: Board

    @property
    def police_link(self) -> str:
        """Where the police's filing is looked up by its digits."""
        return POLICE + re.sub(r"\D", "", self.settings.police_number or "")

    @property
    def icp_link(self) -> str:
        return ICP

    def banners(self, language: Language) -> list[BannerLine]:
        """What stands at the top of every page now."""
        return [
            BannerLine(one.level.value, one.region, one.english, None)
            if language is Language.EN and one.english
            else BannerLine(one.level.value, one.region, one.text, None if language is Language.ZH else Language.ZH.value)
            for one in self.board.shown()
        ]
