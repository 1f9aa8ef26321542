"""What the page of subscribing shows: what is subscribed to, in words, and the addresses that each program takes."""

from collections.abc import Iterable, Sequence
from urllib.parse import quote, urlencode

import segno

from events.calendar.called import called
from events.calendar.filters import Filters, Pairs
from events.feeds.asked import Asked
from events.i18n import Language, translate, words

FIELDS = {
    "tier": words("级别"),
    "region": words("地区"),
    "series": words("系列"),
    "board": words("板块"),
    "sport": words("项目"),
    "audience": words("面向"),
    "status": words("状态"),
    "registration": words("报名"),
    "when": words("时间"),
    "free": words("费用"),
    "q": words("搜索"),
}
ALARMS = {0: words("开始时"), 30: words("提前 30 分钟"), 60: words("提前 1 小时"), 120: words("提前 2 小时"), 1440: words("提前 1 天")}
# A longer address gives a code too dense for a phone's camera at the size that the page has for it.
MOST_IN_A_CODE = 800


def described(pairs: Pairs, names: Iterable[tuple[str, str, str]], language: Language) -> list[tuple[str, str]]:
    """Filters as people read them: (what is filtered, by what), alternatives joined. `names` are (filter, key, name); of a key that nobody
    has it is said."""
    known = {(field, key): name for field, key, name in names}
    found: dict[str, list[str]] = {}
    for field, value in pairs:
        found.setdefault(field, []).append(called(language, field, value, known))
    joint = translate(language, words("、"))
    return [(translate(language, FIELDS[field]) if field in FIELDS else field, joint.join(values)) for field, values in found.items()]


def addresses(asked: Asked, name: str, public_url: str) -> dict[str, str]:
    """The feed's addresses, as each program wants them; `name` is what Outlook is to call it."""
    alarm = [] if asked.alarm is None else [("alarm", str(asked.alarm))]
    path = "/feeds/events.ics" + _query([*asked.filters.pairs(), *alarm])
    feed = public_url + path
    webcal = "webcal://" + feed.partition("://")[2]
    outlook = "/calendar/0/addfromweb?" + urlencode({"url": feed, "name": name}, quote_via=quote)
    return {
        "path": path,
        "feed": feed,
        "webcal": webcal,
        "google": f"https://calendar.google.com/calendar/r?cid={quote(webcal, safe='')}",
        "outlook": f"https://outlook.live.com{outlook}",
        "outlook_work": f"https://outlook.office.com{outlook}",
        **{ending: f"{public_url}/feeds/events.{ending}" + _query(asked.filters.pairs()) for ending in ("atom", "rss", "json")},
    }


def alarms(chosen: int | None, language: Language) -> list[tuple[str, str, bool]]:
    """The choices of a reminder: (value, words, chosen). One that an address asks for and the list lacks is added to it."""
    named = ALARMS if chosen is None or chosen in ALARMS else ALARMS | {chosen: words("提前 {minutes} 分钟")}
    found = [(str(minutes), translate(language, name, minutes=minutes), minutes == chosen) for minutes, name in sorted(named.items())]
    return [("", translate(language, words("不提醒")), chosen is None), *found]


def picture_of(address: str) -> str | None:
    """The QR code of an address, as an image in an address of its own; None for one too long to be scanned."""
    if len(address) > MOST_IN_A_CODE:
        return None
    return segno.make(address, error="m").svg_data_uri(border=2)


def page_address(asked: Asked, kept: Sequence[tuple[str, str]], path: str = "/subscribe") -> str:
    """The page itself, as it is handed on: without what can't be subscribed to."""
    alarm = [] if asked.alarm is None else [("alarm", str(asked.alarm))]
    return path + _query([*asked.filters.pairs(), *alarm, *kept])


def filtered_address(path: str, filters: Filters, kept: Sequence[tuple[str, str]] = ()) -> str:
    """A page of the calendar with the filters."""
    return path + _query([*filters.pairs(), *kept])


def _query(pairs: Sequence[tuple[str, str]]) -> str:
    return f"?{urlencode(pairs)}" if pairs else ""
