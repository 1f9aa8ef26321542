"""`saili regions`, `saili keys` and `saili sports`, as an operator types them."""

import asyncio
import uuid

import asyncpg
import pytest

from events.calendar.dates import Precision
from events.calendar.models import Event
from events.calendar.rules import EventStatus
from events.cli import main
from events.regions.rules import Tier
from infra import clock
from infra.database import make_engine, make_sessions
from infra.ids import new_id


def run(dsn: str, statement: str) -> str:
    async def fetch() -> str:
        connection = await asyncpg.connect(dsn)
        rows = await connection.fetch(statement)
        await connection.close()
        return "\n".join("\t".join(str(value) for value in row) for row in rows)

    return asyncio.run(fetch())


async def an_event(dsn: str) -> uuid.UUID:
    now = clock.now()
    event = Event(
        id=new_id(),
        title="殷行杯",
        status=EventStatus.DRAFT,
        tier=Tier.STREET,
        region_code="310110016",
        precision=Precision.UNKNOWN,
        changed_at=now,
        created_at=now,
    )
    engine = make_engine(dsn)
    async with make_sessions(engine).begin() as session:
        session.add(event)
    await engine.dispose()
    return event.id


def test_a_second_city_is_set_up_with_its_districts_and_streets(dsn: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["regions", "load", "410100"]) == 0
    done, following = capsys.readouterr().out.splitlines()
    assert done == (
        "The table of regions already held the shipped facts. "
        "In 410100, 192 offices may publish now: 1 of the city, 12 of districts, 179 of streets."
    )
    assert following.startswith("Next: set HOME_REGION (it is 310110) to the region that is to stand first")
    assert "DEMO=no" in following
    assert run(dsn, "SELECT tier, count(*) FROM regions WHERE within @> '{410100}' AND tier IS NOT NULL GROUP BY 1 ORDER BY 1") == (
        "city\t1\ndistrict\t12\nstreet\t179"
    )


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("999999", "No region has the code 999999."),
        ("410000", "河南省 (410000) holds several cities; choose one of them."),
        ("310110", "杨浦区 (310110) is a part of 上海市 (310000). Load 310000 instead: it sets up the offices of the whole city."),
    ],
)
def test_a_code_that_is_no_city_is_refused_with_a_sentence(dsn: str, code: str, sentence: str) -> None:
    with pytest.raises(SystemExit, match=sentence.replace("(", r"\(").replace(")", r"\)")):
        main(["regions", "load", code])


def test_a_key_is_shown_once_listed_without_itself_and_revoked(dsn: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["keys", "create", "--region", "310110", "--role", "district_officer", "--label", "杨浦区体育局"])
    shown = capsys.readouterr()
    made, key = (line.split()[1] for line in shown.out.splitlines()[:2])
    assert (key.startswith("saili_"), key in shown.err) == (True, False)
    main(["keys", "list"])
    listed = capsys.readouterr().out
    assert listed.startswith(f"{made}\tdistrict_officer\t310110\t杨浦区体育局\t")
    assert (key in listed, listed.strip().endswith("active")) == (False, True)
    main(["keys", "revoke", made])
    main(["keys", "list"])
    assert "revoked 20" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="Not found"):
        main(["keys", "revoke", made])


def test_an_organisers_key_takes_its_region_from_the_event(dsn: str, capsys: pytest.CaptureFixture[str]) -> None:
    event = asyncio.run(an_event(dsn))
    main(["keys", "create", "--role", "organiser", "--event", str(event)])
    assert "key  saili_" in capsys.readouterr().out
    assert run(dsn, "SELECT role, region_code, event_id FROM api_keys") == f"organiser\t310110016\t{event}"
    with pytest.raises(SystemExit, match="Not found"):
        main(["keys", "create", "--role", "organiser", "--event", str(uuid.uuid4())])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--region", "310110", "--role", "street_officer"], "No office of that tier publishes for 杨浦区"),
        (["--region", "310110", "--role", "organiser"], "no key can be made for the role organiser"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(dsn: str, arguments: list[str], sentence: str) -> None:
    with pytest.raises(SystemExit, match=sentence):
        main(["keys", "create", *arguments])
    assert run(dsn, "SELECT id FROM api_keys") == ""


def test_sports_are_added_given_another_name_and_listed(dsn: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["sports", "add", "liangzi-ball", "量子球", "--name-en", "Quantum ball"])
    main(["sports", "alias", "liangzi-ball", "Q球"])
    main(["sports", "list"])
    assert "liangzi-ball\t量子球\tQuantum ball\tq球" in capsys.readouterr().out.splitlines()
    with pytest.raises(SystemExit, match="already is the name, alias or slug of a sport"):
        main(["sports", "add", "other", "量子球"])
    with pytest.raises(SystemExit, match="slug: Not a valid identifier"):
        main(["sports", "add", "Bad Slug", "新球"])
