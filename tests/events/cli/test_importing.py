"""`saili import events`, as an operator types it."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from events.cli import main
from events.i18n import Language, spoken

PLAN = "名称,时间,区域,经费\n滨江健步走,2026年5月2日,杨浦区,1\n社区篮球赛,5月3日,四平路街道,1\n"


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
        "2\tnew\t滨江健步走\t2026-05-02 · 310110 杨浦区 · District\ttier guessed",
        "3\trefused\t社区篮球赛\tregion: The region can't be told; name one with --region.\ttier guessed\tdate unread: no_year",
        "columns not read: 经费",
        "1 new, 0 unchanged, 0 changed, 0 conflict, 1 refused  (preview; --apply stores it)",
        "1 would be stored as drafts, which citizens do not see; --apply --publish stores and publishes them.",
    ]
    assert stored(dsn) == []
    assert main(["import", "events", plan, "--apply", "--publish", "--region", "310110", "--year", "2026"]) == 0
    assert stored(dsn) == [("滨江健步走", "published"), ("社区篮球赛", "published")]
    capsys.readouterr()
    assert main(["import", "events", plan, "--region", "310110", "--year", "2026"]) == 0
    assert "0 new, 2 unchanged" in capsys.readouterr().out


def test_what_is_stored_as_a_draft_is_said_and_how_it_is_published(dsn: str, plan: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = "were stored as drafts, which citizens do not see; run it again with --apply --publish to publish them."
    main(["import", "events", plan, "--apply"])
    assert f"1 {told}" in capsys.readouterr().out.splitlines()
    main(["import", "events", plan, "--apply", "--publish"])
    assert (told in capsys.readouterr().out, stored(dsn)) == (False, [("滨江健步走", "published")])


def test_rows_without_a_region_are_of_the_home_region(
    dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME_REGION", "310109")
    path = tmp_path / "plan.csv"
    path.write_text("名称,时间\n健步走,2026年5月2日\n", encoding="utf-8")
    assert main(["import", "events", str(path)]) == 0
    assert "region from HOME_REGION: 虹口区" in capsys.readouterr().out


@pytest.mark.parametrize(
    "environment",
    [{"LANGUAGE": "zh_CN:en"}, {"LC_ALL": "zh_CN.UTF-8", "LANG": "C"}, {"LC_MESSAGES": "zh_TW.UTF-8"}, {"LANG": "zh_CN.UTF-8"}],
)
def test_it_speaks_chinese_where_the_terminal_does(
    dsn: str, plan: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], environment: dict[str, str]
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, environment.get(name, ""))
    main(["import", "events", plan])
    assert capsys.readouterr().out.splitlines() == [
        "2\t新增\t滨江健步走\t2026-05-02 · 310110 杨浦区 · 区级\t没写级别，按地区推定",
        "3\t不能收\t社区篮球赛\tregion: 看不出是哪个地区。\t没写级别，按地区推定\t日期读不懂：没有年份",
        "没有读的列：经费",
        "1 行新增、0 行没有变化、0 行有变化、0 行有冲突、1 行不能收（预览；加 --apply 才写入）",
        "1 行会存成草稿，市民看不到；用 --apply --publish 写入就会发布。",
    ]
    with pytest.raises(SystemExit, match=r"nothing\.csv 读不了："):
        main(["import", "events", "nothing.csv"])


def test_a_row_that_waits_says_so_in_chinese(
    dsn: str, plan: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["import", "events", plan, "--apply"])
    capsys.readouterr()
    monkeypatch.setenv("LANGUAGE", "zh")
    (tmp_path / "later.csv").write_text("名称,时间,区\n滨江健步走,2026年5月9日,杨浦区\n", encoding="utf-8")
    assert main(["import", "events", str(tmp_path / "later.csv")]) == 1
    row, *_, waiting = capsys.readouterr().out.splitlines()
    assert row.startswith("2\t等确认\t滨江健步走\t2026-05-09 · 310110 杨浦区 · 区级\t是不是 ")
    assert waiting == "1 行等确认：--confirm 行号=活动编号，或者 行号=new；都是新的：all=new"


@pytest.mark.parametrize("environment", [{}, {"LANG": "C.UTF-8"}, {"LANGUAGE": "en", "LANG": "zh_CN.UTF-8"}, {"LANG": "fr_FR"}])
def test_elsewhere_it_speaks_english(environment: dict[str, str]) -> None:
    assert spoken(environment) is Language.EN


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


def test_a_change_is_said_in_local_time(dsn: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "plan.csv"
    path.write_text("编号,名称,时间,区\n1,滨江健步走,2026年5月2日9:00-11:30,杨浦区\n", encoding="utf-8")
    main(["import", "events", str(path), "--apply"])
    assert "2026-05-02 09:00–11:30 · 310110 杨浦区 · District" in capsys.readouterr().out
    path.write_text("编号,名称,时间,区\n1,滨江健步走,2026年5月3日晚,杨浦区\n", encoding="utf-8")
    main(["import", "events", str(path)])
    assert "sessions: 2026-05-02 09:00–11:30 → 2026-05-03 evening" in capsys.readouterr().out


def test_all_that_wait_can_be_said_to_be_new_and_nothing_else(dsn: str, plan: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["import", "events", plan, "--apply", "--region", "310110", "--year", "2026"])
    again = ["import", "events", plan, "--region", "310110", "--year", "2026", "--source", "elsewhere"]
    assert main(again) == 1
    assert "add --source 'plan'" in capsys.readouterr().out
    assert main([*again, "--confirm", "all=new"]) == 0
    with pytest.raises(SystemExit):
        main([*again, "--confirm", "all=0190c0de-0000-7000-8000-000000000000"])
