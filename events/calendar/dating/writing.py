"""One way to write what offices write in many: half-width, one kind of dash, a month and day that say which is which. Pure."""

import re
import unicodedata
from collections.abc import Callable

MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]
ENGLISH_MONTH = "(" + "|".join(rf"{m[:3]}(?:{m[3:]})?" for m in MONTHS) + r")\b\.?"
_YEAR = r"(?<!\d)((?:19|20)\d\d)"
_LONG_DASH = "[\u2010-\u2015\u2212~\u301c\u30fc至到]+"
_Rewrite = str | Callable[[re.Match[str]], str]


def _dotted_hours(match: re.Match[str]) -> str:
    first, end = f"{match[1]}:{match[2]}", match[3]
    return f"{first}{end}:{match[4]}" if end else first


def _year_first(match: re.Match[str]) -> str:
    month, days, year = match.groups()
    return f"{year}年{month} {days or ''}"


def _year_last(match: re.Match[str]) -> str:
    """03/15/2024 has one reading; 03/04/2024 has two, and keeps its words."""
    first, second, year = match.groups()
    if int(first) <= 12 < int(second):
        return f"{year}/{first}/{second}"
    return f"{year}/{second}/{first}" if int(second) <= 12 < int(first) else match.group()


# Before the dashes are made one: 2024-04—06 is two months, 2024-04-06 a day.
_DASHED: list[tuple[re.Pattern[str], _Rewrite]] = [
    (re.compile(rf"{_YEAR}[-./](\d{{1,2}})\s*{_LONG_DASH}\s*(\d{{1,2}})(?![\d\-./日号点时:月])"), r"\1年\2月-\3月"),
    (re.compile(rf"{_YEAR}-(\d{{1,2}})-(\d{{1,2}})\s*(?:{_LONG_DASH}|-)\s*(\d{{1,2}})-(\d{{1,2}})(?![\d\-点时:])"), r"\1-\2-\3-\4/\5"),
]
_REWRITES: list[tuple[re.Pattern[str], _Rewrite]] = [
    (re.compile(r"[\u2010-\u2015\u2212~\u301c\u30fc]|(?<=[\d日月号分])一(?=\d)"), "-"),
    (re.compile("∶"), ":"),
    (re.compile("[“”‘’\"'「」『』《》]"), ""),
    (re.compile(r"(?<=\d)[·•・。](?=\d)"), "."),
    (re.compile(r"\s+"), " "),
    (re.compile(r"(?<![0-9a-z]) | (?![0-9a-z])"), ""),
    (re.compile(r"(?<=\d)(?:st|nd|rd|th)\b"), ""),
    (re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})/((?:19|20)\d\d)(?!\d)"), _year_last),
    (re.compile(rf"{_YEAR}[,、 ](\d{{1,2}})[,、 ](\d{{1,2}})(?![\d,、日号月:点])"), r"\1-\2-\3"),
    # 4.27/4.28, and 24.4.27 with the century left out
    (re.compile(r"(?<=\d)/(?=\d{1,2}\.\d{1,2}(?!\d))"), ","),
    (re.compile(r"(?<![\d./:-])([2-4]\d)([-./])(\d{1,2})\2(\d{1,2})(?![\d./-])"), r"20\1\2\3\2\4"),
    (re.compile(rf"{_YEAR}([2-9])([0-2]\d|3[01])(?![\d日号月年])"), r"\1-\2-\3"),
    (re.compile(rf"(?<!\d)(\d{{1,2}}(?: ?- ?\d{{1,2}})?) {ENGLISH_MONTH}"), r"\2 \1"),
    (re.compile(r"(?<=[日号午晚早])(\d{1,2})\.([0-5]\d)(?:(-\d{1,2})\.([0-5]\d))?(?![\d.])"), _dotted_hours),
    (re.compile(rf"\b{ENGLISH_MONTH} ?(\d{{1,2}}(?:-\d{{1,2}})?)?,? ?((?:19|20)\d\d)(?!\d)"), _year_first),
]


def normalise(text: str) -> str:
    """Half-width, lower case, no quotes, one kind of dash, no space but between Latin letters or digits; English dates month first."""
    text = re.sub(r"[①-⑳❶-❿]", ";", text)
    text = unicodedata.normalize("NFKC", text).lower().strip()
    for pattern, rewrite in (*_DASHED, *_REWRITES):
        text = pattern.sub(rewrite, text)
    return text.strip()
