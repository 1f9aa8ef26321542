"""Outlines of a region's units from GeoJSON (RFC 7946): checked, and drawn into paths of SVG once, when they are loaded. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import cos, isfinite, radians
from typing import Any

from events.errors import Fault, Faulty

# Units of the drawing across its longer side: finer than a screen shows, and what rounding makes equal is left out.
SIDE = 1_000
MOST_POINTS = 20_000
CODES = ("code", "adcode", "region_code")

Position = tuple[float, float]
Ring = list[Position]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes of {"code", "path", "x", "y"} in a box of `width` by `height`, north above."""

    width: int
    height: int
    shapes: list[dict[str, Any]]


def draw(decoded: object, units: Collection[str], region: str) -> Drawing:
    """The drawing of a FeatureCollection whose features name these units. Raises Faulty naming every bad feature by its path."""
    features = decoded.get("features") if isinstance(decoded, dict) and decoded.get("type") == "FeatureCollection" else None
    if not isinstance(features, list) or not features:
        raise Faulty(Fault("", "bad_geojson"))
    faults: list[Fault] = []
    outlines: dict[str, list[Ring]] = {}
    for n, feature in enumerate(features):
        code, rings = _code(feature), _rings(feature)
        if code not in units:
            faults.append(Fault(f"features[{n}].properties", "no_such_unit", {"region": region}))
        elif code in outlines:
            faults.append(Fault(f"features[{n}].properties", "twice"))
        if rings is None:
            faults.append(Fault(f"features[{n}].geometry", "bad_outline"))
        outlines.setdefault(code, rings or [])
    if faults:
        raise Faulty(*faults)
    return _drawn(outlines)


def _code(feature: object) -> str:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    found = next((properties[name] for name in CODES if name in properties), "") if isinstance(properties, dict) else ""
    return str(found)


def _rings(feature: object) -> list[Ring] | None:
    """Every ring of a feature's polygons; None when its geometry isn't that of an area."""
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(geometry, dict):
        return None
    coordinates = geometry.get("coordinates")
    polygons = {"Polygon": [coordinates], "MultiPolygon": coordinates}.get(str(geometry.get("type")))
    if not isinstance(polygons, list) or not polygons or not all(isinstance(one, list) and one for one in polygons):
        return None
    rings = [_ring(ring) for polygon in polygons for ring in polygon]
    return None if any(ring is None for ring in rings) else [ring for ring in rings if ring]


def _ring(found: object) -> Ring | None:
    """A linear ring (RFC 7946, section 3.1.6): at least four positions, the last one the first."""
    if not isinstance(found, list) or len(found) < 4 or not all(_is_position(one) for one in found):
        return None
    ring = [(float(one[0]), float(one[1])) for one in found]
    return ring if ring[0] == ring[-1] else None


def _is_position(found: object) -> bool:
    if not isinstance(found, list) or len(found) < 2:
        return False
    numbers = [one for one in found[:2] if isinstance(one, int | float) and not isinstance(one, bool) and isfinite(one)]
    return len(numbers) == 2 and abs(numbers[0]) <= 180 and abs(numbers[1]) <= 90


def _drawn(outlines: Mapping[str, Sequence[Ring]]) -> Drawing:
    """Degrees onto the page: a plate carrée whose middle parallel keeps its length, which is true enough for a city."""
    every = [position for rings in outlines.values() for ring in rings for position in ring]
    west, east = min(lon for lon, _ in every), max(lon for lon, _ in every)
    south, north = min(lat for _, lat in every), max(lat for _, lat in every)
    narrowed = cos(radians((south + north) / 2))
    across, down = (east - west) * narrowed, north - south
    if across <= 0 or down <= 0:
        raise Faulty(Fault("", "bad_outline"))
    scale = SIDE / max(across, down)

    def placed(ring: Ring) -> list[tuple[int, int]]:
        points = [(round((lon - west) * narrowed * scale), round((north - lat) * scale)) for lon, lat in ring]
        return [point for n, point in enumerate(points) if n == 0 or point != points[n - 1]]

    shapes = [_shape(code, [placed(ring) for ring in rings]) for code, rings in outlines.items()]
    if sum(shape.pop("points") for shape in shapes) > MOST_POINTS:
        raise Faulty(Fault("", "too_detailed", {"most": MOST_POINTS}))
    return Drawing(max(1, round(across * scale)), max(1, round(down * scale)), shapes)


def _shape(code: str, rings: Sequence[list[tuple[int, int]]]) -> dict[str, Any]:
    """One path of all rings, and the point in the middle of the largest, where the name stands."""
    path = "".join("M" + "L".join(f"{x} {y}" for x, y in ring[:-1] or ring) + "Z" for ring in rings)
    x, y = _centroid(max(rings, key=lambda ring: abs(_area(ring))))
    return {"code": code, "path": path, "x": x, "y": y, "points": sum(map(len, rings))}


def _pairs(ring: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int, int]]:
    return ((*one, *other) for one, other in zip(ring, [*ring[1:], ring[0]], strict=True))


def _area(ring: Sequence[tuple[int, int]]) -> float:
    return sum(ax * by - bx * ay for ax, ay, bx, by in _pairs(ring)) / 2


def _centroid(ring: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The middle of an area; of one that rounding has made a line, the middle of its points."""
    if not (area := _area(ring)):
        return round(sum(x for x, _ in ring) / len(ring)), round(sum(y for _, y in ring) / len(ring))
    x = sum((ax + bx) * (ax * by - bx * ay) for ax, ay, bx, by in _pairs(ring))
    y = sum((ay + by) * (ax * by - bx * ay) for ax, ay, bx, by in _pairs(ring))
    return round(x / (6 * area)), round(y / (6 * area))
