"""A month on a map: a schematic of tiles 示意, or the outlines that an administrator loaded."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from events.regions.units import Units
from events.web.month_page import MonthPage

# Events from which a tile is as dark as this; the number stands in it as well.
SHADES = (1, 3, 6, 12)


@dataclass(frozen=True, slots=True)
class Tile:
    """A unit of the map. `row` and `column` are 0 where no layout says where it lies; `outline` is its shape where one was loaded."""

    code: str
    name: str
    address: str
    chosen: bool
    count: int
    shade: int
    row: int = 0
    column: int = 0
    outline: dict[str, Any] | None = None


@cache
def layout(code: str) -> dict[str, tuple[int, int]]:
    """Row and column of each street of a district, from `infra/data/maps`; empty where nobody drew one."""
    path = files("infra") / "data" / "maps" / f"{code}.json"
    if not path.is_file():
        return {}
    return {street: (row, column) for street, (row, column) in json.loads(path.read_text(encoding="utf-8"))["tiles"].items()}


def shade(count: int) -> int:
    """How dark a tile is, from 0 to 4."""
    return sum(count >= least for least in SHADES)


def map_values(made: MonthPage, units: Units) -> dict[str, Any]:
    """What `map.html` shows beside the month. A tile counts what the other filters let through, as every choice does."""
    counts = {code: count for code, _, count in made.counts.within(list(units.below))}
    drawn, outlines = layout(units.code), {shape["code"]: shape for shape in units.outlines.shapes} if units.outlines else {}
    placed = drawn if drawn.keys() >= units.below.keys() else {}

    def tile(code: str, name: str) -> Tile:
        address = made.beside.address(made.filters.without("region").with_("region", code))
        chosen = code in made.filters.region
        if chosen:
            address = made.beside.address(made.filters.without("region", code))
        count = counts.get(code, 0)
        return Tile(code, name, address, chosen, count, shade(count), *placed.get(code, (0, 0)), outlines.get(code))

    tiles = [tile(code, name) for code, name in units.below.items()]
    entries = sorted(made.view.entries().values(), key=lambda one: (one.first_on is None, one.first_on, one.title))
    return {
        "unit": units.name,
        "outlines": units.outlines,
        "shapes": [one for one in tiles if one.outline],
        # By their places, so that the order of reading is from north to south.
        "tiles": sorted((one for one in tiles if not one.outline), key=lambda one: (one.row, one.column, one.name)),
        "placed": bool(placed),
        "items": [made.listed(entry) for entry in entries],
    }
