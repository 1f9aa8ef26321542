"""A report as a mail to the office, in Chinese, which offices write."""

from events.i18n import Language, translate, words
from events.notices.letters import render
from events.notices.wording import Fact, Letter
from events.reports.queries import Reported
from infra import mail
from infra.installation import Installation

LANGUAGE = Language.ZH


def compose(reported: Reported, installation: Installation) -> mail.Mail:
    """Its Message-ID and Date come from the report, so a repeat is the same mail. Raises ValueError when the address can be none."""
    settings = installation.settings
    letter = write(reported, link=f"{settings.public_url}/events/{reported.event_id}")
    return mail.build(
        reported.id,
        at=reported.created_at.astimezone(settings.zone),
        sender=settings.mail_from,
        to=(reported.region, reported.address or ""),
        subject=letter.subject,
        bodies=render(letter),
        language=LANGUAGE.value,
    )


def write(reported: Reported, *, link: str) -> Letter:
    """What the office reads: the event, what is said to be wrong, whom to ask."""

    def say(chinese: str, **values: object) -> str:
        return translate(LANGUAGE, chinese, **values)

    facts = [
        Fact(say(words("活动")), [reported.event]),
        Fact(say(words("反映的内容")), reported.message.splitlines()),
        Fact(say(words("对方联系方式")), [reported.contact or say(words("没有留"))]),
    ]
    return Letter(
        language=LANGUAGE,
        subject=say(words("有人反映活动信息有误：{event}"), event=reported.event),
        title=say(words("有人反映活动信息有误")),
        greeting=say(words("{office}，您好！"), office=reported.region),
        paragraphs=[
            say(words("一位访客说，下面这项活动的公开信息有误。内容由访客填写，请核实后再改；里面如有链接，请不要点开。")),
        ],
        facts=facts,
        changes=(),
        change_heads=("", ""),
        link=link,
        link_words=say(words("查看活动页面")),
        link_notes=[say(words("联系方式只用于核实这条信息，请不要另作他用。"))],
        closing=say(words("这封邮件由赛历自动发出，请不要直接回复。")),
        colon=say(words("：")),
    )
