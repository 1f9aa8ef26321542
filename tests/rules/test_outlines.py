import re
from typing import Any

import pytest

from events.errors import Faulty
from events.regions.outlines import MOST_POINTS, draw

UNITS = {"310110016", "310110019"}


def square(west: float, south: float, side: float = 0.1) -> list[list[float]]:
    east, north = west + side, south + side
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(code: str, *rings: list[list[float]], kind: str = "Polygon", name: str = "code") -> dict[str, Any]:
    coordinates = list(rings) if kind == "Polygon" else [[ring] for ring in rings]
    return {"type": "Feature", "properties": {name: code}, "geometry": {"type": kind, "coordinates": coordinates}}


def collection(*features: object) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def test_outlines_are_drawn_with_north_above_and_true_to_their_sides() -> None:
    two = collection(feature("310110016", square(121.5, 60.1)), feature("310110019", square(121.5, 60.0), name="adcode"))
    drawing = draw(two, UNITS, "杨浦区")
    # At 60° a degree of longitude is half as long as one of latitude: a column of two becomes four times as high as wide.
    assert (drawing.width, drawing.height) == (249, 1000)
    assert [(shape["code"], shape["x"], shape["y"]) for shape in drawing.shapes] == [("310110016", 124, 250), ("310110019", 124, 750)]
    assert drawing.shapes[0]["path"] == "M0 500L249 500L249 0L0 0Z"


def test_parts_of_a_unit_are_one_path_and_its_name_stands_in_the_largest() -> None:
    drawing = draw(collection(feature("310110016", square(0, 0, 0.1), square(0.5, 0, 0.5), kind="MultiPolygon")), UNITS, "杨浦区")
    (shape,) = drawing.shapes
    assert shape["path"].count("M") == 2
    assert (shape["x"], shape["y"]) == pytest.approx((750, 250), abs=2)


@pytest.mark.parametrize(
    ("decoded", "faults"),
    [
        ([], [("", "bad_geojson")]),
        ({"type": "Feature"}, [("", "bad_geojson")]),
        (collection(), [("", "bad_geojson")]),
        (collection(feature("310104", square(0, 0))), [("features[0].properties", "no_such_unit")]),
        (collection("x"), [("features[0].properties", "no_such_unit"), ("features[0].geometry", "bad_outline")]),
        (collection(*[feature("310110016", square(0, 0))] * 2), [("features[1].properties", "twice")]),
        (collection(feature("310110016", square(0, 0)[:-1])), [("features[0].geometry", "bad_outline")]),
        (collection(feature("310110016", square(179.95, 0))), [("features[0].geometry", "bad_outline")]),
        (collection(feature("310110016", [[0, 0], [1, "x"], [1, 1], [0, 0]])), [("features[0].geometry", "bad_outline")]),
        (collection(feature("310110016", [[0, 0]] * 4)), [("", "bad_outline")]),
        (
            collection({"properties": {"code": "310110016"}, "geometry": {"type": "Point", "coordinates": [0, 0]}}),
            [("features[0].geometry", "bad_outline")],
        ),
        (
            collection({"properties": None, "geometry": {"type": "MultiPolygon", "coordinates": [[]]}}),
            [("features[0].properties", "no_such_unit"), ("features[0].geometry", "bad_outline")],
        ),
    ],
)
def test_every_bad_feature_is_named(decoded: object, faults: list[tuple[str, str]]) -> None:
    with pytest.raises(Faulty) as refused:
        draw(decoded, UNITS, "杨浦区")
    assert [(fault.path, fault.code) for fault in refused.value.faults] == faults


def test_too_fine_an_outline_is_refused_and_what_no_screen_shows_is_left_out() -> None:
    line = [[n / 1000, (n % 2) / 2] for n in range(1000)]
    zigzag = [point for _ in range(MOST_POINTS // 900) for point in line]
    with pytest.raises(Faulty, match=re.compile("")) as refused:
        draw(collection(feature("310110016", [*zigzag, zigzag[0]])), UNITS, "杨浦区")
    assert refused.value.faults[0].code == "too_detailed"
    near = [[0, 0], *[[1, n / 100_000] for n in range(1000)], [1, 1], [0, 0]]
    assert draw(collection(feature("310110016", near)), UNITS, "杨浦区").shapes[0]["path"].count("L") < 20
