"""What we keep of the house, held to the tree."""

import ast
import re
import shutil
import subprocess
from pathlib import Path

from events.cli import COMMANDS
from tests.house.architecture import drawn, kept

ROOMS = ("events", "workers", "infra", "tests")
PYTHON = sorted(path for room in ROOMS for path in Path(room).rglob("*.py"))
PAGES = (Path("events/web/templates"), Path("events/web/assets"))
OWN = [*PYTHON, *(path for folder in PAGES for path in folder.rglob("*") if path.suffix in (".html", ".css", ".js"))]


def test_no_file_is_longer_than_400_lines() -> None:
    assert {str(path): n for path in OWN if (n := len(path.read_text().splitlines())) > 400} == {}


def test_no_function_is_longer_than_60_lines() -> None:
    long = {}
    for path in PYTHON:
        if "migrations" in path.parts:
            continue  # a migration is a list
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (n := (node.end_lineno or 0) - node.lineno + 1) > 60:
                long[f"{path}:{node.name}"] = n
    assert long == {}


def test_only_the_clock_reads_the_time() -> None:
    """Only infra/clock reads the date or the instant; measuring a duration is free."""
    calls = {f"{kind}.{name}" for kind in ("datetime", "date", "datetime.datetime", "datetime.date") for name in ("now", "utcnow", "today")}
    others = [path for path in PYTHON if path.parts[0] != "tests" and path != Path("infra/clock.py")]
    found = [(path, node) for path in others for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    assert [f"{path}:{node.lineno}" for path, node in found if ast.unparse(node.func) in {*calls, "time.time"}] == []


def test_what_lies_within_a_region_is_asked_in_one_way() -> None:
    asking = re.compile(r"within\.(overlap|contains|contained_by|any)\(|within *(@>|&&)")
    found = [str(path) for path in PYTHON if path.parts[0] != "tests" and asking.search(path.read_text())]
    assert found == ["events/regions/queries.py"]


def test_no_room_is_named_for_what_it_is_not() -> None:
    assert [str(path) for path in PYTHON if path.stem in ("utils", "helpers", "common", "misc", "base", "manager")] == []


def test_the_commands_that_operators_are_told_of_exist() -> None:
    told = set(re.findall(r"`saili ([a-z]+)", Path("docs/operators.md").read_text()))
    assert told >= {"run", "web", "relay", "worker", "clock", "prepare"}
    assert told - COMMANDS.keys() == set()


def test_make_help_lists_every_target() -> None:
    [targets] = re.findall(r"^\.PHONY: (.*)$", Path("Makefile").read_text(), re.MULTILINE)
    listed = subprocess.run([shutil.which("make") or "", "help"], capture_output=True, text=True, check=True).stdout
    assert sorted(re.findall(r"^make (\w+) +\w", listed, re.MULTILINE)) == sorted(targets.split())


def test_no_file_names_a_registry() -> None:
    names = "py" + "pi.org|registry.npm" + "js|python" + "hosted|deb.deb" + "ian.org"
    git = shutil.which("git")
    assert git, "the files of a checkout are asked of git"
    assert subprocess.run([git, "grep", "-nIE", names, "--", "."], capture_output=True, text=True, check=False).stdout == ""


def test_the_map_of_the_house_is_the_tree() -> None:
    assert kept() == drawn(), "run: python -m tests.house.architecture"


def test_every_decision_is_numbered_once_and_says_what_follows() -> None:
    pages = sorted(Path("docs/decisions").glob("*.md"))
    assert [path.name[:4] for path in pages] == [f"{n:04}" for n in range(1, len(pages) + 1)]
    parts = ("**Context.**", "**Decision.**", "**Consequences.**")
    assert [f"{path.name} {part}" for path in pages for part in parts if part not in path.read_text()] == []
