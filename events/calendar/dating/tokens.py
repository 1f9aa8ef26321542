"""The words of a date as an office writes it, one token each. Knows no calendar and never fails: what it can't name is JUNK."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto

from events.calendar.dates import Daypart, Precision
from events.calendar.dating.lunar import FESTIVALS


class Kind(Enum):
    DATE = auto()  # (year or None, month, day or None)
    YEAR = auto()  # (year,), or (None,) for 去年 and 明年
    MONTH = auto()
    LUNAR_MONTH = auto()
    DAY = auto()
    LUNAR_DAY = auto()
    PART = auto()  # (first day, last day) of a month, 0 for its end
    QUARTER = auto()
    STRETCH = auto()  # (precision, first month, last month)
    FESTIVAL = auto()
    LUNAR = auto()  # 农历: what follows is lunar
    PERIOD = auto()
    TIME = auto()  # (hour, minute, Daypart or None)
    DAYPART = auto()
    WEEKDAY = auto()  # (0 for Monday … 6, …)
    NUMBER = auto()
    DASH = auto()
    LIST = auto()
    BREAK = auto()  # a stronger separator: what was said of lunar months ends here
    START = auto()
    END = auto()
    NEXT_YEAR = auto()
    BOUND = auto()  # 前, 之后: the day named is not the day meant
    RECURRING = auto()
    WEEK_OF_MONTH = auto()
    ALTERNATIVE = auto()
    DAILY = auto()
    DURATION = auto()  # (days or None,)
    TENTATIVE = auto()
    UNDECIDED = auto()
    AROUND = auto()
    RELATIVE = auto()
    LABEL = auto()
    FILLER = auto()
    JUNK = auto()


@dataclass(frozen=True, slots=True)
class Token:
    kind: Kind
    text: str
    value: tuple[object, ...] = ()

    def number(self) -> int:
        value = self.value[0]
        return value if isinstance(value, int) else 0


DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2, "日": 7, "天": 7}
NUMBER = r"(?:(?<!\d)\d{1,2}(?!\d)|(?:[二三]?十|廿|卅)[一二三四五六七八九]?|[一二三四五六七八九])"
HOUR = NUMBER.replace("一二", "一两二")
FOUR_DIGIT_YEAR = r"(?<!\d)((?:19|20)\d\d)"
MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]
ENGLISH_MONTH = "(" + "|".join(rf"{m[:3]}(?:{m[3:]})?" for m in MONTHS) + r")\b\.?"


def number(text: str) -> int:
    """1-99 in Arabic or Chinese digits."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.replace("廿", "二十").replace("卅", "三十").rpartition("十")
    return (DIGITS.get(tens, 1) * 10 if ten else 0) + DIGITS.get(ones, 0)


def _numbers(match: re.Match[str]) -> tuple[object, ...]:
    return tuple(number(g) for g in match.groups() if g)


def _date(match: re.Match[str]) -> tuple[object, ...]:
    year, month, day = match.group("y", "m", "d") if "y" in match.re.groupindex else (None, *match.group("m", "d"))
    return (int(year) if year else None, int(month or 0), int(day) if day else None)


def _year(match: re.Match[str]) -> tuple[object, ...]:
    digits = match.group(1)
    if len(digits) == 2:
        return (2000 + int(digits),)
    return (int("".join(c if c.isdecimal() else str(DIGITS[c]) for c in digits)),)


def _time(match: re.Match[str]) -> tuple[object, ...]:
    hour, minute = number(match.group("h")), match.group("m")
    half = {"半": 30, "一刻": 15, "三刻": 45}
    minutes = half[minute] if minute in half else number(minute) if minute else 0
    meridiem = match.groupdict().get("ap")
    return (hour, minutes, {"a": Daypart.MORNING, "p": Daypart.AFTERNOON}.get(meridiem or ""))


def _weekdays(match: re.Match[str]) -> tuple[object, ...]:
    return tuple(DIGITS[c] - 1 for c in match.group() if c in DIGITS)


def _duration(match: re.Match[str]) -> tuple[object, ...]:
    return (number(match.group(1)) if match.group(2) in "天日" else None,)


def _is(*value: object) -> Callable[[re.Match[str]], tuple[object, ...]]:
    return lambda _: value


def _quarter(match: re.Match[str]) -> tuple[object, ...]:
    return (number(match.group(1) or match.group(2)),)


YMD_TAIL = r"(?:[日号]|[t ]0?0:00(?::00)?(?!\d))?"
PARTS = {"上中旬": (1, 20), "中上旬": (1, 20), "中下旬": (11, 0), "上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 0)}
PARTS |= {"上半月": (1, 15), "下半月": (16, 0), "初": (1, 10), "中": (11, 20), "底": (21, 0), "末": (21, 0), "上": (1, 10)}
DAYPARTS = {Daypart.MORNING: "上午|早上|早晨|清晨|凌晨|早", Daypart.NOON: "中午|正午", Daypart.AFTERNOON: "下午|午后"}
DAYPARTS |= {Daypart.EVENING: "晚上|晚间|傍晚|夜间|夜晚|今晚|当晚|晚"}
Q, H, Y, M = Precision.QUARTER, Precision.HALF_YEAR, Precision.YEAR, Precision.MONTH
STRETCHES: list[tuple[str, tuple[object, ...]]] = [
    ("上半年", (H, 1, 6)),
    ("下半年", (H, 7, 12)),
    ("全年度?|年内|常年|长年|整年", (Y, 1, 12)),
    ("春[季天]", (Q, 3, 5, "season")),
    ("夏[季天]", (Q, 6, 8, "season")),
    ("秋[季天]", (Q, 9, 11, "season")),
    ("冬[季天]", (Q, 12, 14, "season")),
    ("暑假|暑期", (M, 7, 8, "season")),
    ("寒假", (M, 1, 2, "season")),
    ("年初", (M, 1, 1)),
    ("年中", (M, 6, 7)),
    ("年[底末]|岁末", (M, 12, 12)),
]
RECUR = r"每(?:[个逢隔两双单年]){0,3}(?:月|周|星期|礼拜|季度?)"
RECUR += rf"(?:第?{NUMBER}个?(?=[周星礼]))?(?:周|星期|礼拜)?(?:[一二三四五六日天末]|{NUMBER}[日号])?(?:初|底|末|[上中下]旬)?"
FILLERS = r"活动时间|比赛时间|北京时间|时间|日期|比赛|拟于|将于|定于|恰逢|正值|终于|正式|举行|举办|进行|开展|决出|报道|持续|期间|公历|阳历"
FILLERS += (
    r"|今年|本年度?|当天|当日|全天|整天|的|具体|开放|贯穿|每年|共?[一二三四五六七八九十\d]{1,2}[站场轮]|第(?=[一二三四\d][、,和及至-])"
)
FILLERS += r"|[从自于在将为是迎个起()\[\]〔〕【】:。'\"“”]|\.(?!\d)|(?<=\d)分|时(?=[,;)]|$)|(?:mon|tues|wednes|thurs|fri|satur|sun)day"


# Order decides: a longer phrase stands before the shorter one it begins with.
PATTERNS: list[tuple[Kind, str, Callable[[re.Match[str]], tuple[object, ...]]]] = [
    (Kind.DATE, rf"(?P<y>(?<!\d)(?:19|20)\d\d)(?P<sep>[-/.])(?P<m>\d{{1,2}})(?P=sep)(?P<d>\d{{1,2}})(?!\d){YMD_TAIL}t?", _date),
    (Kind.DATE, r"(?P<y>(?<!\d)(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>[0-2]\d|3[01])(?!\d)", _date),
    (Kind.DATE, r"(?P<y>(?<!\d)(?:19|20)\d\d)[-/.](?P<m>0?[1-9]|1[0-2])(?P<d>)(?!\d)(?:月份?)?", _date),
    (Kind.DATE, r"(?<![\d.:/])(?P<m>\d{1,2})([./])(?P<d>\d{1,2})(?!\d|\2\d|分|点|时|:)日?", _date),
    (Kind.DATE, r"(?<![\d月年,、:])(?P<m>0[1-9])-(?P<d>[0-3]\d)(?![\d时点日号月:季])", _date),
    (Kind.DATE, r"(?<![\d月年,、:])(?P<m>1[0-2])-(?P<d>1[3-9]|2\d|3[01])(?![\d时点日号月:季])", _date),
    (Kind.YEAR, rf"{FOUR_DIGIT_YEAR}(?=年[底初末中内])", _year),
    (Kind.YEAR, rf"{FOUR_DIGIT_YEAR}(?:年度?|(?!\d))", _year),
    (Kind.YEAR, r"([〇零○一二三四五六七八九]{4})年度?", _year),
    (Kind.YEAR, r"(?<!\d)([2-4]\d)年(?=\d{1,2}月)", _year),
    (Kind.YEAR, r"去年|明年|前年|后年", _is(None)),
    (Kind.NEXT_YEAR, r"次年|翌年|第二年|来年", _is()),
    (Kind.LABEL, r"(?:[总半]?决|预选?|初|复|选拔|淘汰|小组|循环)赛|[男女]子组?|[开闭]幕式|启动仪式|报到", _is()),
    (Kind.LABEL, rf"第{NUMBER}(?:场|轮|站|阶段|批|组)", _is()),
    (Kind.RECURRING, RECUR, _is()),
    (Kind.RECURRING, r"[双单]月[初底末]?|隔周", _is()),
    (Kind.WEEK_OF_MONTH, rf"第{NUMBER}个?(?:周|星期|礼拜)[一二三四五六日天末]?", _is()),
    (Kind.WEEKDAY, r"周末|双休日", _is(5, 6)),
    (Kind.WEEKDAY, r"(?<=\()[一二三四五六日](?=\))", _weekdays),
    (Kind.DAILY, r"每[天日]|逐日", _is()),
    (Kind.DURATION, rf"(?:历时|为期|赛期|赛程|持续|共计?|为时)约?({HOUR})(?:个)?(天|日|周|月|星期|小时)半?", _duration),
    (Kind.WEEKDAY, r"(?:星期|礼拜|周)[一二三四五六日天](?:[、及和]?[一二三四五六日天](?![一二三四五六七八九十月场]))*", _weekdays),
    (Kind.UNDECIDED, r"待定|待通知|待确定|另行通知|另行安排|未定|择期|择日|视情况|tb[da]", _is()),
    (Kind.TENTATIVE, r"拟定于?|暂定于?|初定于?|预定于?|预计|计划|拟|大约|约", _is()),
    (Kind.AROUND, r"前后|左右|上下", _is()),
    (Kind.BOUND, r"(?:之|以)?[前后](?:夕|期)?", _is()),
    *((Kind.STRETCH, words, _is(*value)) for words, value in STRETCHES),
    (Kind.QUARTER, r"第?([一二三四1-4])季度?(?!\d)|q([1-4])", _quarter),
    (Kind.FESTIVAL, r"大年三十|除夕|年三十", _is("除夕")),
    (Kind.FESTIVAL, r"清明节?", _is("清明")),
    (Kind.FESTIVAL, r"十一(?=假期|期间|黄金周|长假)", _is("国庆")),
    *((Kind.FESTIVAL, rf"{name}(?:(?:劳动|青年|儿童|建军|建党|妇女)?节)?(?![月日号十])", _is(name)) for name in FESTIVALS),
    (Kind.LUNAR, r"农历|阴历|旧历|夏历", _is()),
    (Kind.LUNAR_MONTH, r"正月|大年", _is(1)),
    (Kind.LUNAR_MONTH, r"冬月", _is(11)),
    (Kind.LUNAR_MONTH, r"腊月", _is(12)),
    (Kind.LUNAR_MONTH, rf"闰({NUMBER})月", lambda match: (-number(match.group(1)),)),
    (Kind.LUNAR_DAY, rf"初({NUMBER})", _numbers),
    (Kind.PERIOD, r"期间|假期|黄金周|小?长假", _is()),
    (Kind.RELATIVE, r"近[日来期]|日前|目前|[昨今明][天日]|[上本下这]个?(?:周|星期|礼拜)[一二三四五六日天末]?|[上本下]个?月", _is()),
    (Kind.RELATIVE, r"在?(?:接下来|未来|今后)[^,;()]{0,8}", _is()),
    (Kind.MONTH, rf"({NUMBER})月份?", _numbers),
    (Kind.MONTH, rf"{ENGLISH_MONTH} ?", lambda match: (1 + [m[:3] for m in MONTHS].index(match.group(1)[:3]),)),
    (Kind.PART, "|".join(p for p in PARTS if len(p) > 1), lambda match: PARTS[match.group()]),
    (Kind.PART, r"(?<=[月份])(?:[初底末](?!赛)|中(?=$|[-,;()、])|上(?=、[中下]旬))", lambda match: PARTS[match.group()]),
    (Kind.PART, r"(?<=[月份])中(?=、下旬)", _is(11, 20)),
    (Kind.DAY, rf"({NUMBER})[日号](?![线楼馆场门院厅])", _numbers),
    (Kind.TIME, r"(?<!\d)(?P<h>\d{1,2}):(?P<m>\d{2})(?::\d{2})?(?!\d)分?(?: ?(?P<ap>[ap])\.?m\b\.?)?", _time),
    (Kind.TIME, rf"(?P<h>{HOUR})[点时](?:钟|整)?(?P<m>半|[一三]刻|{NUMBER}(?=分|[^\d日月号]|$))?分?", _time),
    (Kind.TIME, r"(?<!\d)(?P<h>\d{1,2})(?P<m>) ?(?P<ap>[ap])\.?m\b\.?", _time),
    *((Kind.DAYPART, words, _is(part)) for part, words in DAYPARTS.items()),
    (Kind.START, r"启动|开始|开赛|开幕|拉开战幕|拉开帷幕|揭幕|鸣枪|起跑|起(?=$|[,;)每])", _is()),
    (Kind.END, r"闭幕|结束|收官|截止|落幕|为止|止", _is()),
    (Kind.BREAK, r"[;|\n]|\.{2,}", _is()),
    (Kind.FILLER, FILLERS, _is()),
    (Kind.DASH, r"-+|(?:直|延续)?[至到]", _is()),
    (Kind.ALTERNATIVE, r"或者?", _is()),
    (Kind.LIST, r"[,、/和及与& ]|以及", _is()),
    (Kind.NUMBER, rf"({NUMBER})", _numbers),
    (Kind.JUNK, r"\d+|[a-z]+|(?s:.)", _is()),
]
COMPILED = [(kind, re.compile(pattern), read) for kind, pattern, read in PATTERNS]


def normalise(text: str) -> str:
    """Half-width, lower case, one kind of dash, and no space but between two Latin letters or digits; English dates month first."""
    text = re.sub(r"[①-⑳❶-❿]", ";", text)
    text = unicodedata.normalize("NFKC", text).lower()
    text = re.sub(r"[\u2010-\u2015\u2212~\u301c\u30fc]|(?<=[\d日月号分])一(?=\d)", "-", text).replace("∶", ":")
    text = re.sub(r"\s+", " ", text.strip())
    text = re.sub(r"(?<![0-9a-z]) | (?![0-9a-z])", "", text)
    text = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", text)
    text = re.sub(rf"(?<!\d)(\d{{1,2}}(?: ?- ?\d{{1,2}})?) {ENGLISH_MONTH}", r"\2 \1", text)
    text = re.sub(r"(?<=[日号午晚早])(\d{1,2})\.([0-5]\d)(?:(-\d{1,2})\.([0-5]\d))?(?![\d.])", _dotted_hours, text)
    return re.sub(rf"\b{ENGLISH_MONTH} ?(\d{{1,2}}(?:-\d{{1,2}})?)?,? ?((?:19|20)\d\d)(?!\d)", _year_first, text)


def _dotted_hours(match: re.Match[str]) -> str:
    first, end = f"{match.group(1)}:{match.group(2)}", match.group(3)
    return f"{first}{end}:{match.group(4)}" if end else first


def _year_first(match: re.Match[str]) -> str:
    month, days, year = match.groups()
    return f"{year}年{month} {days or ''}"


def lex(text: str) -> list[Token]:
    """Every character of a normalised text, in tokens; neighbouring junk is one token and bare numbers have found their unit."""
    tokens: list[Token] = []
    for token in _scan(text):
        if token.kind is Kind.JUNK and tokens and tokens[-1].kind is Kind.JUNK:
            tokens[-1] = Token(Kind.JUNK, tokens[-1].text + token.text)
        else:
            tokens.append(token)
    for i, token in enumerate(tokens):
        if token.kind is Kind.NUMBER:
            tokens[i] = _with_unit(tokens, i)
    return tokens


def _scan(text: str) -> Iterator[Token]:
    position = 0
    while position < len(text):
        kind, match, read = next((k, m, r) for k, p, r in COMPILED if (m := p.match(text, position)))
        yield Token(kind, match.group(), read(match))
        position = match.end()


def _with_unit(tokens: list[Token], i: int) -> Token:
    """A bare number is the day after its month (5月20), else what the next word is (12-14日, 3-4月), else what the last was (9.18-21)."""
    token, before = tokens[i], tokens[i - 1].kind if i else Kind.JUNK
    if before in (Kind.MONTH, Kind.LUNAR_MONTH):
        return replace(token, kind=Kind.DAY)
    kind = _unit_ahead(tokens, i) or _unit_behind(tokens, i)
    if kind is Kind.TIME:
        return Token(kind, token.text, (*token.value, 0, None))
    return replace(token, kind=kind)


def _unit_ahead(tokens: list[Token], i: int) -> Kind | None:
    j = i + 1
    while j + 1 < len(tokens) and tokens[j].kind in (Kind.DASH, Kind.LIST) and tokens[j + 1].kind is Kind.NUMBER:
        j += 2
    if j + 1 >= len(tokens) or tokens[j].kind not in (Kind.DASH, Kind.LIST):
        return None
    kind = tokens[j + 1].kind
    if kind is Kind.TIME and tokens[i + 1].kind is not Kind.DASH:
        return None
    if kind is Kind.MONTH and j + 2 < len(tokens) and tokens[j + 2].kind in (Kind.DAY, Kind.NUMBER):
        return None
    return kind if kind in (Kind.MONTH, Kind.DAY, Kind.QUARTER, Kind.TIME) else None


def _unit_behind(tokens: list[Token], i: int) -> Kind:
    if i < 2 or tokens[i - 1].kind not in (Kind.DASH, Kind.LIST):
        return Kind.JUNK
    last = tokens[i - 2]
    if last.kind is Kind.DATE:
        return Kind.DAY if last.value[2] else Kind.MONTH
    if last.kind is Kind.LUNAR_DAY:
        return Kind.DAY
    return last.kind if last.kind in (Kind.DAY, Kind.MONTH) else Kind.JUNK
