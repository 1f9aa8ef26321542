"""Posters, from the request to the worker's bytes, and what becomes of those that are left behind."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from sqlalchemy import func, select, update

from events.messages import PosterDue
from events.posters import making, queries
from events.posters.models import Poster
from events.posters.rules import KEPT, LEASE, MOST_TRIES, OVERDUE, PosterState
from infra import clock
from infra.installation import Installation
from infra.mail import FolderMailer
from infra.outbox import Outbox
from tests.apps import app_over
from tests.filling import add_event
from tests.posters import PHONE, SHEET, make_waiting, posters, text_of
from tests.waiting import until
from workers import posters as actors
from workers.clock import tick
from workers.work import Work

NOW = datetime(2026, 5, 1, 4, tzinfo=UTC)


@pytest.fixture
async def reader(office: Installation) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app_over(office), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.fixture
def work(office: Installation) -> Work:
    return Work(office, FolderMailer(office.settings.data / "mail"))


async def messages(office: Installation) -> int:
    async with office.sessions() as session:
        return await session.scalar(select(func.count()).where(Outbox.name == "PosterDue")) or 0


@pytest.mark.usefixtures("at_work")
async def test_who_asks_gets_the_poster_from_a_worker_soon_after(office: Installation, reader: httpx.AsyncClient) -> None:
    async with office.sessions.begin() as session:
        event = await add_event(session, "滨江龙舟赛", date(2027, 5, 2))
    addresses = ("/calendar/2027-05/poster.pdf", "/calendar/2027-05/poster.png", f"/events/{event}/picture.png")

    async def all_made() -> bool:
        answers = [await reader.get(address) for address in addresses]
        return [answer.status_code for answer in answers] == [200, 200, 200] and "etag" in answers[2].headers

    await until(all_made, seconds=60)
    assert "滨江龙舟赛" in text_of((await reader.get(addresses[0])).content)
    assert [one.tries for one in await posters(office)] == [1, 1, 1]


async def test_a_message_that_comes_twice_makes_one_poster(
    office: Installation, work: Work, reader: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await reader.get(SHEET)
    (poster,) = await posters(office)
    begun: list[object] = []
    typeset = making.typeset

    async def counted(*given: object) -> bytes:
        begun.append(given)
        return await typeset(*given)

    monkeypatch.setattr(making, "typeset", counted)
    other = Work(office, work.mailer)  # a second worker has a press of its own
    await asyncio.gather(*(actors.poster_due(w, [PosterDue(poster.id)]) for w in (work, other, work, other)))
    await actors.poster_due(work, [PosterDue(poster.id)])
    assert len(begun) == 1
    assert (await reader.get(SHEET)).status_code == 200


async def test_a_press_at_work_holds_no_other_actor(office: Installation, work: Work, reader: httpx.AsyncClient) -> None:
    await reader.get(SHEET)
    (poster,) = await posters(office)
    async with work.press, asyncio.timeout(5):
        await actors.poster_due(work, [PosterDue(poster.id)])
    assert (await posters(office))[0].state is PosterState.WAITING
    assert await messages(office) == 2, "it comes again"


async def test_many_in_one_message_are_made_a_few_at_a_time(
    office: Installation, work: Work, reader: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actors, "AT_ONCE", 2)
    for address in (SHEET, PHONE, f"{PHONE}?tier=city"):
        await reader.get(address)
    await actors.poster_due(work, [PosterDue(one.id) for one in await posters(office)])
    assert [one.state for one in await posters(office)].count(PosterState.MADE) == 2
    assert await messages(office) == 4


async def test_a_poster_whose_worker_vanished_is_given_out_again_and_given_up_in_the_end(
    office: Installation, reader: httpx.AsyncClient
) -> None:
    with clock.frozen(NOW):
        await reader.get(SHEET)
        (poster,) = await posters(office)
    at = NOW
    for n in range(1, MOST_TRIES + 1):
        with clock.frozen(at):
            assert await making._claim(office, poster.id)  # and then nothing: it was killed
            await tick(office)
            assert await messages(office) == n, "its lease still holds"
        at += LEASE + timedelta(seconds=20)
        with clock.frozen(at):
            await tick(office)
    with clock.frozen(at):
        assert await messages(office) == MOST_TRIES
        answer = await reader.get(SHEET)
        assert (answer.status_code, answer.json()["code"]) == (503, "poster_failed")


async def test_a_worker_that_was_too_slow_does_not_have_the_last_word(office: Installation, reader: httpx.AsyncClient) -> None:
    with clock.frozen(NOW):
        await reader.get(SHEET)
        (poster,) = await posters(office)
        slow = await making._claim(office, poster.id)
        assert slow
    with clock.frozen(NOW + LEASE + timedelta(seconds=1)):
        await make_waiting(office)
        await making._write(office, slow, {"state": PosterState.FAILED})
        assert (await reader.get(SHEET)).status_code == 200


async def test_a_message_that_was_lost_is_sent_again(office: Installation, reader: httpx.AsyncClient) -> None:
    with clock.frozen(NOW):
        await reader.get(SHEET)
        await tick(office)
    for later, expected in ((timedelta(minutes=9), 1), (OVERDUE + timedelta(seconds=1), 2)):
        with clock.frozen(NOW + later):
            await tick(office)
            assert await messages(office) == expected


async def test_old_posters_are_swept_with_their_files_and_networks_forgotten(
    office: Installation, work: Work, reader: httpx.AsyncClient
) -> None:
    store = office.settings.data / "store" / "posters"
    with clock.frozen(NOW):
        await reader.get(SHEET)
        await make_waiting(office)
    with clock.frozen(NOW + KEPT - timedelta(days=1)):
        await reader.get(PHONE)
        await make_waiting(office)
        await tick(office)
        assert [one.network is None for one in await posters(office)] == [True, False]
        await actors.posters_old(work, [])
        assert len(list(store.iterdir())) == 2
    with clock.frozen(NOW + KEPT + timedelta(seconds=1)):
        await actors.posters_old(work, [])
        assert [path.suffix for path in store.iterdir()] == [".png"]
        assert len(await posters(office)) == 1
        assert (await reader.get(SHEET)).status_code == 202
        assert (await reader.get(PHONE)).status_code == 200


async def test_posters_beyond_the_room_for_them_go_the_oldest_first(
    office: Installation, work: Work, reader: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n, address in enumerate((SHEET, f"{SHEET}?tier=city", f"{SHEET}?tier=street")):
        with clock.frozen(NOW + timedelta(minutes=n)):
            await reader.get(address)
            await make_waiting(office)
    sizes = [one.size or 0 for one in await posters(office)]
    monkeypatch.setattr(queries, "MOST_KEPT_BYTES", sizes[1] + sizes[2])
    with clock.frozen(NOW + timedelta(minutes=5)):
        await actors.posters_old(work, [])
    async with office.sessions() as session:
        assert list(await session.scalars(select(Poster.filters).order_by(Poster.asked_at))) == ["tier=city", "tier=street"]
    assert len(list((office.settings.data / "store" / "posters").iterdir())) == 2


async def test_the_poster_of_an_event_that_is_gone_goes_too(office: Installation, reader: httpx.AsyncClient) -> None:
    async with office.sessions.begin() as session:
        event = await add_event(session, "滨江龙舟赛", date(2027, 5, 2))
    await reader.get(f"/events/{event}/picture.png")
    async with office.sessions.begin() as session:
        await session.execute(update(Poster).values(event_id=None))
    await make_waiting(office)
    assert await posters(office) == []
