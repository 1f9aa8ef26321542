"""From the coordinates that Chinese maps give to WGS-84, which every calendar program expects. Pure.

GCJ-02 shifts WGS-84 by a smooth secret of some hundred metres; its formula has been public since 2010, on the Krasovsky 1940 ellipsoid.
BD-09 turns and stretches GCJ-02 once more. Both only go forwards, so the way back is a fixed point, exact to centimetres.
"""

from math import atan2, cos, hypot, pi, sin, sqrt

from events.calendar.rules import Datum

Point = tuple[float, float]

_SEMI_MAJOR = 6378245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BAIDU = pi * 3000 / 180


def to_wgs84(lon: float, lat: float, datum: Datum) -> Point:
    """(longitude, latitude) in degrees of WGS-84. CGCS2000 is the same to a metre; outside China nothing was ever shifted."""
    match datum:
        case Datum.GCJ02:
            return _unshifted(lon, lat)
        case Datum.BD09:
            return _unshifted(*_from_baidu(lon, lat))
    return lon, lat


def wgs84_to_gcj02(lon: float, lat: float) -> Point:
    """The forward formula, as maps in China apply it."""
    if outside_china(lon, lat):
        return lon, lat
    x, y = lon - 105.0, lat - 35.0
    radians = lat / 180 * pi
    magic = 1 - _ECCENTRICITY_SQUARED * sin(radians) ** 2
    north = _north(x, y) * 180 / (_SEMI_MAJOR * (1 - _ECCENTRICITY_SQUARED) / (magic * sqrt(magic)) * pi)
    east = _east(x, y) * 180 / (_SEMI_MAJOR / sqrt(magic) * cos(radians) * pi)
    return lon + east, lat + north


def outside_china(lon: float, lat: float) -> bool:
    """The rectangle that the maps use, not the border."""
    return not (72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271)


def _unshifted(lon: float, lat: float) -> Point:
    if outside_china(lon, lat):
        return lon, lat
    x, y = lon, lat
    for _ in range(3):
        shifted_x, shifted_y = wgs84_to_gcj02(x, y)
        x, y = x + lon - shifted_x, y + lat - shifted_y
    return x, y


def _from_baidu(lon: float, lat: float) -> Point:
    """BD-09 to GCJ-02, exactly: the published inverse is only near, so the forward formula is undone by a fixed point as well."""
    x, y = lon - 0.0065, lat - 0.006
    for _ in range(3):
        baidu_x, baidu_y = gcj02_to_bd09(x, y)
        x, y = x + lon - baidu_x, y + lat - baidu_y
    return x, y


def gcj02_to_bd09(lon: float, lat: float) -> Point:
    """What Baidu adds to GCJ-02."""
    radius = hypot(lon, lat) + 0.00002 * sin(lat * _BAIDU)
    angle = atan2(lat, lon) + 0.000003 * cos(lon * _BAIDU)
    return radius * cos(angle) + 0.0065, radius * sin(angle) + 0.006


def _waves(*terms: tuple[float, float]) -> float:
    """The sum of amplitude × sine, two thirds of it, in metres."""
    return sum(amplitude * sin(angle * pi) for amplitude, angle in terms) * 2 / 3


def _north(x: float, y: float) -> float:
    plane = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    return plane + _waves((20, 6 * x), (20, 2 * x), (20, y), (40, y / 3), (160, y / 12), (320, y / 30))


def _east(x: float, y: float) -> float:
    plane = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    return plane + _waves((20, 6 * x), (20, 2 * x), (20, x), (40, x / 3), (150, x / 12), (300, x / 30))
