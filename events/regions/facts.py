"""The country's table of regions as it ships (infra/data/regions): every real unit once, under the nearest real unit above it."""

import csv
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from typing import NamedTuple

from events.regions.rules import PLACEHOLDERS, RegionKind, is_statistical, lineage

# The statistics table gives a county without streets one row, of the county's own name with the code 000, and villages without one this.
WITHOUT_STREET = "直辖村级区划"


class Fact(NamedTuple):
    code: str
    name: str
    kind: RegionKind
    parent: str | None
    statistical: bool
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str | None = None


def read_facts() -> dict[str, Fact]:
    """Every region by its code: about 44,000, those that no longer exist included."""
    facts: dict[str, Fact] = {}
    for row in _rows("provinces"):
        _add(facts, row["code"] + "0000", row["name"], RegionKind.PROVINCE, None)
    for row in _rows("cities"):
        if row["name"] not in PLACEHOLDERS:
            _add(facts, row["code"] + "00", row["name"], RegionKind.CITY, row["provinceCode"] + "0000")
    for row in _rows("areas"):
        city = facts.get(row["cityCode"] + "00")
        if city is None or city.name != row["name"]:
            _add(facts, row["code"], row["name"], RegionKind.AREA, city.code if city else row["provinceCode"] + "0000")
    for row in _rows("streets"):
        if not row["name"].endswith(WITHOUT_STREET) and not row["code"].endswith("000"):
            parent = row["areaCode"] if row["areaCode"] in facts else row["cityCode"] + "00"
            _add(facts, row["code"], row["name"], RegionKind.STREET, parent)
    for row in _rows("mergers"):
        _merge(facts, row)
    return facts


def within_of(facts: dict[str, Fact], code: str) -> list[str]:
    """The `within` array of a region: the one place that fills it."""
    return lineage(code, lambda c: [above for above in (facts[c].parent, facts[c].successor) if above])


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (files("infra") / "data" / "regions" / f"{name}.csv").open(encoding="utf-8") as file:
        yield from csv.DictReader(file)


def _add(facts: dict[str, Fact], code: str, name: str, kind: RegionKind, parent: str | None) -> None:
    facts[code] = Fact(code, name, kind, parent, kind in (RegionKind.AREA, RegionKind.STREET) and is_statistical(code))


def _merge(facts: dict[str, Fact], row: dict[str, str]) -> None:
    """Add a unit that was merged away, and say of its successor since when it exists when it was new that day."""
    ended, began, successor = date.fromisoformat(row["ended_on"]), row["successor_began_on"], facts[row["successor"]]
    facts[row["code"]] = Fact(row["code"], row["name"], successor.kind, row["parent"], False, None, ended, successor.code)
    if began:
        facts[successor.code] = successor._replace(valid_from=date.fromisoformat(began))
