"""Lunar days and festivals on the solar calendar. Pure; the tables are lunar_python's."""

from datetime import date, timedelta

from lunar_python import LunarYear, Solar

# name → (month, day), lunar when the flag is set; names that hold another come first where they are matched
FESTIVALS: dict[str, tuple[int, int, bool]] = {
    "元旦": (1, 1, False),
    "妇女节": (3, 8, False),
    "三八": (3, 8, False),
    "植树节": (3, 12, False),
    "劳动节": (5, 1, False),
    "五一": (5, 1, False),
    "青年节": (5, 4, False),
    "五四": (5, 4, False),
    "儿童节": (6, 1, False),
    "六一": (6, 1, False),
    "建党节": (7, 1, False),
    "七一": (7, 1, False),
    "建军节": (8, 1, False),
    "八一": (8, 1, False),
    "全民健身日": (8, 8, False),
    "教师节": (9, 10, False),
    "国庆": (10, 1, False),
    "春节": (1, 1, True),
    "元宵": (1, 15, True),
    "龙抬头": (2, 2, True),
    "二月二": (2, 2, True),
    "三月三": (3, 3, True),
    "端午": (5, 5, True),
    "七夕": (7, 7, True),
    "中秋": (8, 15, True),
    "八月十五": (8, 15, True),
    "重阳": (9, 9, True),
    "九月九": (9, 9, True),
    "腊八": (12, 8, True),
}
# Days of the sun's path, by their names in lunar_python's table of a year, which begins at the 冬至 before it and ends at DONG_ZHI.
SOLAR_TERMS = ("立春", "春分", "清明", "谷雨", "立夏", "夏至", "立秋", "秋分", "立冬", "冬至")
# (month, weekday from Monday = 0, which of them)
WEEKDAYS = {"母亲节": (5, 6, 2), "父亲节": (6, 6, 3)}
# 国庆期间 bounds the days without naming one: (days before the festival, days after)
HOLIDAYS = {"春节": (1, 6), "五一": (0, 4), "劳动节": (0, 4), "国庆": (0, 6)}
SHORT_HOLIDAY = (1, 2)


def lunar_day(year: int, month: int, day: int) -> date | None:
    """The solar date in that solar year of a lunar month (negative: the leap one) and day; None when the year has no such day.

    腊月 mostly falls in the solar year after its lunar one, so both lunar years are tried.
    """
    for lunar_year in (year - 1, year):
        found = LunarYear.fromYear(lunar_year).getMonth(month)
        if found is None or not 1 <= day <= found.getDayCount():
            continue
        solar = Solar.fromJulianDay(found.getFirstJulianDay() + day - 1)
        if solar.getYear() == year:
            return date(year, solar.getMonth(), solar.getDay())
    return None


def festival_day(name: str, year: int) -> date | None:
    """The day of a festival in a solar year."""
    if name == "除夕":
        new_year = lunar_day(year, 1, 1)
        return new_year - timedelta(days=1) if new_year else None
    if name in SOLAR_TERMS:
        solar = Solar.fromYmd(year, 7, 1).getLunar().getJieQiTable()["DONG_ZHI" if name == "冬至" else name]
        return date(year, solar.getMonth(), solar.getDay())
    if name in WEEKDAYS:
        month, weekday, nth = WEEKDAYS[name]
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
    month, day, is_lunar = FESTIVALS[name]
    return lunar_day(year, month, day) if is_lunar else date(year, month, day)
