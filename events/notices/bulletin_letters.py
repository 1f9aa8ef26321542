"""A bulletin as it leaves: a mail that one click can end, or a few words for a browser to show."""

import msgspec

from events.notices.bulletin_wording import Links, language_of, paragraphs, times, title_of, write
from events.notices.bulletins import Bulletin
from events.notices.follow_links import confirm_link, leave_link, manage_link
from events.notices.letters import render
from events.notices.rules import NoticeKind
from infra import mail
from infra.installation import Installation
from infra.push import Push, Urgency

# A push service must take 4,096 bytes (RFC 8030, section 7.2), of which encrypting needs some; a Chinese character is three.
MOST_CHARACTERS = 240


def compose(bulletin: Bulletin, installation: Installation) -> mail.Mail:
    """The mail of a claimed delivery. Raises ValueError when the address can be none."""
    settings, letter = installation.settings, write(bulletin, _links(bulletin, installation), installation.settings.zone)
    return mail.build(
        bulletin.id,
        at=bulletin.created_at.astimezone(settings.zone),
        sender=settings.mail_from,
        to=("", bulletin.address),
        subject=letter.subject,
        bodies=render(letter),
        language=letter.language.value,
        leave_link=leave_link(settings.public_url, installation.keys, bulletin.subscription_id),
    )


def compose_push(bulletin: Bulletin, installation: Installation) -> Push:
    """What a browser is handed, of a bulletin about an event. Raises ValueError for any other.

    `tag` is the delivery's, so that one that came twice is shown once; a newer push about the event replaces one not yet delivered.
    """
    settings, event = installation.settings, bulletin.event
    if event is None or not bulletin.p256dh or not bulletin.auth:
        raise ValueError("only what is about an event is pushed, and only to a browser that gave its keys")
    language = language_of(bulletin)
    body = "\n".join([*times(event, language, settings.zone)[:2], *paragraphs(bulletin)[1:2]])
    shown = {
        "title": _cut(title_of(bulletin)),
        "body": _cut(body),
        "url": f"/events/{event.id}",
        "tag": str(bulletin.id),
        "lang": language.value,
    }
    stops = bulletin.kind in (NoticeKind.EVENT_CANCELLED, NoticeKind.EVENT_POSTPONED)
    urgency = Urgency.HIGH if stops else Urgency.NORMAL
    return Push(bulletin.address, bulletin.p256dh, bulletin.auth, msgspec.json.encode(shown), topic=event.id.hex, urgency=urgency)


def _cut(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"


def _links(bulletin: Bulletin, installation: Installation) -> Links:
    url, keys, id_ = installation.settings.public_url, installation.keys, bulletin.subscription_id
    return Links(url, confirm_link(url, keys, id_), manage_link(url, keys, id_), leave_link(url, keys, id_))
