"""An import's verdicts and flags in the reader's language. A flag is a stable code with what it is about (`sport unknown: 绳球`). Pure."""

from collections import Counter

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
    "name from above": words("没写名称，接上一行"),
    "no date": words("没写日期"),
    "summary cut": words("备注太长，只存了开头"),
    "year differs": words("日期的年份与标题的不同：{about}"),
    "year name_and_title": words("名称与标题的年份不同，取标题的：{about}"),
    "region from title": words("没写地区，按标题归入：{about}"),
    "alike": words("是不是 {about}？"),
    "region from HOME_REGION": words("没写地区，归入 HOME_REGION：{about}"),
    "region from organiser": words("没写地区，按主办单位归入：{about}"),
    "region unknown": words("不认识的地区：{about}"),
    "tier guessed": words("没写级别，按地区推定"),
    "tier unknown": words("不认识的级别：{about}"),
    "sport unknown": words("不认识的项目：{about}"),
    "unreadable field": words("读不懂的一栏，原样记在备注里：{about}"),
    "no address": words("不是网址：{about}"),
    "year from column": words("年份取自列"),
    "year from context": words("年份取自名称或标题"),
    "year from given": words("年份取自 --year"),
    "date unread": words("日期读不懂：{about}"),
    "date bound": words("只写了期限，没有日子"),
    "date former_date_kept_as_text": words("原定的日子只留在原文里"),
    "date gathering_kept_as_text": words("签到、检录的时间只留在原文里"),
    "date in_rain_kept_as_text": words("遇雨、备用的日子只留在原文里"),
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


def of_file(outcome: Outcome, language: Language) -> list[str]:
    """What is to be known of the file as a whole, said once."""
    comma = translate(language, words("、"))
    lines = []
    if outcome.unread:
        sheets = comma.join(translate(language, words("{name}（{count} 行）"), name=name, count=count) for name, count in outcome.unread)
        lines.append(translate(language, words("没有读的工作表（没有认得的表头）：{sheets}"), sheets=sheets))
    lines += [translate(language, words("没有日期的列：{name}"), name=name or "1") for name in outcome.undated]
    if outcome.renumbered:
        lines.append(translate(language, words("编号在文件里重新数起，不能认出一行；改按名称、地区和时间认。")))
    known = Counter(verdict.known_from for verdict in outcome.verdicts if verdict.known_from and waits(verdict))
    for source, count in known.most_common(1):
        said = words("来源“{source}”里已有 {count} 行是同样的编号：如果这是它的新版本，加上 --source '{source}'。")
        lines.append(translate(language, said, source=source, count=count))
    return lines


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
        lines.append(translate(language, "{count} 行等确认：--confirm 行号=活动编号，或者 行号=new；都是新的：all=new", count=waiting))
    return lines
