"""What stands on posters, read back from the real ones."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import httpx
import msgspec
import pytest

from events.calendar.dates import Precision
from events.calendar.filters import Filters
from events.calendar.month import lay_out
from events.calendar.rules import EventStatus
from events.i18n import Language
from events.posters.contents import month_sheet
from events.posters.ready_made import drawn
from events.posters.rules import PosterKind
from events.posters.subjects import FONTS, MAKES, SHEETS
from events.regions.rules import Tier
from events.web.routes_posters import ready_made
from infra.installation import Installation
from infra.typesetting import Sheet, typeset
from tests.filling import add_event, add_series, add_venue
from tests.posters import PHONE, SHEET, codes_in, colours_of, made, pdf_of, picture_of, text_of

CITY, DISTRICT, STREET = "#2b3a8f", "#0b6158", "#84470a"
LONG = "“健康杨浦 人人来秀”2026年上海市第四届市民运动会杨浦区社区九子趣味运动会暨嘉年华活动" * 3


async def fill(installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        venue = await add_venue(session, "江湾体育场")
        series, _ = await add_series(session, "xiu", "韵动杨浦·秀出来")
        await add_event(session, "滨江夜跑", datetime(2026, 5, 2, 11, 30, tzinfo=UTC), venue_id=venue, series_id=series)
        await add_event(session, "市民运动会", date(2026, 5, 2), tier=Tier.CITY, region_code="310000")
        await add_event(session, "一街一品风筝节", (date(2026, 5, 9), date(2026, 5, 10)), tier=Tier.STREET, region_code="310110016")
        await add_event(session, "篮球联赛", (date(2026, 5, 6), date(2026, 5, 20)))
        await add_event(session, "取消了的比赛", date(2026, 5, 3), status=EventStatus.CANCELLED)
        known = {"precision": Precision.DEKAD, "first_on": date(2026, 5, 1), "last_on": date(2026, 5, 10), "date_text": "5月上旬"}
        await add_event(session, "待定的比赛", **known)
        await add_event(session, "别的月份", date(2026, 6, 2))


async def test_a_sheet_is_one_page_of_a3_that_says_what_the_month_holds(client: httpx.AsyncClient, installation: Installation) -> None:
    await fill(installation)
    answer = await made(client, installation, SHEET)
    assert answer.headers["content-type"] == "application/pdf"
    (page,) = pdf_of(answer.content).pages
    assert [round(float(side) / 72 * 25.4) for side in (page.mediabox.width, page.mediabox.height)] == [297, 420]
    text = text_of(answer.content)
    told = ("5月2026", "6项活动", "市级1", "区级4", "街镇级1", "5月2日周六", "劳动节(休)", "19:30滨江夜跑", "江湾体育场", "至5月10日")
    assert [
        one for one in (*told, "已取消", "持续进行", "篮球联赛", "日期未定", "5月上旬", "内容截至", "127.0.0.1:8000") if one not in text
    ] == []
    assert "别的月份" not in text


async def test_nothing_that_is_read_lies_where_office_printers_leave_a_rim(client: httpx.AsyncClient, installation: Installation) -> None:
    """10 mm on every side; and the sheet names who publishes it."""
    await fill(installation)
    answer = await made(client, installation, SHEET)
    (page,) = pdf_of(answer.content).pages
    heights: list[float] = []

    def note(text: str, matrix: list[float], of_text: list[float], *_: object) -> None:
        if text.strip():
            heights.append(of_text[4] * matrix[1] + of_text[5] * matrix[3] + matrix[5])

    page.extract_text(visitor_text=note)
    rim = 10 / 25.4 * 72
    assert (min(heights) > rim, max(heights) < float(page.mediabox.height) - rim) == (True, True), (min(heights), max(heights))
    assert "发布:杨浦区" in text_of(answer.content)


async def test_a_sheet_is_narrowed_as_its_month_is(client: httpx.AsyncClient, installation: Installation) -> None:
    await fill(installation)
    text = text_of((await made(client, installation, f"{SHEET}?series=xiu&q={quote('夜跑')}")).content)
    assert "滨江夜跑" in text
    assert "1项活动" in text
    assert "韵动杨浦·秀出来·“夜跑”" in text
    assert "篮球联赛" not in text


async def test_english_sheets_are_english(client: httpx.AsyncClient, installation: Installation) -> None:
    await fill(installation)
    text = text_of((await made(client, installation, f"{SHEET}?lang=en&tier=street")).content)
    assert [
        one for one in ("May2026", "1event", "Allregions·Street", "Sat,May9", "untilMay10", "Scanforthelivecalendar") if one not in text
    ] == []


async def test_a_phone_picture_has_its_width_the_tiers_and_the_way_to_the_live_month(
    client: httpx.AsyncClient, installation: Installation
) -> None:
    await fill(installation)
    answer = await made(client, installation, f"{PHONE}?q={quote('比赛')}&lang=en")
    picture = picture_of(answer.content)
    assert answer.headers["content-type"] == "image/png"
    assert picture.width == 1080
    assert codes_in(picture) == [f"{installation.settings.public_url}/calendar/2026-05?q={quote('比赛')}&lang=en"]
    whole = colours_of(picture_of((await made(client, installation, PHONE)).content))
    assert all(whole[colour] > 1_000 for colour in (CITY, DISTRICT, STREET))
    assert whole["#faf6ee"] == max(whole.values())


async def test_a_busy_month_says_how_much_is_left_out(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        for n in range(400):
            await add_event(session, f"第{n}场社区趣味运动会", date(2026, 5, 9))
    sheet = await made(client, installation, SHEET)
    assert len(pdf_of(sheet.content).pages) == 1
    text = text_of(sheet.content)
    (missing,) = re.findall(r"还有(\d+)项,扫码看全部", text)
    assert len(set(re.findall(r"第\d+场", text))) + int(missing) == 400
    assert picture_of((await made(client, installation, PHONE)).content).height <= 16_000


async def test_a_month_of_nothing_says_so(client: httpx.AsyncClient, installation: Installation) -> None:
    assert "这个月还没有活动。" in text_of((await made(client, installation, SHEET)).content)
    assert "这个月没有符合条件的活动。" in text_of((await made(client, installation, f"{SHEET}?tier=city")).content)
    assert picture_of((await made(client, installation, PHONE)).content).width == 1080
    for month in ("1900-02", "2200-12"):
        assert len(pdf_of((await made(client, installation, f"/calendar/{month}/poster.pdf")).content).pages) == 1


async def test_odd_names_leave_a_sheet_whole(client: httpx.AsyncClient, installation: Installation) -> None:
    names = [LONG, "A" * 200, "🎉🏃", "#panic() *粗* $x$ \\ ```", "𠮷野家杯🎉", "<b>&amp;"]
    async with installation.sessions.begin() as session:
        venue = await add_venue(session, "场" * 200, address="B" * 200)
        for name in names:
            await add_event(session, name, date(2026, 5, 9), venue_id=venue)
    text = text_of((await made(client, installation, f"{SHEET}?lang=zh-CN")).content)
    assert [one for one in ("人人来秀", "A" * 50, "□", "#panic()*粗*$x$\\```", "□野家杯", "<b>&amp;") if one not in text] == []
    assert "🎉" not in text
    assert picture_of((await made(client, installation, PHONE)).content).width == 1080


async def test_nothing_on_a_phone_picture_runs_over_its_edge(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        await add_event(session, "W" * 200, date(2026, 5, 9))
    picture = picture_of((await made(client, installation, PHONE)).content)
    margin = picture.crop((1080 - 30, 600, 1080, picture.height))
    assert set(colours_of(margin)) <= {"#faf6ee", "#f1eadd"}


async def test_an_event_of_many_sessions_stands_once(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        await add_event(session, "每日晨练", *(date(2026, 5, 1) + timedelta(days=n) for n in range(20)))
        await add_event(session, "周末乒乓", *(date(2026, 5, 2) + timedelta(days=7 * n) for n in range(4)))
    text = text_of((await made(client, installation, SHEET)).content)
    assert text.count("每日晨练") == 1
    assert "本月20天" in text
    assert text.count("周末乒乓") == 4


async def test_a_code_that_could_not_hold_the_filters_leads_to_the_whole_month(
    client: httpx.AsyncClient, installation: Installation
) -> None:
    query = "&".join(f"q={quote(chr(0x4E00 + n) * 100)}" for n in range(3))
    picture = picture_of((await made(client, installation, f"{PHONE}?{query}")).content)
    assert codes_in(picture) == [f"{installation.settings.public_url}/calendar/2026-05"]


async def test_the_code_of_a_sheet_is_read_too(client: httpx.AsyncClient, installation: Installation, tmp_path: Path) -> None:
    """The same sheet as a picture, because nothing here draws a PDF."""

    filters, now = Filters.parse([("region", "310110")]), datetime(2026, 5, 3, tzinfo=installation.settings.zone)
    shown = month_sheet(
        lay_out(date(2026, 5, 1), [], {}), filters, {}, Language.ZH, now=now, public_url="https://saili.example", publisher="杨浦区"
    )
    picture = picture_of(await typeset(Sheet(MAKES[PosterKind.SHEET].sheet, FONTS, "png", 72), msgspec.json.encode(shown)))
    assert codes_in(picture) == ["https://saili.example/calendar/2026-05?region=310110"]


def test_sheets_have_the_colours_of_the_site() -> None:
    styles = Path("events/web/assets/css/tokens.css").read_text()
    look = (SHEETS / "look.typ").read_text()
    ours = {
        "paper": "paper",
        "sheet": "sheet",
        "ink": "ink",
        "soft": "soft",
        "line": "line-colour",
        "wash": "wash",
        "accent": "accent",
        "accent-wash": "accent-wash",
    }
    for token, name in ours.items():
        assert re.findall(rf'#let {name} = rgb\("(#\w+)"\)', look) == re.findall(rf"--{token}: (#\w+);", styles)[:1], token
    for tier in Tier:
        assert re.findall(rf'{tier.value}: rgb\("(#\w+)"\)', look) == re.findall(rf"--{tier.value}: (#\w+);", styles)[:1], tier


@pytest.mark.parametrize("language", Language)
async def test_the_ready_made_picture_is_what_its_sheet_draws(language: Language) -> None:
    shipped, fresh = picture_of(ready_made(language)), picture_of(await drawn(language))
    assert shipped.size == (1200, 630)
    assert shipped.tobytes() == fresh.tobytes(), "run: python -m events.posters.ready_made"
