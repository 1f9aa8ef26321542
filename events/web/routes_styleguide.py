"""Every piece of the pages in every state, drawn by the templates that the pages use: what is seen here is what citizens see."""

from types import SimpleNamespace
from typing import Any

from litestar import Response

from events.banners.rules import Level
from events.calendar.rules import RegistrationState, ShownStatus
from events.i18n import translate, words
from events.regions.rules import Tier
from events.web.event_page import qr_of
from events.web.facets import Choice, Group
from events.web.pages import macro, page, read, reader_of, weekday_names
from events.web.pieces import Sitting
from events.web.registering import ROLES
from infra.web import AnyRequest

LONG = "“健康杨浦 人人来秀”上海市第四届市民运动会杨浦区社区九子趣味运动会 🏃 Community Fun Games, Yangpu"
VIEWS = (words("月历"), words("逐日"), words("地图"))
STATES: list[tuple[ShownStatus, RegistrationState]] = [
    (ShownStatus.PUBLISHED, RegistrationState.NONE),
    (ShownStatus.PUBLISHED, RegistrationState.UPCOMING),
    (ShownStatus.PUBLISHED, RegistrationState.OPEN),
    (ShownStatus.PUBLISHED, RegistrationState.FULL),
    (ShownStatus.PUBLISHED, RegistrationState.CLOSED),
    (ShownStatus.POSTPONED, RegistrationState.CLOSED),
    (ShownStatus.CANCELLED, RegistrationState.CLOSED),
    (ShownStatus.FINISHED, RegistrationState.CLOSED),
]
TOKENS = {
    words("纸与墨"): ("paper", "sheet", "wash", "ink", "soft", "line", "edge"),
    words("强调与状态"): ("accent", "accent-wash", "good", "good-wash", "focus"),
    words("三级"): ("city", "city-wash", "district", "district-wash", "street", "street-wash"),
}


@read("/styleguide", sync_to_thread=False)
def styleguide(request: AnyRequest) -> Response[bytes]:
    """The page; nothing of it comes from the database."""
    reader = reader_of(request)
    make_item, make_slip = (macro("pieces.html", name, reader.language) for name in ("item", "slip"))
    one = Sitting("09:00、14:00", "决赛", 0, stopped=False)
    here = "/styleguide"
    choices = [
        Choice(translate(reader.language, words("全部")), here, False, None, removable=False),
        Choice("羽毛球", here, True, 12),
        Choice(LONG, here, False, 0),
    ]
    tabs = [SimpleNamespace(name=translate(reader.language, name), address=here, current=not n) for n, name in enumerate(VIEWS)]
    return page(
        request,
        "styleguide.html",
        tokens=TOKENS,
        tiers=list(Tier),
        levels=[level.value for level in Level],
        weekdays=weekday_names(reader.language),
        roles=[(role.value, translate(reader.language, name)) for role, name in ROLES.items()],
        qr=qr_of("https://saili.example/e/89fvry"),
        slips=[make_slip(_entry(tier, title), one, here, ShownStatus.PUBLISHED) for tier in Tier for title in ("健步走", LONG)],
        stopped=make_slip(_entry(Tier.CITY, "马拉松"), one, here, ShownStatus.CANCELLED),
        items=[
            make_item(_entry(list(Tier)[n % 3], LONG if n == 1 else "健步走"), one, here, None, *state) for n, state in enumerate(STATES)
        ],
        view=SimpleNamespace(
            path=here,
            q="",
            kept=[],
            groups=[Group("项目", choices, choices[1:])],
            chosen=choices[1:],
            filtered=True,
            title="2026年5月",
            previous=SimpleNamespace(name="4月", address=here),
            next=SimpleNamespace(name="6月", address=here),
            now_address=here,
            empty=False,
            tabs=tabs,
            where="杨浦区",
            summary=translate(reader.language, words("{count} 项活动"), count=12),
            count=12,
            query="",
        ),
    )


def _entry(tier: Tier, title: str) -> Any:
    """As much of an event as a piece shows."""
    return SimpleNamespace(
        tier=tier,
        title=title,
        region=SimpleNamespace(name="殷行街道"),
        venue=SimpleNamespace(name="杨浦体育馆"),
        sport=SimpleNamespace(name="健步走"),
        series=SimpleNamespace(name="韵动杨浦·秀出来"),
        board=SimpleNamespace(name="滨江主题"),
        demo=True,
    )


ROUTES = [styleguide]
