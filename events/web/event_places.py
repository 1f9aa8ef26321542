"""Where an event is, for the maps that people use: each gets the coordinates of its own system. Pure."""

from dataclasses import dataclass
from urllib.parse import urlencode

from events.calendar.entries import VenueShown
from events.calendar.ical.coordinates import Point, to_wgs84, wgs84_to_gcj02
from events.i18n import Language, translate, words

SOURCE = "saili"


@dataclass(frozen=True, slots=True)
class OnMap:
    """A way to a map. `coordinates` are of WGS-84, as text, where the office gave any; without them the maps are only searched."""

    links: tuple[tuple[str, str], ...]
    coordinates: str | None


def wgs84_of(venue: VenueShown) -> Point | None:
    """The venue in WGS-84, which CGCS2000 of Tianditu equals to a metre; None where no coordinates were given, or of an unknown system."""
    point = venue.point
    return to_wgs84(point.lon, point.lat, point.datum) if point and point.datum else None


def on_map(venue: VenueShown, region: str, language: Language) -> OnMap:
    """AMap (GCJ-02) and Tianditu (CGCS2000) at the venue's point; without one, a search by its name."""
    amap, tianditu = translate(language, words("在高德地图打开")), translate(language, words("在天地图打开"))
    found = wgs84_of(venue)
    if found is None:
        sought = {"keyword": " ".join(part for part in (venue.name, venue.address) if part), "city": region, "src": SOURCE, "callnative": 0}
        return OnMap(((translate(language, words("在高德地图里按名称搜索")), f"https://uri.amap.com/search?{urlencode(sought)}"),), None)
    lon, lat = wgs84_to_gcj02(*found)
    marker = {"position": f"{lon:.6f},{lat:.6f}", "name": venue.name, "coordinate": "gaode", "src": SOURCE, "callnative": 0}
    centre = {"lon": f"{found[0]:.6f}", "lat": f"{found[1]:.6f}", "level": 17}
    links = (amap, f"https://uri.amap.com/marker?{urlencode(marker)}"), (tianditu, f"https://map.tianditu.gov.cn/?{urlencode(centre)}")
    return OnMap(links, f"{found[1]:.5f}, {found[0]:.5f}")
