"""`saili import events`, as an operator types it."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from events.cli import main

PLAN = "名称,时间,区,经费\n滨江健步走,2026年5月2日,杨浦区,1\n社区篮球赛,5月3日,,1\n"


def stored(dsn: str) -> list[tuple[str, str]]:
    async def fetch() -> list[tuple[str, str]]:
        connection = await asyncpg.connect(dsn)
        rows = await connection.fetch("SELECT title, status FROM events ORDER BY title")
        await connection.close()
        return [tuple(row) for row in rows]

    return asyncio.run(fetch())


@pytest.fixture
def plan(tmp_path: Path) -> str:
    path = tmp_path / "plan.csv"
    path.write_bytes(PLAN.encode("gb18030"))
    return str(path)


def test_a_preview_says_what_applying_then_does(dsn: str, plan: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "events", plan]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "2\tnew\t滨江健步走\ttier guessed",
        "3\trefused\t社区篮球赛\tregion: The region can't be told; name one with --region.\ttier guessed\tdate unread: no_year",
        "columns not read: 经费",
        "1 new, 0 unchanged, 0 changed, 0 conflict, 1 refused  (preview; --apply stores it)",
    ]
    assert stored(dsn) == []
    assert main(["import", "events", plan, "--apply", "--publish", "--region", "310110", "--year", "2026"]) == 0
    assert stored(dsn) == [("滨江健步走", "published"), ("社区篮球赛", "published")]
    capsys.readouterr()
    assert main(["import", "events", plan, "--region", "310110", "--year", "2026"]) == 0
    assert "0 new, 2 unchanged" in capsys.readouterr().out


def test_a_changed_row_shows_what_and_a_likely_one_asks(dsn: str, plan: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["import", "events", plan, "--apply", "--region", "310110"])
    other = tmp_path / "later.csv"
    other.write_text("名称,时间,区,主办单位\n滨江健步走,2026年5月9日,杨浦区,区体育局\n", encoding="utf-8")
    capsys.readouterr()
    assert main(["import", "events", str(other), "--apply"]) == 1
    asked = capsys.readouterr().out
    assert "1 wait to be confirmed" in asked
    event = asked.split("is it ")[1].split()[0]
    assert main(["import", "events", str(other), "--apply", "--confirm", f"2={event}"]) == 0
    assert "organiser: – → 区体育局" in capsys.readouterr().out
    assert len(stored(dsn)) == 2


@pytest.mark.parametrize(
    ("name", "data", "arguments", "sentence"),
    [
        ("a.xlsx", b"PK\x03\x04", [], "file: The file can't be read"),
        ("a.csv", b"", [], "file: The file is empty"),
        ("a.csv", b"a,b\n1,2", [], "file: No header was found"),
        ("a.csv", PLAN.encode(), ["--region", "999999"], "No region has the code 999999"),
        ("a.csv", PLAN.encode(), ["--map", "venue=馆"], "file: The file has no such columns: 馆"),
    ],
)
def test_a_file_that_can_not_be_taken_is_refused_in_a_sentence(
    dsn: str, tmp_path: Path, name: str, data: bytes, arguments: list[str], sentence: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SystemExit, match=sentence):
        main(["import", "events", str(tmp_path / name), *arguments])


def test_a_file_that_is_not_there_is_named(dsn: str) -> None:
    with pytest.raises(SystemExit, match=r"nothing.csv can't be read: No such file"):
        main(["import", "events", "nothing.csv"])
