"""What 3-15 means: the 15th of March, or the 3rd to the 15th of a month that stands elsewhere. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from enum import Enum, auto

# Two numbers and a hyphen, then nothing that says what they are, and no number but hours. 3—15 and 3至15 are runs.
_PAIR = re.compile(r"([1-9]\d?)\s*-\s*(0?[1-9]|[12]\d|3[01])(?![\d日号月季年:点时]|\s*[-~—–至]\s*\d)(\D*(?:\d{1,2}:\d{2}\D*)*)")
# 3-15-16 and 3-15、4-20 in March.
_NUMBERS = re.compile(r"[\d\s、,，/;；.-]+")


class Hyphen(Enum):
    DAY = auto()  # 3-15 is 3月15日
    RUN = auto()  # 3-15 is 3日—15日


def habit(cells: Iterable[tuple[str, int | None]]) -> Hyphen | None:
    """How a column writes: what all of its pairs mean that can mean one thing only, each given with its month where one is said."""
    sure = {_sure(int(pair[1]), int(pair[2]), month) for text, month in cells if (pair := _pair(text))} - {None}
    return sure.pop() if len(sure) == 1 else None


def spelt_out(text: str, month: int | None, habit: Hyphen | None) -> str | None:
    """A text whose pair says what it is, by itself or by its column's habit; None when that is open. One of other words stays."""
    pair = _pair(text)
    if pair is None:
        return None if _NUMBERS.fullmatch(text) and text.startswith(f"{month}-") else text
    meant = _sure(int(pair[1]), int(pair[2]), month) or habit
    if meant is Hyphen.DAY:
        return f"{pair[1]}月{pair[2]}日{pair[3]}"
    return f"{pair[1]}-{pair[2]}日{pair[3]}" if meant else None


def _pair(text: str) -> re.Match[str] | None:
    return _PAIR.fullmatch(unicodedata.normalize("NFKC", text).strip())


def _sure(first: int, last: int, month: int | None) -> Hyphen | None:
    """9-10 in March can only be a run, and 5-4 only a day."""
    if last <= first:
        return Hyphen.DAY if first <= 12 and month in (None, first) else None
    return Hyphen.RUN if first > 12 or month not in (None, first) else None
