"""Asking for posters over HTTP: what is true is served, what isn't is made, and nobody can have everything made."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select, update

from events.calendar.models import Event
from events.calendar.revisions import touch
from events.calendar.rules import EventStatus
from events.i18n import Language
from events.posters import service
from events.posters.models import Poster
from events.posters.rules import (
    FAILURE_HOLDS,
    MOST_FORESEEN,
    MOST_OF_NETWORK,
    MOST_WAITING,
    MOST_WAITING_OF_NETWORK,
    MOST_WAITING_PICTURES,
    PosterKind,
    PosterState,
)
from events.posters.subjects import MAKES, Make, Subject, picture_address
from events.web.routes_posters import ready_made
from infra import clock
from infra.installation import Installation
from infra.outbox import Outbox
from tests.apps import app_over
from tests.filling import add_event
from tests.posters import HTML, PHONE, SHEET, made, make_waiting, picture_of, posters, text_of
from tests.statements import sent


async def add(installation: Installation, title: str = "滨江夜跑", **columns: object) -> UUID:
    async with installation.sessions.begin() as session:
        key = await add_event(session, title, date(2026, 5, 2), **columns)
        await touch(session, ["2026-05"])
    return key


async def words_sent(installation: Installation) -> list[str]:
    async with installation.sessions() as session:
        return [row.body["poster_id"] for row in await session.scalars(select(Outbox).where(Outbox.name == "PosterDue"))]


async def test_a_poster_is_waited_for_on_a_page_that_loads_itself_anew(client: httpx.AsyncClient, installation: Installation) -> None:
    await add(installation)
    waiting = await client.get(f"{SHEET}?tier=district&lang=en", headers=HTML)
    assert waiting.status_code == 202
    assert (waiting.headers["retry-after"], waiting.headers["cache-control"]) == ("2", "no-store")
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in waiting.text
    assert "The poster is being made" in waiting.text
    assert 'href="/calendar/2026-05?tier=district&amp;lang=en"' in waiting.text
    assert await make_waiting(installation) == 1
    answer = await client.get(f"{SHEET}?tier=district&lang=en", headers=HTML)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")


async def test_a_program_is_told_in_json_when_to_ask_again(client: httpx.AsyncClient) -> None:
    answer = await client.get(SHEET, headers={"Accept": "application/pdf"})
    assert answer.status_code == 202
    assert answer.headers["content-type"] == "application/json"
    assert (answer.json()["code"], answer.json()["retry_after"]) == ("poster_waiting", 2)


async def test_a_poster_has_a_strong_tag_and_a_name_to_be_saved_under(client: httpx.AsyncClient, installation: Installation) -> None:
    answer = await made(client, installation, SHEET)
    tag = answer.headers["etag"]
    assert tag.startswith('"')
    assert answer.headers["cache-control"] == "public, no-cache"
    assert answer.headers["vary"] == "Accept, Accept-Language, Cookie"
    name = quote("赛历 2026年5月.pdf", safe="")
    assert answer.headers["content-disposition"] == f"inline; filename=\"saili-2026-05.pdf\"; filename*=UTF-8''{name}"
    for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        same = await client.get(SHEET, headers={"If-None-Match": known})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    assert (await client.get(SHEET, headers={"If-None-Match": '"other"'})).status_code == 200


async def test_however_many_ask_there_is_one_job(client: httpx.AsyncClient, installation: Installation) -> None:
    answers = await asyncio.gather(*(client.get(f"{SHEET}?tier=city&tier=street") for _ in range(8)))
    answers.append(await client.get(f"{SHEET}?tier=street&tier=city&q="))
    assert {answer.status_code for answer in answers} == {202}
    assert len(await posters(installation)) == 1
    assert len(await words_sent(installation)) == 1


async def test_filters_languages_months_and_kinds_are_posters_apart(client: httpx.AsyncClient, installation: Installation) -> None:
    for address in (SHEET, PHONE, f"{SHEET}?tier=city", f"{SHEET}?lang=en", "/calendar/2026-06/poster.pdf"):
        await client.get(address)
    await client.get(SHEET, headers={"Accept-Language": "en"})  # the same as lang=en
    assert len(await posters(installation)) == 5


async def test_an_outdated_poster_is_not_served_and_made_anew(client: httpx.AsyncClient, installation: Installation) -> None:
    await add(installation)
    old = await made(client, installation, SHEET)
    await add(installation, "太极拳展演")
    assert (await client.get(SHEET, headers={"If-None-Match": old.headers["etag"]})).status_code == 202
    new = await made(client, installation, SHEET)
    assert "太极拳展演" in text_of(new.content)
    assert new.headers["etag"] != old.headers["etag"]
    store = installation.settings.data / "store" / "posters"
    assert len(list(store.iterdir())) == 1, "the old file is gone"


async def test_a_change_that_a_poster_does_not_show_costs_no_typesetting(
    client: httpx.AsyncClient, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add(installation)
    old = await made(client, installation, f"{SHEET}?tier=district")
    await add(installation, "市民运动会", tier="city", region_code="310000")
    monkeypatch.setattr("events.posters.making.typeset", None)  # it would fail
    new = await made(client, installation, f"{SHEET}?tier=district")
    assert new.headers["etag"] == old.headers["etag"]
    assert new.content == old.content


async def test_filters_that_turn_with_the_time_of_day_make_posters_that_do(client: httpx.AsyncClient, installation: Installation) -> None:
    await add(installation)
    address = f"{SHEET}?status=finished"
    with clock.frozen(datetime(2026, 5, 2, 15, tzinfo=UTC)):
        assert "滨江夜跑" not in text_of((await made(client, installation, address)).content)
        assert (await client.get(SHEET)).status_code == 202
    with clock.frozen(datetime(2026, 5, 2, 16, 1, tzinfo=UTC)):
        assert (await client.get(address)).status_code == 202
        assert "滨江夜跑" in text_of((await made(client, installation, address)).content)


async def test_a_sheet_that_fails_is_said_and_not_waited_for(
    client: httpx.AsyncClient, installation: Installation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "broken.typ").write_text("#panic()")
    working = MAKES[PosterKind.SHEET]
    monkeypatch.setitem(MAKES, PosterKind.SHEET, Make(tmp_path / "broken.typ", "pdf", "application/pdf"))
    now = datetime(2026, 5, 1, tzinfo=UTC)
    with clock.frozen(now):
        await client.get(SHEET)
        await make_waiting(installation)
        failed = await client.get(SHEET)
        assert (failed.status_code, failed.json()["code"], failed.headers["retry-after"]) == (503, "poster_failed", "301")
        page = await client.get(SHEET, headers=HTML)
        assert page.status_code == 503
        assert "这张海报没有做成" in page.text
        assert "refresh" not in page.text
    monkeypatch.setitem(MAKES, PosterKind.SHEET, working)
    with clock.frozen(now + FAILURE_HOLDS):
        assert (await made(client, installation, SHEET)).content.startswith(b"%PDF")


async def test_the_queue_has_an_end(client: httpx.AsyncClient, installation: Installation) -> None:
    event = await add(installation)
    async with installation.sessions.begin() as session:
        for n in range(MOST_WAITING):
            subject = Subject(PosterKind.SHEET, Language.ZH, "2026-05", f"q={n}")
            await service.ask(session, installation.keys, subject, None, network=f"192.0.2.{n}")
    full = await client.get(SHEET)
    assert (full.status_code, full.json()["code"], full.headers["retry-after"]) == (503, "poster_queue_full", "30")
    assert (await client.get(f"{SHEET}?q=0")).status_code == 202, "who is in it may go on waiting"
    assert (await client.get(f"/events/{event}/picture.png")).content == ready_made(Language.ZH)
    assert len(await posters(installation)) == MOST_WAITING


async def test_pictures_leave_room_in_the_queue_for_people(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        events = [await add_event(session, f"第{n}场", date(2026, 5, 2)) for n in range(MOST_WAITING_PICTURES + 1)]
    async with installation.sessions.begin() as session:
        for n, event in enumerate(events[1:]):
            subject = Subject(PosterKind.PICTURE, Language.ZH, event_id=event)
            await service.ask(session, installation.keys, subject, None, network=f"192.0.2.{n}")
    assert (await client.get(f"/events/{events[0]}/picture.png")).status_code == 200
    assert len(await posters(installation)) == MOST_WAITING_PICTURES
    assert (await client.get(SHEET)).status_code == 202


async def test_a_network_fills_no_more_than_its_part_of_the_queue(client: httpx.AsyncClient, installation: Installation) -> None:
    assert MOST_WAITING_OF_NETWORK < MOST_WAITING_PICTURES / 2
    for n in range(MOST_WAITING_OF_NETWORK):
        assert (await client.get(f"{SHEET}?q={n}")).status_code == 202
    refused = await client.get(SHEET)
    assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (429, "too_many", "30")
    assert (await client.get(f"{SHEET}?q=0")).status_code == 202, "who is in it may go on waiting"
    other = httpx.ASGITransport(app_over(installation), client=("192.0.2.2", 1))
    async with httpx.AsyncClient(transport=other, base_url="http://test") as neighbour:
        assert (await neighbour.get(SHEET)).status_code == 202
    assert await make_waiting(installation) == MOST_WAITING_OF_NETWORK + 1
    assert (await client.get(f"{SHEET}?tier=city")).status_code == 202


async def test_a_network_has_only_so_many_made_in_an_hour(installation: Installation) -> None:
    one, other = (
        httpx.AsyncClient(transport=httpx.ASGITransport(app_over(installation), client=(host, 1)), base_url="http://test")
        for host in ("192.0.2.1", "192.0.2.2")
    )
    now = datetime(2026, 5, 1, tzinfo=UTC)
    with clock.frozen(now):
        async with installation.sessions.begin() as session:
            for n in range(MOST_OF_NETWORK):
                subject = Subject(PosterKind.SHEET, Language.ZH, "2026-05", f"q={n}")
                await service.ask(session, installation.keys, subject, None, network="192.0.2.1")
                await session.execute(update(Poster).values(state=PosterState.FAILED))  # none of them waits any more
        refused = await one.get(SHEET)
        assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (429, "too_many", "3600")
        assert (await other.get(SHEET)).status_code == 202
    with clock.frozen(now + timedelta(hours=1)):
        assert (await one.get(f"{SHEET}?tier=city")).status_code == 202
    await one.aclose()
    await other.aclose()


async def test_bytes_that_the_store_lost_are_made_again(client: httpx.AsyncClient, installation: Installation) -> None:
    before = await made(client, installation, SHEET)
    for path in (installation.settings.data / "store" / "posters").iterdir():
        path.unlink()
    with sent(installation) as said:
        assert (await client.get(SHEET)).status_code == 202
    assert len(said) <= 4, said
    after = await made(client, installation, SHEET)
    assert after.headers["etag"] is not None
    assert text_of(after.content).partition("内容截至")[0] == text_of(before.content).partition("内容截至")[0]


@pytest.mark.parametrize(
    ("address", "status", "path"),
    [
        ("/calendar/2026-13/poster.pdf", 422, "month"),
        ("/calendar/1899-12/poster.png", 422, "month"),
        ("/calendar/9999-01/poster.pdf", 422, "month"),
        (f"{SHEET}?tier=galaxy", 422, "tier"),
        (f"{PHONE}?q={'x' * 101}", 422, "q"),
    ],
)
async def test_what_is_asked_wrongly_is_named_and_makes_no_job(
    client: httpx.AsyncClient, installation: Installation, address: str, status: int, path: str
) -> None:
    answer = await client.get(address)
    assert answer.status_code == status
    assert [fault["path"] for fault in answer.json()["errors"]] == [path]
    assert await posters(installation) == []


async def test_a_poster_costs_few_statements(client: httpx.AsyncClient, installation: Installation) -> None:
    event, other = await add(installation), await add(installation, "晨跑")
    await made(client, installation, SHEET)
    picture = f"/events/{event}/picture.png"
    await client.get(picture)
    await make_waiting(installation)
    for address, status, numbers in (
        (SHEET, 200, [1]),
        (picture, 200, [1]),
        (PHONE, 202, [4, 1]),
        (f"/events/{other}/picture.png", 200, [4, 1]),
    ):
        for number in numbers:
            with sent(installation) as said:
                assert (await client.get(address)).status_code == status
            assert len(said) == number, "four once for each poster, one for whoever waits and whoever gets it"


async def test_a_picture_is_the_sites_until_the_events_own_is_made(client: httpx.AsyncClient, installation: Installation) -> None:
    event = await add(installation)
    address = picture_address("", event, Language.ZH)
    first = await client.get(address)
    assert (first.status_code, first.content) == (200, ready_made(Language.ZH))
    assert first.headers["cache-control"] == "public, max-age=60"
    assert "etag" not in first.headers
    assert await make_waiting(installation) == 1
    own = await client.get(address)
    assert picture_of(own.content).size == (1200, 630)
    assert own.content != first.content
    assert (await client.get(address, headers={"If-None-Match": own.headers["etag"]})).status_code == 304


async def test_a_cancelled_event_does_not_keep_its_picture(client: httpx.AsyncClient, installation: Installation) -> None:
    event = await add(installation)
    address = f"/events/{event}/picture.png?lang=en"
    await client.get(address)
    await make_waiting(installation)
    held = await client.get(address)
    async with installation.sessions.begin() as session:
        (await session.get_one(Event, event)).status = EventStatus.CANCELLED
    assert (await client.get(address)).content == ready_made(Language.EN)
    await make_waiting(installation)
    stopped = await client.get(address)
    assert stopped.content not in (held.content, ready_made(Language.EN))


async def test_nobody_has_pictures_of_drafts_or_of_what_is_not(client: httpx.AsyncClient, installation: Installation) -> None:
    draft = await add(installation, status=EventStatus.DRAFT)
    for event in (draft, uuid4()):
        assert (await client.get(f"/events/{event}/picture.png")).status_code == 404
    assert await posters(installation) == []


async def test_the_address_of_a_picture_names_its_language(installation: Installation) -> None:
    event = uuid4()
    assert picture_address("https://saili.example", event, Language.EN) == f"https://saili.example/events/{event}/picture.png?lang=en"


async def test_the_month_leads_to_its_posters_with_its_filters(client: httpx.AsyncClient, installation: Installation) -> None:
    html = (await client.get("/calendar/2026-05?tier=city&lang=en", headers=HTML)).text
    for page in ("poster.pdf", "poster.png", "print"):
        assert f'href="/calendar/2026-05/{page}?tier=city&amp;lang=en"' in html


async def test_a_chat_that_asks_for_the_first_time_gets_the_picture_of_the_event(
    client: httpx.AsyncClient, installation: Installation
) -> None:
    """It was made when the event was published; another change makes it anew, and one without any makes nothing."""
    event = await add(installation, first_on=date(2099, 5, 2), last_on=date(2099, 5, 2))
    for waiting in (1, 0):
        async with installation.sessions.begin() as session:
            await service.foresee(session, [event])
        assert await make_waiting(installation) == waiting
    answer = await client.get(f"/events/{event}/picture.png?lang=zh-CN")
    assert (answer.status_code, "etag" in answer.headers, answer.content == ready_made(Language.ZH)) == (200, True, False)


async def test_pictures_are_foreseen_of_what_is_ahead_and_public_and_of_a_bounded_number(installation: Installation) -> None:
    ahead = {"first_on": date(2099, 5, 2), "last_on": date(2099, 5, 2)}
    draft = await add(installation, status=EventStatus.DRAFT, **ahead)
    over = await add(installation, first_on=date(2020, 5, 2), last_on=date(2020, 5, 2))
    many = [await add(installation, f"第{n}场", **ahead) for n in range(MOST_FORESEEN + 5)]
    async with installation.sessions.begin() as session:
        await service.foresee(session, [draft, over])
        assert await posters(installation) == []
        await service.foresee(session, many)
    async with installation.sessions.begin() as session:
        await service.foresee(session, many)
    assert len(await posters(installation)) == MOST_FORESEEN
