from math import cos, hypot, radians

import pytest

from events.calendar.ical.coordinates import Point, gcj02_to_bd09, outside_china, to_wgs84, wgs84_to_gcj02
from events.calendar.rules import Datum

SHANGHAI = (121.5205, 31.2721)
PLACES = [SHANGHAI, (116.404, 39.915), (87.6168, 43.8256), (113.6654, 34.7579), (110.33, 20.03), (126.535, 45.803)]


def metres(a: Point, b: Point) -> float:
    return hypot((a[0] - b[0]) * cos(radians(a[1])), a[1] - b[1]) * 111_320


@pytest.mark.parametrize("place", PLACES)
def test_a_point_comes_back_from_the_shifted_systems_to_centimetres(place: Point) -> None:
    shifted = wgs84_to_gcj02(*place)
    assert 100 < metres(place, shifted) < 1000
    assert metres(to_wgs84(*shifted, Datum.GCJ02), place) < 0.05
    assert 500 < metres(shifted, gcj02_to_bd09(*shifted)) < 2000
    assert metres(to_wgs84(*gcj02_to_bd09(*shifted), Datum.BD09), place) < 0.05


def test_a_published_pair_of_points_agrees_to_a_metre() -> None:
    """Tiananmen as the formula's first implementations give it, in each system."""
    assert metres(wgs84_to_gcj02(116.404, 39.915), (116.41024449916938, 39.91640428150164)) < 1
    assert metres(gcj02_to_bd09(116.404, 39.915), (116.41036949371029, 39.92133699351021)) < 1


@pytest.mark.parametrize("datum", [Datum.WGS84, Datum.CGCS2000])
def test_a_point_on_the_earths_own_system_stays(datum: Datum) -> None:
    assert to_wgs84(*SHANGHAI, datum) == SHANGHAI


def test_outside_china_nothing_is_shifted() -> None:
    london = (-0.1276, 51.5072)
    assert outside_china(*london)
    assert to_wgs84(*london, Datum.GCJ02) == london
