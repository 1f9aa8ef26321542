"""An import's verdicts and flags in the reader's language. A flag is a stable code with what it is about (`sport unknown: 绳球`). Pure."""

from events.i18n import Language, translate, words
from events.submissions.verdicts import Action, Kind, Outcome, Verdict

KINDS: dict[Kind, str] = {
    Kind.NEW: words("新增"),
    Kind.UNCHANGED: words("没有变化"),
    Kind.CHANGED: words("有变化"),
    Kind.CONFLICT: words("有冲突"),
    Kind.REFUSED: words("不能收"),
}

FLAGS: dict[str, str] = {
    "alike": words("是不是 {about}？"),
    "region from HOME_REGION": words("没写地区，归入 HOME_REGION：{about}"),
    "region from organiser": words("没写地区，按主办单位归入：{about}"),
    "region unknown": words("不认识的地区：{about}"),
    "tier guessed": words("没写级别，按地区推定"),
    "tier unknown": words("不认识的级别：{about}"),
    "sport unknown": words("不认识的项目：{about}"),
    "no address": words("不是网址：{about}"),
    "year from column": words("年份取自列"),
    "year from context": words("年份取自名称或标题"),
    "year from given": words("年份取自 --year"),
    "date unread": words("日期读不懂：{about}"),
    "date conflict_with_column": words("日期原文与日期列不符：{about}"),
    "date weekday_mismatch": words("日期与星期不符：{about}"),
    "date alternatives": words("日期几选一"),
    "date daily": words("每天举行"),
    "date duration_kept_as_text": words("天数只留在原文里"),
    "date end_from_column": words("结束日期取自日期列"),
    "date ends_at_midnight": words("到半夜十二点结束"),
    "date exception_kept_as_text": words("除外的日子只留在原文里"),
    "date from_column": words("日期取自日期列"),
    "date gaps": words("日期中间有间断"),
    "date open_end": words("没写结束日期"),
    "date recurring": words("日期有规律地重复"),
    "date registration_kept_as_text": words("报名时间只留在原文里"),
    "date relative": words("日期相对于别的日子"),
    "date relative_year": words("年份写作今年、明年之类"),
    "date reversed": words("日期先后颠倒"),
    "date season": words("只写了季节"),
    "date tentative": words("日期是暂定的"),
    "date undecided": words("日期未定"),
    "date week_kept_as_text": words("第几周只留在原文里"),
}

UNREAD: dict[str, str] = {
    "no_year": words("没有年份"),
    "no_month": words("没有月份"),
    "no_day": words("没有日子"),
    "too_long": words("太长"),
}


def waits(verdict: Verdict) -> bool:
    """Whether the row waits for a person to say which event it is."""
    return verdict.kind is Kind.CONFLICT and verdict.action is Action.NONE


def kind_of(verdict: Verdict, language: Language) -> str:
    return translate(language, words("等确认") if waits(verdict) else KINDS[verdict.kind])


def flag(text: str, language: Language) -> str:
    """A flag as a sentence; one without words stays its code."""
    code, _, about = text.partition(": ")
    if code not in FLAGS:
        return text
    return translate(language, FLAGS[code], about=translate(language, UNREAD[about]) if about in UNREAD else about)


def summary(outcome: Outcome, language: Language, *, applied: bool, published: bool) -> list[str]:
    """How many rows of each kind, and what is left to do."""
    counted = [translate(language, "{count} 行{kind}", count=outcome.counts[k], kind=translate(language, KINDS[k])) for k in Kind]
    done = translate(language, words("（已写入）") if applied else words("（预览；加 --apply 才写入）"))
    lines = [translate(language, words("、")).join(counted) + done]
    if drafts := sum(1 for v in outcome.verdicts if v.action is Action.CREATE and not published):
        said = words("{count} 行存成了草稿，市民看不到；加上 --apply --publish 再来一次就会发布。")
        lines.append(
            translate(
                language, said if applied else words("{count} 行会存成草稿，市民看不到；用 --apply --publish 写入就会发布。"), count=drafts
            )
        )
    if waiting := sum(map(waits, outcome.verdicts)):
        lines.append(translate(language, "{count} 行等确认：--confirm 行号=活动编号，或者 行号=new", count=waiting))
    return lines
