"""What a follower is told, in the follower's language. Pure: the same bulletin gives the same letter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from events.calendar.rules import ChangeKind, EventStatus
from events.i18n import Language, instant, named, translate, words
from events.notices.bulletins import Bulletin, EventTold, Told
from events.notices.rules import NoticeKind
from events.notices.when import when
from events.notices.wording import TITLES, Entry, Fact, Letter, Way, differences, short

# The rest of a digest is on the calendar.
MOST_ENTRIES = 40

OWN_TITLES: dict[NoticeKind, str] = {
    NoticeKind.FOLLOW_CONFIRM: words("请确认关注：{name}"),
    NoticeKind.FOLLOW_LINK: words("您关注的内容：管理链接"),
    NoticeKind.SIGN_UPS_OPEN: words("开始报名：{event}"),
    NoticeKind.DIGEST: words("{name}：{count} 项活动有消息"),
}
OPENINGS: dict[NoticeKind, str] = {
    NoticeKind.FOLLOW_CONFIRM: words(
        "有人（多半是您）在赛历填了这个邮箱，要关注「{name}」。是您的话，请打开下面的链接，再按“确认关注”；不是的话，不必理会：不确认就不会再收到信，三天后这个邮箱会从系统里删去。"
    ),
    NoticeKind.FOLLOW_LINK: words("打开下面的链接，可以查看、取消您关注的内容，也可以换一种语言。如果不是您要的，不必理会这封邮件。"),
    NoticeKind.SIGN_UPS_OPEN: words("您关注的活动开始报名了：{competition}。名额有限，报满为止，请从活动页面报名。"),
    NoticeKind.DIGEST: words("「{name}」近一天的新消息都在下面。"),
    NoticeKind.EVENT_CHANGED: words("您关注的活动有变化，请看下面的新安排。"),
    NoticeKind.EVENT_POSTPONED: words("您关注的活动要延期了，原来的日期作废；新日期定下以后，我们会再告诉您。"),
    NoticeKind.EVENT_CANCELLED: words("很抱歉，您关注的活动取消了。"),
}
REDATED = words("您关注的活动延期后有了新日期，请看下面的新安排。")
ONE_OFF = words("您关注的活动取消了其中的场次，其余照常，请看下面的安排。")

DONE: dict[ChangeKind, str] = {
    ChangeKind.PUBLISHED: words("新发布"),
    ChangeKind.MOVED: words("改期"),
    ChangeKind.POSTPONED: words("延期"),
    ChangeKind.CANCELLED: words("取消"),
    ChangeKind.OCCURRENCE_CANCELLED: words("取消其中一场"),
    ChangeKind.AMENDED: words("内容有修改"),
}
# What stops comes first in a digest, then what is otherwise than it was, then what is new.
ORDER = {
    ChangeKind.CANCELLED: 0,
    ChangeKind.POSTPONED: 1,
    ChangeKind.OCCURRENCE_CANCELLED: 2,
    ChangeKind.MOVED: 3,
    ChangeKind.AMENDED: 4,
    ChangeKind.PUBLISHED: 5,
}


@dataclass(frozen=True, slots=True)
class Links:
    """Where a bulletin leads: `public_url` is what events' pages are under."""

    public_url: str
    confirm: str
    manage: str
    leave: str

    def event(self, event_id: UUID) -> str:
        return f"{self.public_url}/events/{event_id}"


def language_of(bulletin: Bulletin) -> Language:
    return Language(bulletin.language) if bulletin.language in list(Language) else Language.ZH


def write(bulletin: Bulletin, links: Links, zone: ZoneInfo) -> Letter:
    """The letter of a bulletin to an e-mail address."""
    language, event = language_of(bulletin), bulletin.event
    title = title_of(bulletin)
    link, link_words = _link(bulletin, links)
    return Letter(
        language=language,
        subject=title,
        title=title,
        greeting=translate(language, "您好！"),
        paragraphs=paragraphs(bulletin),
        facts=_facts(bulletin, event, language, zone) if event else (),
        changes=differences(bulletin.change, language, zone) if bulletin.change else (),
        change_heads=(translate(language, "原来"), translate(language, "现在")),
        link=link,
        link_words=translate(language, link_words),
        link_notes=(),
        closing=_closing(bulletin, language),
        colon=translate(language, "："),
        entries=[_entry(told, links, language, zone) for told in _in_order(bulletin.digest)[:MOST_ENTRIES]],
        foot=_foot(bulletin, links, language),
    )


def title_of(bulletin: Bulletin) -> str:
    known = OWN_TITLES.get(bulletin.kind) or TITLES[bulletin.kind]
    language, event = language_of(bulletin), bulletin.event.title if bulletin.event else ""
    return translate(language, known, name=named(language, bulletin.name), event=event, count=len(bulletin.digest))


def paragraphs(bulletin: Bulletin) -> list[str]:
    """What it is about, why, and, of a digest that is too long, what is left out."""
    language, opening = language_of(bulletin), OPENINGS[bulletin.kind]
    if change := bulletin.change:
        if change.kind is ChangeKind.OCCURRENCE_CANCELLED:
            opening = ONE_OFF
        elif change.before.get("status") == EventStatus.POSTPONED and change.after.get("status") == EventStatus.PUBLISHED:
            opening = REDATED
    told = [translate(language, opening, name=named(language, bulletin.name), competition=bulletin.competition or "")]
    if change and change.reason:
        told.append(translate(language, "原因：{reason}", reason=change.reason))
    if len(bulletin.digest) > MOST_ENTRIES:
        told.append(
            translate(language, "共 {count} 项，这里列出前 {most} 项，其余请看月历。", count=len(bulletin.digest), most=MOST_ENTRIES)
        )
    return told


def times(event: EventTold, language: Language, zone: ZoneInfo) -> list[str]:
    """When the event is, as it stands now."""
    if event.status is EventStatus.CANCELLED:
        return [translate(language, "已取消")]
    if event.status is EventStatus.POSTPONED:
        return [translate(language, "已延期，新日期待定")]
    shown = [when(sitting, language, zone) for sitting in event.sittings if not sitting.removed]
    return short(shown or [event.date_text or translate(language, "日期待定")], language)


def _facts(bulletin: Bulletin, event: EventTold, language: Language, zone: ZoneInfo) -> list[Fact]:
    closes = instant(language, bulletin.closes_at, zone) if bulletin.closes_at else None
    known = [
        (words("活动"), [event.title]),
        (words("时间"), times(event, language, zone)),
        (words("地点"), [part for part in (event.venue, event.address) if part] or [named(language, event.region)]),
        (words("报名截止于"), [closes] if closes else []),
    ]
    return [Fact(translate(language, label), value) for label, value in known if value]


def _link(bulletin: Bulletin, links: Links) -> tuple[str, str]:
    if bulletin.kind is NoticeKind.FOLLOW_CONFIRM:
        return links.confirm, words("确认关注")
    if bulletin.kind is NoticeKind.FOLLOW_LINK:
        return links.manage, words("查看与管理")
    if bulletin.event:
        return links.event(bulletin.event.id), words("查看活动")
    return f"{links.public_url}/calendar?{urlencode({bulletin.scope.value: bulletin.key})}", words("打开月历")


def _closing(bulletin: Bulletin, language: Language) -> str:
    if bulletin.kind in (NoticeKind.FOLLOW_CONFIRM, NoticeKind.FOLLOW_LINK):
        return translate(language, "这封邮件由赛历自动发出，请不要直接回复。")
    name = named(language, bulletin.name)
    return translate(language, "您收到这封信，是因为关注了「{name}」。信由赛历自动发出，请不要直接回复。", name=name)


def _foot(bulletin: Bulletin, links: Links, language: Language) -> list[Way]:
    """An address that isn't confirmed has nothing to manage yet."""
    leave = Way(translate(language, "取消关注「{name}」", name=named(language, bulletin.name)), links.leave)
    if bulletin.kind is NoticeKind.FOLLOW_CONFIRM:
        return [leave]
    return [Way(translate(language, "管理我关注的内容"), links.manage), leave]


def _in_order(digest: Sequence[Told]) -> list[Told]:
    return sorted(digest, key=lambda told: (ORDER[strongest(told)], _first_day(told.event), told.event.id))


def strongest(told: Told) -> ChangeKind:
    """What a digest says became of an event: that it is stopped before all else, and of one that is new to the reader only that."""
    kinds = {item.kind for item in told.items}
    stopped = {EventStatus.CANCELLED: ChangeKind.CANCELLED, EventStatus.POSTPONED: ChangeKind.POSTPONED}.get(told.event.status)
    return stopped or (ChangeKind.PUBLISHED if ChangeKind.PUBLISHED in kinds else min(kinds, key=lambda kind: ORDER[kind]))


def _first_day(event: EventTold) -> date:
    return min((one.first_on for one in event.sittings if not one.removed), default=date.max)


def _entry(told: Told, links: Links, language: Language, zone: ZoneInfo) -> Entry:
    kind, event = strongest(told), told.event
    reasons = [item.reason for item in told.items if item.reason and item.kind is kind]
    region = named(language, event.region)
    place = translate(language, "{venue}，{region}", venue=event.venue, region=region) if event.venue else region
    lines = [*times(event, language, zone), place]
    lines += [translate(language, "原因：{reason}", reason=reason) for reason in reasons[-1:]]
    return Entry(translate(language, DONE[kind]), event.title, lines, links.event(event.id))
