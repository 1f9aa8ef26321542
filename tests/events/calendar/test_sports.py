import json
from importlib.resources import files
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.sports import add_alias, add_sport, ensure_sports, find_sport, list_sports, normal
from events.errors import Faulty, NotFound, SportNameTaken

# Labels given to real events, and those of the national mass-sport and youth programmes.
SEEN = (Path(__file__).parent / "sport_labels.txt").read_text(encoding="utf-8").split()


async def test_every_label_that_was_seen_names_a_sport(session: AsyncSession) -> None:
    unknown = [label for label in SEEN if await find_sport(session, label) is None]
    assert (len(SEEN), unknown) == (119, [])


@pytest.mark.parametrize(
    ("label", "slug"),
    [
        ("健康跑", "road-running"),
        ("迷你马拉松", "road-running"),
        ("半程马拉松", "marathon"),
        ("徒步", "walking"),
        ("健步行", "walking"),
        ("踢毽子", "jianqiu"),
        ("３Ｖ３ 篮球", "3x3-basketball"),
        ("SUP桨板", "stand-up-paddling"),
        ("游泳（跳水、水球）", "swimming"),
        ("瑜珈", "yoga"),
    ],
)
async def test_a_label_finds_its_sport_however_it_is_written(session: AsyncSession, label: str, slug: str) -> None:
    found = await find_sport(session, label)
    assert found is not None
    assert found.slug == slug


@pytest.mark.parametrize("label", ["", "量子球", "()", "球%"])
async def test_what_names_no_sport_finds_none(session: AsyncSession, label: str) -> None:
    assert await find_sport(session, label) is None


def test_each_shipped_label_names_one_sport() -> None:
    sports = json.loads((files("infra") / "data" / "sports.json").read_text(encoding="utf-8"))
    labels = [label for sport in sports for label in (sport["name"].lower(), *sport["aliases"])]
    assert sorted(labels) == sorted({normal(label) for label in labels})
    assert len({sport["slug"] for sport in sports}) == len(sports)


async def test_an_administrator_adds_a_sport_and_a_label_and_a_restart_keeps_both(session: AsyncSession) -> None:
    count = len(await list_sports(session))
    await add_sport(session, slug="liangzi-ball", name="量子球")
    await add_alias(session, slug="liangzi-ball", alias="Q 球")
    await ensure_sports(session)
    found = await find_sport(session, "q球")
    assert (found and found.slug, len(await list_sports(session))) == ("liangzi-ball", count + 1)


async def test_a_label_in_use_an_unknown_sport_and_an_unusable_slug_are_refused(session: AsyncSession) -> None:
    with pytest.raises(SportNameTaken):
        await add_sport(session, slug="running", name="健康跑")
    with pytest.raises(SportNameTaken):
        await add_sport(session, slug="marathon", name="新马拉松")
    with pytest.raises(SportNameTaken):
        await add_alias(session, slug="marathon", alias="徒步")
    with pytest.raises(NotFound):
        await add_alias(session, slug="nothing", alias="新名")
    with pytest.raises(Faulty) as refused:
        await add_sport(session, slug="Bad Slug", name=" ")
    assert [fault.path for fault in refused.value.faults] == ["slug", "name"]
    with pytest.raises(Faulty):
        await add_alias(session, slug="marathon", alias=" ")
