"""The columns that tell who may take part, what to bring, what it costs, how to get there and when it is stopped."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.rules import OPERATOR
from events.calendar.models import Event
from events.submissions.service import import_file
from events.submissions.verdicts import Kind, Options, Outcome


async def take(session: AsyncSession, head: str, row: str) -> Outcome:
    data = f"编号,赛事名称,时间,区,{head}\n1,健步走,2026年5月2日,杨浦区,{row}".encode()
    return await import_file(session, OPERATOR, data, Options(source="计划"), apply=True)


async def stored(session: AsyncSession) -> Event:
    return (await session.scalars(select(Event).execution_options(populate_existing=True))).one()


async def test_what_a_plan_says_of_taking_part_is_kept_in_its_own_places(session: AsyncSession) -> None:
    await take(session, "参赛条件,自备物品,报名费,交通方式,熔断机制", "18 周岁以上,水壶,免费,地铁 10 号线,雷电时停止")
    made = await stored(session)
    told = (made.eligibility, made.bring, made.fee, made.free, made.directions, made.fuse)
    assert told == ("18 周岁以上", "水壶", "免费", True, "地铁 10 号线", "雷电时停止")


@pytest.mark.parametrize(
    ("head", "said", "free"),
    [
        ("费用", "每队 200 元", False),
        ("收费标准", "另行通知", None),
        ("是否免费", "是", True),
        ("是否免费", "否", False),
        ("是否收费", "否", True),
        ("是否收费", "是", False),
        ("免费", "免费", True),
        ("费用", "/", None),
    ],
)
async def test_whether_it_is_free_is_read_off_the_column_that_says_so(
    session: AsyncSession, head: str, said: str, free: bool | None
) -> None:
    await take(session, head, said)
    assert (await stored(session)).free is free


async def test_a_later_edition_changes_the_fee_and_with_it_whether_it_is_free(session: AsyncSession) -> None:
    await take(session, "费用", "免费")
    outcome = await take(session, "费用", "每人 30 元")
    (verdict,) = outcome.verdicts
    assert (verdict.kind, [(c.field, c.before, c.after) for c in verdict.changes]) == (
        Kind.CHANGED,
        [("fee", "免费", "每人 30 元"), ("free", True, False)],
    )


async def test_a_file_without_these_columns_leaves_what_the_office_wrote(session: AsyncSession) -> None:
    await take(session, "费用", "免费")
    outcome = await take(session, "地点", "")
    assert [verdict.kind for verdict in outcome.verdicts] == [Kind.UNCHANGED]
    assert (await stored(session)).free is True
