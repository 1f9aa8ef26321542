"""What a text says beside the dates of the event itself: when one signs up, what falls out, what happens in rain. Pure."""

import re

_CLAUSE = r"[^;。,()\n]"
_EVENT = "比赛|竞赛|正赛|赛事|活动时间|举办|举行|开赛"
_HOUR = r"\d{1,2}(?::\d{2}|[点时](?:半|\d{1,2}分?|整)?)"
_GATHER = "签到|检录|报到|集合|入场|候场|热身|领物|点名"

EXCEPTION = re.compile(
    r"\((?:[^()]{0,30}(?:除外|不含)|除(?!夕)[^()]{1,30}外?)[^()]{0,10}\)|[,;、](?:[^(),;]{0,20}除外|除(?!夕)[^(),;]{1,20}外)"
)
# 报名4月1日-20日 比赛5月1日; 4月1日-4月20日报名, 5月1日比赛
REGISTERING = re.compile(
    rf"(?:截止)?报名(?:(?!{_EVENT}){_CLAUSE}){{0,60}}\d(?:(?!{_EVENT}){_CLAUSE}){{0,60}}"
    rf"|(?:(?<=[;。,(\n])|^)(?:(?!{_EVENT}){_CLAUSE}){{0,60}}报名{_CLAUSE}{{0,60}}"
    rf"|报名{_CLAUSE}{{0,60}}"
)
IN_RAIN = re.compile(rf"(?:[如若]?遇(?:雨|恶劣)|雨天|顺延|备用|备选|候补){_CLAUSE}{{0,60}}")
MOVED = re.compile(r"^[^\n]{0,80}?(?:延期|改期|推迟|延迟|提前|调整|变更|改)(?:举[办行])?(?:至|到|为)")
GATHERING = re.compile(rf"(?:{_GATHER})(?:时间)?:?(?:{_HOUR})|(?:上午|下午|早上?|晚上?)?{_HOUR}(?:开始)?(?:{_GATHER})")
_TIMED = re.compile(_HOUR)


def without_asides(text: str) -> tuple[str, list[str]]:
    """The text without its asides, and a note for each kind that it had: they are kept in the text as written, and in nothing else."""
    notes = []
    for pattern, note in ((EXCEPTION, "exception"), (REGISTERING, "registration"), (IN_RAIN, "in_rain"), (MOVED, "former_date")):
        text, found = pattern.subn("", text)
        notes += [f"{note}_kept_as_text"] * bool(found)
    rest, found = GATHERING.subn("", text)
    if found and _TIMED.search(rest):
        text, notes = rest, [*notes, "gathering_kept_as_text"]
    return text, notes
