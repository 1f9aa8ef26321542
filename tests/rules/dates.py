"""A reading's sessions in a line, as the tables of phrases write them."""

from events.calendar.dates import Session


def said(session: Session) -> str:
    days = f"{session.first_on:%m-%d}" + (f"..{session.last_on:%m-%d}" if session.last_on != session.first_on else "")
    hours = f" {session.starts_at:%H:%M}" if session.starts_at else ""
    hours += f"-{session.ends_at:%H:%M}" if session.ends_at else ""
    return days + hours + "".join(f" {word}" for word in (session.daypart, session.label) if word)
