"""`saili series` and `saili venues`, as an operator types them."""

import asyncio
import uuid

import pytest

from events.calendar.drafts import VenueDraft
from events.calendar.service import create_event
from events.cli import main
from infra.database import make_engine, make_sessions
from infra.settings import read_settings
from tests.offices import YANGPU, day, draft


async def an_event(dsn: str) -> None:
    engine = make_engine(dsn)
    async with make_sessions(engine, settings=read_settings()).begin() as session:
        await create_event(session, YANGPU, draft(day(2026, 5, 2), venue=VenueDraft("旧馆", "国顺路1号"), series="xiuchulai"))
    await engine.dispose()


def test_a_brand_is_made_with_its_boards_and_renamed(dsn: str, capsys: pytest.CaptureFixture[str]) -> None:
    create = [
        "series",
        "create",
        "xiuchulai",
        "韵动杨浦",
        "--region",
        "310110",
        "--board",
        "binjiang=滨江主题",
        "--board",
        "campus=活力高校",
    ]
    assert (main(create), main(create), main(["series", "rename", "xiuchulai", "韵动杨浦·秀出来"])) == (0, 0, 0)
    asyncio.run(an_event(dsn))
    main(["venues", "find", "国顺路"])
    found = capsys.readouterr().out.splitlines()[-1].split("\t")
    assert found[1:] == ["310110", "旧馆", "国顺路1号"]
    assert main(["venues", "rename", found[0], "新馆"]) == 0
    main(["venues", "find", "新馆"])
    assert capsys.readouterr().out.splitlines()[-1].split("\t") == [found[0], "310110", "新馆", "国顺路1号"]


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["series", "create", "s", "名", "--region", "999999"], "No region has the code 999999."),
        (["series", "create", "a/b", "名", "--region", "310110"], "a/b: Not a valid identifier."),
        (["series", "create", "s", "名", "--region", "310110", "--board", "名字"], "名字: Not a valid identifier."),
        (["series", "rename", "nothing", "名"], "Not found."),
        (["venues", "rename", str(uuid.UUID(int=1)), "名"], "Not found."),
    ],
)
def test_what_cannot_be_named_is_refused_with_a_sentence(dsn: str, command: list[str], sentence: str) -> None:
    with pytest.raises(SystemExit, match=sentence.replace(".", r"\.")):
        main(command)
