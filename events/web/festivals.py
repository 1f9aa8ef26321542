"""What a day is called beside its number: the lunar date, a festival, a solar term; and the names of public holidays in other languages."""

from datetime import date
from functools import lru_cache

from lunar_python import Solar

from events.i18n import Language, translate, words

# The names that the holidays' table uses, and lunar festivals; in Chinese they are their own translation.
NAMES = (
    words("元旦"), words("春节"), words("清明"), words("劳动节"), words("端午"), words("端午节"), words("中秋"),
    words("国庆节"), words("元宵节"), words("中秋节"), words("重阳节"), words("七夕节"), words("腊八节"), words("除夕"),
)  # fmt: skip


@lru_cache(maxsize=4_096)
def lunar_date(on: date, language: Language) -> str:
    """The whole lunar date of a day with its festival or solar term, 农历五月初五 端午节. In other languages only the festival."""
    if language is not Language.ZH or not 1900 < on.year <= 2100:
        return lunar_name(on, language)
    lunar = Solar.fromYmd(on.year, on.month, on.day).getLunar()
    festival = next((name for name in lunar.getFestivals() if name in NAMES), "") or str(lunar.getJieQi())
    return f"农历{lunar.getMonthInChinese()}月{lunar.getDayInChinese()} {festival}".strip()


@lru_cache(maxsize=4_096)
def lunar_name(on: date, language: Language) -> str:
    """Beside the number of a day: its lunar festival, else in Chinese its solar term, else the lunar day (on the first the lunar month).

    Outside the years that the lunar tables know (1900–2100) there is nothing to say. In other languages only festivals are named.
    """
    if not 1900 < on.year <= 2100:
        return ""
    lunar = Solar.fromYmd(on.year, on.month, on.day).getLunar()
    festival = next((name for name in lunar.getFestivals() if name in NAMES), "")
    if language is not Language.ZH:
        return translate(language, festival) if festival else ""
    first = f"{lunar.getMonthInChinese()}月" if lunar.getDay() == 1 else str(lunar.getDayInChinese())
    return festival or str(lunar.getJieQi()) or first
