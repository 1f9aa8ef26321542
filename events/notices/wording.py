"""What a letter says, in the leader's language. Pure: the same notice gives the same letter."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from events.calendar.rules import ChangeKind, EventStatus
from events.i18n import Language, translate, words
from events.notices.queries import Change, Notice
from events.notices.rules import NoticeKind
from events.notices.when import sittings_in, when
from events.registrations.rules import ACTIVE, RegistrationStatus

MOST_LINES = 12

TITLES: dict[NoticeKind, str] = {
    NoticeKind.CONFIRMED: words("报名已确认：{event}"),
    NoticeKind.WAITLISTED: words("已进入候补：{event}"),
    NoticeKind.PROMOTED: words("候补转正：{event}"),
    NoticeKind.WITHDRAWN: words("已退出报名：{event}"),
    NoticeKind.VOIDED: words("报名已作废：{event}"),
    NoticeKind.MANAGE_LINK: words("报名管理链接：{event}"),
    NoticeKind.EVENT_CHANGED: words("活动有变化：{event}"),
    NoticeKind.EVENT_POSTPONED: words("活动延期：{event}"),
    NoticeKind.EVENT_CANCELLED: words("活动取消：{event}"),
}

OPENINGS: dict[NoticeKind, str] = {
    NoticeKind.CONFIRMED: words("好消息：「{team}」的报名已确认，名额已为您留好。我们在现场等大家来！"),
    NoticeKind.WAITLISTED: words(
        "「{team}」的报名已收到。本组别名额已满，您的队伍已排入候补；有名额空出时按先后自动递补，递补成功会立即发邮件告诉您。"
    ),
    NoticeKind.PROMOTED: words("好消息：有名额空出来了，「{team}」已从候补转为正式参赛，不需要再做什么。我们在现场等大家来！"),
    NoticeKind.WITHDRAWN: words(
        "「{team}」已退出报名，原来的名额或候补位置不再保留，可由别的队伍补上。谢谢您及早告知；报名截止以前，欢迎再次报名。"
    ),
    NoticeKind.VOIDED: words("很抱歉，「{team}」的报名已被主办方作废。如有疑问，请与主办方联系。"),
    NoticeKind.MANAGE_LINK: words("您要的管理链接在下面，可用它管理「{team}」的报名。如果不是您要的，不必理会这封邮件，报名不受影响。"),
    NoticeKind.EVENT_CHANGED: words("「{team}」报名的活动有变化，请看下面的新安排。您的报名仍然有效，不必重新报名。"),
    NoticeKind.EVENT_POSTPONED: words(
        "「{team}」报名的活动要延期了，原来的日期作废；新日期定下以后，我们会再写信告诉您。您的报名为您留着，不必重新报名。"
    ),
    NoticeKind.EVENT_CANCELLED: words("很抱歉，「{team}」报名的活动取消了，请转告队员。您不需要再做什么。"),
}

ALL_OF_THEM = words("用这个邮箱报名的全部队伍，在这里一起看（24 小时内有效，只能打开一次）")

STATUSES: dict[RegistrationStatus, str] = {
    RegistrationStatus.CONFIRMED: words("已确认"),
    RegistrationStatus.WAITLISTED: words("候补"),
    RegistrationStatus.UNDER_REVIEW: words("审核中"),
    RegistrationStatus.WITHDRAWN: words("已退出"),
    RegistrationStatus.VOIDED: words("已作废"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled value, one or more lines of it."""

    label: str
    value: Sequence[str]


@dataclass(frozen=True, slots=True)
class Difference:
    label: str
    before: Sequence[str]
    after: Sequence[str]


@dataclass(frozen=True, slots=True)
class Way:
    """Words that lead somewhere."""

    words: str
    link: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of several: what became of it, and where to read more."""

    label: str
    title: str
    lines: Sequence[str]
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Everything that both templates print, in words of one language."""

    language: Language
    subject: str
    title: str
    greeting: str
    paragraphs: Sequence[str]
    facts: Sequence[Fact]
    changes: Sequence[Difference]
    change_heads: tuple[str, str]
    link: str | None
    link_words: str
    link_notes: Sequence[str]
    # A second link, with the words that introduce it.
    more: tuple[str, str] | None = None
    closing: str
    colon: str
    entries: Sequence[Entry] = ()
    # Beside the closing, small: where to manage and to leave.
    foot: Sequence[Way] = ()


def write(notice: Notice, *, link: str, zone: ZoneInfo, list_link: str | None = None) -> Letter:
    """The letter of a notice. `link` manages the registration; it is left out once the registration has ended. `list_link` lists all."""
    language = Language(notice.language) if notice.language in list(Language) else Language.ZH

    active = notice.status in ACTIVE
    title = translate(language, TITLES[notice.kind], event=notice.event)
    return Letter(
        language=language,
        subject=translate(language, "{title}（{team}）", title=title, team=notice.team),
        title=title,
        greeting=translate(language, "{leader}，您好！", leader=notice.leader),
        paragraphs=_paragraphs(notice, language),
        facts=_facts(notice, language, zone),
        changes=differences(notice.change, language, zone) if notice.change else (),
        change_heads=(translate(language, "原来"), translate(language, "现在")),
        link=link if active else None,
        link_words=translate(language, "查看或管理报名"),
        link_notes=_link_notes(notice, language),
        more=(translate(language, ALL_OF_THEM), list_link) if list_link else None,
        closing=translate(language, "这封邮件由赛历自动发出，请不要直接回复。"),
        colon=translate(language, "："),
    )


def _paragraphs(notice: Notice, language: Language) -> list[str]:
    opening = OPENINGS[notice.kind]
    if notice.change and notice.change.kind is ChangeKind.OCCURRENCE_CANCELLED:
        opening = words("「{team}」报名的活动取消了其中的场次，其余照常，请看下面的安排。您的报名仍然有效，不必重新报名。")
    paragraphs = [translate(language, opening, team=notice.team)]
    if reason := notice.change.reason if notice.change else notice.reason if notice.kind is NoticeKind.VOIDED else None:
        paragraphs.append(translate(language, "原因：{reason}", reason=reason))
    return paragraphs


def _link_notes(notice: Notice, language: Language) -> list[str]:
    notes = [translate(language, "凭这个链接就能修改报名，请只交给信得过的人。")]
    if notice.kind is not NoticeKind.EVENT_CANCELLED:
        notes.insert(0, translate(language, "来不了了？请打开上面的链接退出报名，让别的队伍补上。"))
    return notes


def _facts(notice: Notice, language: Language, zone: ZoneInfo) -> list[Fact]:
    """Who, where, when: only what is known."""
    division = notice.division if notice.competition == notice.event else f"{notice.competition} · {notice.division}"
    place = [part for part in (notice.venue, notice.address_of_venue) if part]
    known = [
        (words("报名号"), [notice.number]),
        (words("队伍"), [notice.team]),
        (words("报名状态"), [_status(notice, language)]),
        (words("活动"), [notice.event]),
        (words("组别"), [division]),
        (words("时间"), _times(notice, language, zone)),
        (words("地点"), place),
        (words("主办方联系方式"), [notice.contact] if notice.contact else []),
    ]
    return [Fact(translate(language, label), value) for label, value in known if value]


def _status(notice: Notice, language: Language) -> str:
    status = translate(language, STATUSES[notice.status])
    if notice.position is None:
        return status
    return translate(language, "{status}，现在排在第 {position} 位", status=status, position=notice.position)


def _times(notice: Notice, language: Language, zone: ZoneInfo) -> list[str]:
    if notice.event_status is EventStatus.CANCELLED:
        return [translate(language, "已取消")]
    if notice.event_status is EventStatus.POSTPONED:
        return [translate(language, "已延期，新日期待定")]
    shown = [sitting for sitting in notice.sittings if not sitting.removed]
    lines = [when(sitting, language, zone) for sitting in shown] or [notice.date_text or translate(language, "日期待定")]
    return short(lines, language)


def differences(change: Change, language: Language, zone: ZoneInfo) -> list[Difference]:
    """What is not as it was, in words: dates, place and name. What has no words on one side is said to be open."""
    found = [
        (words("时间"), _dates(change.before, language, zone), _dates(change.after, language, zone)),
        (words("地点"), _values(change.before, "venue", "address"), _values(change.after, "venue", "address")),
        (words("活动"), _values(change.before, "title"), _values(change.after, "title")),
    ]
    unknown = [translate(language, "待定")]
    cancelled = [translate(language, "取消")] if change.kind in (ChangeKind.CANCELLED, ChangeKind.OCCURRENCE_CANCELLED) else unknown
    return [
        Difference(translate(language, label), before or unknown, after or (cancelled if label == "时间" else unknown))
        for label, before, after in found
        if before != after
    ]


def _dates(side: dict[str, object], language: Language, zone: ZoneInfo) -> list[str]:
    sittings = [when(sitting, language, zone) for sitting in sittings_in(side, zone)]
    return short(sittings, language) or _values(side, "date_text")


def _values(side: dict[str, object], *names: str) -> list[str]:
    return [str(side[name]) for name in names if side.get(name)]


def short(lines: list[str], language: Language) -> list[str]:
    """A league's season does not fit a letter: the first sessions, and how many there are."""
    if len(lines) <= MOST_LINES:
        return lines
    return [*lines[:MOST_LINES], translate(language, "……共 {count} 场", count=len(lines))]
