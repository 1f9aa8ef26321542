"""API keys: made for a desk that exists, kept as a hash, refused once revoked."""

import logging
from uuid import UUID

import httpx
import pytest
from litestar import get
from litestar.di import NamedDependency
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.queries import get_actor, list_keys
from events.accounts.rules import Actor, Place, Role, Verb
from events.accounts.service import authorise, create_key, revoke_key
from events.app import create_app
from events.errors import NotFound, RoleOutOfPlace, Unauthenticated
from events.regions.rules import Tier
from infra.ids import new_id
from infra.installation import Installation


@pytest.mark.parametrize(
    ("role", "code"), [(Role.CITY_OFFICER, "310000"), (Role.DISTRICT_OFFICER, "310110"), (Role.STREET_OFFICER, "310110016")]
)
async def test_an_officers_key_acts_for_the_desk_it_was_made_for(session: AsyncSession, role: Role, code: str) -> None:
    made, key = await create_key(session, role=role, region_code=code, label="体育科")
    actor = await get_actor(session, key)
    assert (actor, actor.key_id) == (Actor(role, code, label="体育科"), made)


async def test_an_organisers_key_is_for_one_event(session: AsyncSession) -> None:
    event = new_id()
    _, key = await create_key(session, role=Role.ORGANISER, region_code="310110016", event_id=event)
    assert (await get_actor(session, key)).event_id == event


@pytest.mark.parametrize(
    ("role", "code", "event"),
    [
        (Role.STREET_OFFICER, "310110", None),
        (Role.DISTRICT_OFFICER, "310110016", None),
        (Role.CITY_OFFICER, "310110", None),
        (Role.DISTRICT_OFFICER, "410102", None),  # no office publishes there here
        (Role.DISTRICT_OFFICER, "310108", None),  # the district is gone
        (Role.DISTRICT_OFFICER, "310110", UUID(int=1)),
        (Role.ORGANISER, "310110", None),
    ],
)
async def test_a_pair_of_role_and_region_that_makes_no_sense_is_refused(
    session: AsyncSession, role: Role, code: str, event: UUID | None
) -> None:
    with pytest.raises(RoleOutOfPlace):
        await create_key(session, role=role, region_code=code, event_id=event)
    assert await list_keys(session) == []


async def test_a_key_for_an_unknown_region_and_an_unknown_key_are_refused(session: AsyncSession) -> None:
    with pytest.raises(NotFound):
        await create_key(session, role=Role.DISTRICT_OFFICER, region_code="999999")
    with pytest.raises(NotFound):
        await revoke_key(session, new_id())
    with pytest.raises(Unauthenticated):
        await get_actor(session, "saili_made-up")


async def test_a_revoked_key_is_refused_and_cannot_be_revoked_twice(session: AsyncSession) -> None:
    made, key = await create_key(session, role=Role.CITY_OFFICER, region_code="310000")
    await revoke_key(session, made)
    with pytest.raises(Unauthenticated):
        await get_actor(session, key)
    with pytest.raises(NotFound):
        await revoke_key(session, made)


@get("/desk")
async def desk(actor: NamedDependency[Actor]) -> str:
    """Something that only Yangpu's district office may do."""
    authorise(actor, Verb.WRITE_EVENT, Place(Tier.DISTRICT, frozenset({"310110", "310000"})))
    return actor.label


async def test_no_good_key_is_401_and_a_good_one_in_the_wrong_place_403(
    installation: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    async with installation.sessions.begin() as session:
        made, own = await create_key(session, role=Role.DISTRICT_OFFICER, region_code="310110", label="杨浦")
        _, street = await create_key(session, role=Role.STREET_OFFICER, region_code="310110016")
    app = create_app(installation)
    app.register(desk)
    caplog.set_level(logging.DEBUG)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://test") as client:

        async def ask(authorization: str | bytes) -> tuple[int, str]:
            answer = await client.get("/desk", headers={"Authorization": authorization} if authorization else {})
            return answer.status_code, "" if answer.status_code == 200 else answer.json()["code"]

        assert await ask(f"Bearer {own}") == (200, "")
        assert await ask(f"Bearer {street}") == (403, "forbidden")
        for wrong in ("", "Bearer", f"Bearer {own}x", f"Basic {own}", "Bearer saili_", own, "Bearer saili_钥匙".encode()):
            assert await ask(wrong) == (401, "unauthenticated"), wrong
        async with installation.sessions.begin() as session:
            await revoke_key(session, made)
        assert await ask(f"Bearer {own}") == (401, "unauthenticated")
    assert own.removeprefix("saili_") not in caplog.text


async def test_a_key_is_never_stored_in_clear(session: AsyncSession) -> None:
    _, key = await create_key(session, role=Role.CITY_OFFICER, region_code="310000", label="市局")
    stored = "".join(await session.scalars(text("SELECT api_keys::text FROM api_keys")))
    secret = key.removeprefix("saili_")
    assert "市局" in stored
    assert secret not in stored
    assert secret.encode().hex() not in stored
