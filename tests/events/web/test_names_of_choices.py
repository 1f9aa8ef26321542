"""What was chosen is called by its name also where no event has it, and what nobody has is said to be nothing."""

import re
from datetime import date

import httpx
import pytest

from infra.installation import Installation
from tests.events.web.test_month_page import page
from tests.filling import add_event, add_series
from tests.statements import sent

VIEWS = ("/calendar/2026-11", "/calendar/2026-11/agenda", "/calendar/2026-11/map", "/calendar/week/2026-11-02", "/calendar/2026")
CHOSEN = {
    "region=310110015": "延吉新村街道",
    "region=310110003": "没有这个地区：310110003",
    "sport=badminton": "羽毛球",
    "sport=nonsense": "没有这个项目：nonsense",
    "series=xiu": "秀出来",
    "series=gone": "没有这个系列：gone",
    "board=滨江": "滨江",
    "board=gone": "没有这个板块：gone",
}


@pytest.fixture
async def filled(installation: Installation) -> None:
    """A series with a board that no event of the months seen has, and one event of another street."""
    async with installation.sessions.begin() as session:
        await add_series(session, "xiu", "秀出来", "滨江")
        await add_event(session, "健步走", date(2026, 11, 3), region_code="310110016")


def chips(html: str) -> list[str]:
    found = re.search(r'<ul class="chips chosen".*?</ul>', html, re.DOTALL)
    return [re.sub("<[^>]*>", "", name) for name in re.findall(r'<a class="chip" [^>]*>(.*?) <span aria', found[0])] if found else []


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("view", VIEWS)
async def test_a_choice_in_vain_has_its_name_and_what_nobody_has_is_said(client: httpx.AsyncClient, view: str) -> None:
    for query, name in CHOSEN.items():
        html = await page(client, f"{view}?{query}")
        assert chips(html) == [name], query
        assert html.partition("<title>")[2].partition("</title>")[0].count(query.partition("=")[2]) == ("没有这个地区" in name), query
        assert (f"<strong>{name}</strong>" in html) == name.startswith("没有这个"), query
        where = re.search(r'id="summary" role="status">([^·]*) ·', html)
        assert where
        assert re.sub("<[^>]*>", "", where[1]) == (name if query.startswith("region") else "全部地区"), query


@pytest.mark.usefixtures("filled")
async def test_choices_are_called_in_the_readers_language(client: httpx.AsyncClient) -> None:
    html = await page(client, "/calendar/2026-11?region=310110015&sport=badminton&lang=en")
    assert chips(html) == ["Yanji Xincun Subdistrict", "Badminton"]
    assert "“Yanji Xincun Subdistrict”" in await page(client, "/calendar/2026-11?region=310110015&lang=en")
    assert "No such sport: nonsense" in await page(client, "/calendar/2026-11?sport=nonsense&lang=en")
    assert ">Yinhang Subdistrict</span>" in await page(client, "/calendar/2026-11?lang=en")


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("view", VIEWS)
async def test_names_cost_no_statement_more_than_a_page_may_have(client: httpx.AsyncClient, installation: Installation, view: str) -> None:
    with sent(installation) as statements:
        await page(client, f"{view}?region=310110015&sport=nonsense&series=xiu")
    assert len(statements) <= 4, statements


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("view", ["/calendar/2026-11/print", "/embed/calendar/2026-11", "/subscribe"])
async def test_what_nobody_has_is_said_wherever_filters_are_told(client: httpx.AsyncClient, view: str) -> None:
    html = await page(client, f"{view}?region=310110003&sport=badminton")
    assert "没有这个地区：310110003" in html
    assert "羽毛球" in html
