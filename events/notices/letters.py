"""A notice as a mail: text, HTML and the event for the leader's calendar."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from events.calendar.ical.vevents import calendar_bytes, copied
from events.notices.queries import Notice
from events.notices.rules import WITH_CALENDAR, NoticeKind
from events.notices.wording import Letter, write
from events.registrations.mine import link_code, list_link
from events.registrations.rules import RegistrationStatus
from events.registrations.tokens import manage_link, manage_token
from infra import mail
from infra.installation import Installation

# How an event stands in a leader's calendar, and what is read before its title.
STANDINGS = {
    RegistrationStatus.CONFIRMED: ("CONFIRMED", ""),
    RegistrationStatus.UNDER_REVIEW: ("TENTATIVE", "【待审核】"),
    RegistrationStatus.WAITLISTED: ("TENTATIVE", "【候补】"),
    RegistrationStatus.WITHDRAWN: ("CANCELLED", "【已退出】"),
    RegistrationStatus.VOIDED: ("CANCELLED", "【报名已取消】"),
}

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"]),
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)


def _lines(lines: Sequence[str]) -> Markup:
    return Markup("<br>").join(lines)


_templates.globals["lines"] = _lines
_html, _text = _templates.get_template("letter.html"), _templates.get_template("letter.txt")


def render(letter: Letter) -> tuple[str, str]:
    """The text and the HTML of a letter."""
    return _text.render(letter=letter), _html.render(letter=letter)


def compose(notice: Notice, installation: Installation) -> mail.Mail:
    """The mail of a claimed delivery: its Message-ID and Date come from the delivery's row, so a repeat is the same mail to its reader.

    Raises ValueError when the address can be none.
    """
    settings = installation.settings
    token = manage_token(installation.keys, notice.registration_id, notice.generation)
    letter = write(
        notice,
        link=manage_link(settings.public_url, notice.registration_id, token),
        zone=settings.zone,
        list_link=_list_link(notice, installation) if notice.kind is NoticeKind.MANAGE_LINK else None,
    )
    vevents = _vevents(notice) if notice.kind in WITH_CALENDAR else []
    return mail.build(
        notice.id,
        at=notice.created_at.astimezone(settings.zone),
        sender=settings.mail_from,
        to=(notice.leader, notice.address),
        subject=letter.subject,
        bodies=render(letter),
        language=letter.language.value,
        attachment=_calendar(notice, calendar_bytes(vevents, name=notice.event, zone=settings.zone)) if vevents else None,
    )


def _vevents(notice: Notice) -> list[bytes]:
    """The sessions as they concern this team: of one that waits or has left, whoever kept a copy has it replaced."""
    status, mark = STANDINGS[notice.status]
    return [copied(sitting.vevent, notice.created_at, status, mark) for sitting in notice.sittings if sitting.vevent]


def _list_link(notice: Notice, installation: Installation) -> str:
    """The link to everything that was registered under the address of this delivery."""
    issued_at = notice.created_at.timestamp()
    code = link_code(installation.keys, notice.registration_id, notice.generation, notice.address, issued_at=issued_at)
    return list_link(installation.settings.public_url, code)


def _calendar(notice: Notice, calendar: bytes) -> mail.Attachment:
    """METHOD stands in the calendar and in the Content-Type alike (RFC 6047, section 2.4): PUBLISH, for nobody is asked to answer."""
    content = calendar.decode().replace("VERSION:2.0\r\n", "VERSION:2.0\r\nMETHOD:PUBLISH\r\n", 1)
    return mail.Attachment(f"{notice.number}.ics", "calendar", content, {"method": "PUBLISH"})
