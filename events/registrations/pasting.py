"""People pasted from a spreadsheet or typed in lines: who they are and what each is, with every identity number left out. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from events.competitions.contents import MOST_ATHLETES
from events.registrations.contents import STAFF_MOST
from events.registrations.identity_numbers import holds_identity_number
from events.registrations.numerals import plain
from events.registrations.rules import RosterRole

# No roster is longer; what is pasted beyond is said to be left out.
MOST_PEOPLE = MOST_ATHLETES + STAFF_MOST

PLAYERS = ("运动员", "队员", "球员", "选手", "参赛队员", "队长", "替补", "athlete", "player", "captain", "substitute")
ROLES: dict[str, RosterRole] = {
    **dict.fromkeys(PLAYERS, RosterRole.ATHLETE),
    **dict.fromkeys(("教练", "教练员", "主教练", "助理教练", "coach", "head coach", "assistant coach"), RosterRole.COACH),
    **dict.fromkeys(("领队", "leader", "team leader", "manager", "team manager"), RosterRole.LEADER),
    **dict.fromkeys(("工作人员", "队医", "后勤", "staff", "official", "doctor", "team doctor"), RosterRole.STAFF),
}
NAME_HEADS = frozenset({"姓名", "名字", "队员姓名", "运动员姓名", "name", "full name", "player name"})
ROLE_HEADS = frozenset({"身份", "角色", "职务", "类别", "role", "position", "type"})
# What else stands in such rows and is nobody's name.
OTHERS = frozenset(
    {"序号", "编号", "性别", "男", "女", "无", "身份证", "身份证号", "号码", "male", "female", "m", "f", "no", "no.", "sex", "gender"}
)
WITH_ROLE = re.compile(r"(?P<name>.+?)\s*[(（\[【]\s*(?P<role>[^()（）\[\]【】]+?)\s*[)）\]】]")
ROLE_FIRST = re.compile(r"(?P<role>[^:：]+?)\s*[:：]\s*(?P<name>.*)")
NUMBERED = re.compile(r"\s*\(?\d{1,3}(?:\s*[.．、)）]\s*|\s+)(?=\D)")
BETWEEN = re.compile(r"[,，;；、|]")


@dataclass(slots=True)
class Pasted:
    """What was read: people in their order; names already listed; how many identity numbers were left out; lines that name nobody."""

    people: list[tuple[str, str]] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    withheld: int = 0
    unread: list[str] = field(default_factory=list)
    beyond: int = 0


def read_pasted(text: str, listed: Iterable[str] = ()) -> Pasted:
    """Everybody whom the text names and who isn't `listed` yet.

    A line with tabs is a row of a spreadsheet, so one person: the name under its heading, else the first cell that can be one. Other lines
    name as many as commas part. A role stands in a cell of its own, after a name, in brackets, or before a colon for all that follow.
    """
    found, known = Pasted(), {name.strip() for name in listed}
    columns: dict[str, int] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        cells = [_without_numbers(cell, found) for cell in (line.split("\t") if "\t" in line else BETWEEN.split(NUMBERED.sub("", line)))]
        if heads := _heads(cells):
            columns = heads
            continue
        named = list(_row(cells, columns) if "\t" in line or columns else _listed(cells))
        if not named and (left := " ".join(filter(None, cells))):
            found.unread.append(left)
        for name, role in named:
            _add(found, known, name, role)
    return found


def _add(found: Pasted, known: set[str], name: str, role: RosterRole) -> None:
    if name in known:
        found.repeated.append(name)
    elif len(found.people) == MOST_PEOPLE:
        found.beyond += 1
    else:
        known.add(name)
        found.people.append((name, role.value))


def _without_numbers(cell: str, found: Pasted) -> str:
    """The cell as text without what looks like an identity number; a cell that hides one among other things goes whole."""
    cell = " ".join(cell.split())
    if not holds_identity_number(cell):
        return cell
    found.withheld += 1
    rest = " ".join(part for part in cell.split() if not holds_identity_number(part))
    return "" if holds_identity_number(rest) else rest


def _heads(cells: Sequence[str]) -> dict[str, int]:
    """Where a heading says that names and roles stand; nothing for a line that is no heading."""
    spelt = [_key(cell) for cell in cells]
    name = next((at for at, cell in enumerate(spelt) if cell in NAME_HEADS), None)
    role = next((at for at, cell in enumerate(spelt) if cell in ROLE_HEADS), None)
    return {} if name is None else {"name": name} | ({} if role is None else {"role": role})


def _row(cells: Sequence[str], columns: dict[str, int]) -> Iterator[tuple[str, RosterRole]]:
    at = columns.get("name")
    name = cells[at] if at is not None and at < len(cells) else next(filter(_is_name, cells), "")
    name, own = _split(name)
    under = ROLES.get(_key(cells[columns["role"]])) if columns.get("role", len(cells)) < len(cells) else None
    role = own or under or next((role for cell in cells if (role := ROLES.get(_key(cell)))), RosterRole.ATHLETE)
    if _is_name(name):
        yield name, role


def _listed(cells: Sequence[str]) -> Iterator[tuple[str, RosterRole]]:
    """Names in one line, each with the role that follows it, or that stands before the colon."""
    for_all, name, role = RosterRole.ATHLETE, "", RosterRole.ATHLETE
    for cell in cells:
        if (first := ROLE_FIRST.fullmatch(cell)) and (said := ROLES.get(_key(first["role"]))):
            for_all, cell = said, first["name"]  # noqa: PLW2901 - the rest of the cell is read on
        if said := ROLES.get(_key(cell)):
            role = said
            continue
        said_name, own = _split(cell)
        if _is_name(said_name):
            if name:
                yield name, role
            name, role = said_name, own or for_all
    if name:
        yield name, role


def _split(cell: str) -> tuple[str, RosterRole | None]:
    """A name and the role that is written beside it: 王建国（教练）, 王建国 教练."""
    cell = NUMBERED.sub("", cell)
    if (match := WITH_ROLE.fullmatch(cell)) and (role := ROLES.get(_key(match["role"]))):
        return match["name"], role
    before, _, last = cell.rpartition(" ")
    if before and (role := ROLES.get(_key(last))):
        return before, role
    return cell, None


def _is_name(cell: str) -> bool:
    key = _key(cell)
    lettered = any(c.isalpha() for c in key) and not any(c.isdecimal() or c == "@" for c in key)
    return lettered and key not in OTHERS and key not in ROLES


def _key(cell: str) -> str:
    return plain(cell).strip().strip("*:").lower()
