"""The words of a date as an office writes it: which kind each is, and what it says. Longer phrases stand before shorter ones."""

import re
from collections.abc import Callable
from enum import Enum, auto

from events.calendar.dates import Daypart, Precision
from events.calendar.dating.lunar import FESTIVALS, SOLAR_TERMS, WEEKDAYS
from events.calendar.dating.writing import ENGLISH_MONTH, MONTHS


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
    NEXT_DAY = auto()  # 次日: of the hour that follows
    UNTIL = auto()  # 即日起至, 截至: the day that follows only ends it
    ONGOING = auto()  # 至今: it has begun, and goes on
    BOUND = auto()  # (-1,) 前, (0,) 前夕 or (1,) 之后: the day named is not the day meant
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


DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2, "日": 7, "天": 7}
NUMBER = r"(?:(?<!\d)\d{1,2}(?!\d)|(?:[二三]?十|廿|卅)[一二三四五六七八九]?|[一二三四五六七八九])"
HOUR = NUMBER.replace("一二", "一两二")
FOUR_DIGIT_YEAR = r"(?<!\d)((?:19|20)\d\d)"


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
PARTS = {"上下旬": (1, 0), "上中旬": (1, 20), "中上旬": (1, 20), "中下旬": (11, 0), "上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 0)}
PARTS |= {"上半月": (1, 15), "下半月": (16, 0), "初": (1, 10), "中": (11, 20), "底": (21, 0), "末": (21, 0), "上": (1, 10)}
DAYPARTS = {Daypart.MORNING: "上午|早上|早晨|清晨|凌晨|早", Daypart.NOON: "中午|正午", Daypart.AFTERNOON: "下午|午后"}
DAYPARTS |= {Daypart.EVENING: "晚上|晚间|傍晚|夜间|夜晚|今晚|当晚|晚"}
Q, H, Y, M = Precision.QUARTER, Precision.HALF_YEAR, Precision.YEAR, Precision.MONTH
STRETCHES: list[tuple[str, tuple[object, ...]]] = [
    ("全年四季|全年度?|年内|常年|长年|整年|常态化?|长期|日常|四季(?!度)|上[、和及]?下半年", (Y, 1, 12)),
    ("春秋[两二]?[季天]|春、秋[两二]?[季天]?", (Y, 3, 11, "season")),
    ("上半年", (H, 1, 6)),
    ("下半年", (H, 7, 12)),
    ("春[季天]", (Q, 3, 5, "season")),
    ("夏[季天]", (Q, 6, 8, "season")),
    ("秋[季天]", (Q, 9, 11, "season")),
    ("冬[季天]", (Q, 12, 14, "season")),
    ("寒、?暑假", (Y, 1, 8, "season")),
    ("暑假|暑期", (M, 7, 8, "season")),
    ("寒假", (M, 1, 2, "season")),
    ("年初", (M, 1, 1)),
    ("年中", (M, 6, 7)),
    ("年[底末]|岁末", (M, 12, 12)),
]
_WEEK = "(?:周|星期|礼拜)"
_LISTED_WEEKDAYS = r"[一二三四五六日天末](?:[、,及和]?(?:周|星期)?[一二三四五六日天](?![一二三四五六七八九十月场次日号]))*"
_NTH = rf"(?:第{NUMBER}(?:[、,及和]第?{NUMBER})*个?|最后一个?)"
_TIMES = r"[一二两三四五六七八九十\d]{1,3}(?:-[一二两三四五六七八九十\d]{1,3})?[次场期届轮回]"
_EVERY = r"(?:每|逢)(?:[个逢隔两双单半年]){0,3}"
# 每月一次, 每季度至少2场: how often, which says no day
FREQUENCY = rf"(?:{_EVERY}(?:年度?|个?月|{_WEEK}|季度?)|每年|[一两二三]年)(?:(?:各|约|至少|不少于|举办|举行|开展|组织)){{0,3}}{_TIMES}"
RECUR = rf"{_EVERY}(?:月|{_WEEK}|季度?)的?(?:{_NTH}(?:周|月|星期|礼拜)?)?"
RECUR += rf"(?:{_WEEK}?{_LISTED_WEEKDAYS}(?!月)|{NUMBER}[日号]?(?:[、,及和]{NUMBER}[日号]?)*(?<=[日号]))?(?:初|底|末|[上中下]旬)?"
FILLERS = r"活动时间|比赛时间|北京时间|时间|日期|比赛|拟于|将于|定于|恰逢|正值|终于|正式|举行|举办|进行|开展|决出|报道|持续|期间|公历|阳历"
FILLERS += (
    r"|今年|本年度?|当天|当日|全天|整天|半天|的|具体|开放|贯穿|每年|每(?=[晚早])|第(?=[一二三四\d][、,和及至-])"
    rf"|[各共约]?{_TIMES}|[各共]?[一二三四五六七八九十\d]{{1,2}}站"
)
FILLERS += r"|以[^,;()\n]{0,16}为准|视[^,;()\n]{0,8}(?:情况|天气|而定)(?:而定)?|已?(?:举办|举行|完成|结束)(?:完毕|完)?"
FILLERS += r"|原定(?:于)?|活动|出发|(?:根据|按照?)[^,;()\n\d]{0,16}|详见[^,;()\n]{0,8}"
FILLERS += (
    r"|[从自于在将为是迎个起内间各()\[\]〔〕【】:。'\"“”?*]|\.(?!\d)|(?<=\d)分|时(?=[,;)]|$)|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
)
GROUPS = r"(?:甲|乙|丙|丁|成年?人?|成人|少年|青少年|少儿|儿童|幼儿|老年|中老年|中年|中青年|青年"
GROUPS += r"|公开|业余|专业|大众|精英|亲子|团体|个人|混合|社会|学生|职工|农民)"


# Order decides: a longer phrase stands before the shorter one it begins with.
PATTERNS: list[tuple[Kind, str, Callable[[re.Match[str]], tuple[object, ...]]]] = [
    (Kind.DATE, rf"(?P<y>(?<!\d)(?:19|20)\d\d)(?P<sep>[-/.])(?P<m>\d{{1,2}})(?P=sep)(?P<d>\d{{1,2}})(?!\d){YMD_TAIL}t?", _date),
    (Kind.DATE, r"(?P<y>(?<!\d)(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>[0-2]\d|3[01])(?!\d)", _date),
    (Kind.DATE, r"(?P<y>(?<!\d)(?:19|20)\d\d)[-/.](?P<m>0?[1-9]|1[0-2])(?P<d>)(?!\d)(?:月份?)?", _date),
    (Kind.DATE, r"(?P<y>(?<!\d)(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>)(?![\d日号])", _date),
    (Kind.DATE, r"(?<![\d.:/月])(?P<m>\d{1,2})([./])(?P<d>\d{1,2})(?!\d|\2\d|分|点|时|:|月)[日号]?", _date),
    (Kind.DATE, r"(?<![\d月年,、:])(?P<m>0[1-9])-(?P<d>[0-3]\d)(?![\d时点日号月:季])", _date),
    (Kind.DATE, r"(?<![\d月年,、:])(?P<m>1[0-2])-(?P<d>1[3-9]|2\d|3[01])(?![\d时点日号月:季])", _date),
    (Kind.YEAR, rf"{FOUR_DIGIT_YEAR}(?=年[底初末中内])", _year),
    (Kind.YEAR, rf"{FOUR_DIGIT_YEAR}(?:年度?|(?!\d))", _year),
    (Kind.YEAR, r"([〇零○一二三四五六七八九]{4})年度?", _year),
    (Kind.YEAR, r"(?<!\d)([2-4]\d)年(?=\d{1,2}月)", _year),
    (Kind.YEAR, r"去年|明年|前年|后年", _is(None)),
    (Kind.NEXT_DAY, r"次日|翌日|第二[天日]", _is()),
    (Kind.UNTIL, r"(?:(?:从|自)?即日起?|现在起?)(?:-+|[至到])?|截[至止到]于?(?=第?[一二三四五六七八九十\d])", _is()),
    (Kind.ONGOING, r"(?:-+|[至到])今(?![年天日晚])", _is()),
    (Kind.NEXT_YEAR, r"次年|翌年|第二年|来年", _is()),
    (
        Kind.LABEL,
        r"(?:[总半]?决|预选?|初|复|选拔|淘汰|小组|循环|资格|排位|分站)赛|[首末]站|收官[站战]|揭幕[站战]|离会|[男女]子组?|[开闭]幕式|启动仪式|报到",
        _is(),
    ),
    (Kind.LABEL, rf"第{NUMBER}(?:场|轮|站|阶段|批|组)", _is()),
    (
        Kind.LABEL,
        rf"{GROUPS}组|(?:{GROUPS}|[男女]子|线[上下]|海选)(?=$|[,;()、:-]|\d)|u\d{{1,2}}组?|(?<![^,;()、\d日])[\u4e00-\u9fa5]{{2,3}}站",
        _is(),
    ),
    (Kind.RECURRING, FREQUENCY, _is()),
    (Kind.DAILY, r"每[天日]|逐日", _is()),
    (Kind.RECURRING, RECUR, _is()),
    (Kind.RECURRING, r"[双单]月[初底末]?|隔周|不定期|每半年", _is()),
    (Kind.WEEK_OF_MONTH, rf"{_NTH}{_WEEK}(?:{_WEEK}?[一二三四五六日天末])?", _is()),
    (Kind.WEEKDAY, r"周末|双休日", _is(5, 6)),
    (Kind.WEEKDAY, r"(?<=\()[一二三四五六日](?=\))", _weekdays),
    (Kind.DURATION, rf"(?:历时|为期|赛期|赛程|持续|共计?|为时)约?({HOUR})(?:个)?(天|日|周|月|星期|小时)半?", _duration),
    (Kind.DURATION, rf"[共约]?({HOUR})个?(天|小时|周(?![一二三四五六日末]))半?", _duration),
    (Kind.WEEKDAY, r"(?:星期|礼拜|周)[一二三四五六日天](?:[、及和]?[一二三四五六日天](?![一二三四五六七八九十月场]))*", _weekdays),
    (Kind.UNDECIDED, r"待定|[待等]上?级?通知|待确定|另行通知|另行安排|未定|择期|择日|适时|tb[da]", _is()),
    (Kind.TENTATIVE, r"拟定于?|暂定于?|初定于?|预定于?|预计|计划|拟|大约|约", _is()),
    (Kind.AROUND, r"前后|左右|上下(?![半旬])", _is()),
    (Kind.BOUND, r"(?:之|以)?前夕", _is(0)),
    (Kind.BOUND, r"(?:之|以)?前期?", _is(-1)),
    (Kind.BOUND, r"(?<!最)(?:之|以)?后(?:期)?", _is(1)),
    *((Kind.STRETCH, words, _is(*value)) for words, value in STRETCHES),
    (Kind.QUARTER, r"第?([一二三四1-4])季(?:度|(?!\d))[初中末底]?|q([1-4])", _quarter),
    (Kind.FESTIVAL, r"大年三十|除夕|年三十", _is("除夕")),
    *((Kind.FESTIVAL, rf"{name}节?", _is(name)) for name in (*SOLAR_TERMS, *WEEKDAYS)),
    (Kind.FESTIVAL, r"十一(?=假期|期间|黄金周|长假|前后|国庆)|(?:^|(?<=[、,;(和及与至-]))十一(?=$|[、,;)和及与前后至-])", _is("国庆")),
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
    (Kind.MONTH, rf"({NUMBER})月份?(?![街楼亭坊])", _numbers),
    (Kind.MONTH, rf"{ENGLISH_MONTH} ?", lambda match: (1 + [m[:3] for m in MONTHS].index(match.group(1)[:3]),)),
    (Kind.PART, "|".join(p for p in PARTS if len(p) > 1), lambda match: PARTS[match.group()]),
    (Kind.PART, r"(?<=[月份])(?:[初底末](?!赛)|中(?=$|[-,;()、])|上(?=、[中下]旬))", lambda match: PARTS[match.group()]),
    (Kind.PART, r"(?<=[月份])中(?=、下旬)", _is(11, 20)),
    (Kind.DAY, rf"({NUMBER})[日号](?!线(?![上下])|[楼馆场门院厅])", _numbers),
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
    (Kind.LIST, r"[,、/和及与& ]|以及|(?<=[\d日号])\.(?=\d)", _is()),
    (Kind.NUMBER, rf"({NUMBER})", _numbers),
    (Kind.JUNK, r"\d+|[a-z]+|(?s:.)", _is()),
]
