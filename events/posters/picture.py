"""What stands on the picture of an event, and on the ready-made one of the site. Pure."""

import msgspec

from events.calendar.called import TIER_NAMES
from events.calendar.entries import Entry, OccurrenceShown
from events.calendar.rules import OccurrenceStatus
from events.i18n import Language, named, translate, words
from events.posters import wording
from events.posters.wording import fitted

MOST_TITLE, MOST_WHEN, MOST_PLACE = 80, 44, 60


class PictureSheet(msgspec.Struct, frozen=True):
    """Everything that the picture says. Without a tier it is the site's own."""

    lang: str
    tier: str
    mark: str
    over: str
    title: str
    when: str
    where: str
    stopped: str
    brand: str


def picture_sheet(entry: Entry, language: Language) -> PictureSheet:
    """The picture of an event: nothing on it changes by time alone."""
    tier = translate(language, TIER_NAMES[entry.tier])
    place = entry.venue.name if entry.venue else ""
    about = [entry.region.name, entry.sport.name if entry.sport else ""]
    return PictureSheet(
        lang=language.value,
        tier=entry.tier.value,
        mark=translate(language, wording.TIER_MARKS[entry.tier]),
        over=" · ".join([tier, *(named(language, name) for name in about if name)]),
        title=fitted(entry.title, MOST_TITLE),
        when=fitted(_when(entry, language), MOST_WHEN),
        where=fitted(place or entry.organiser or "", MOST_PLACE),
        stopped=wording.stopped(entry, (), language),
        brand=translate(language, words("赛历")),
    )


def site_sheet(language: Language) -> PictureSheet:
    """The picture of the site, for what has none of its own yet."""
    name = translate(language, words("全市群众体育赛事日历"))
    tiers = " · ".join(translate(language, one) for one in TIER_NAMES.values())
    brand = translate(language, words("赛历"))
    return PictureSheet(language.value, "", "", "", brand, name, tiers, "", "")


def _when(entry: Entry, language: Language) -> str:
    """The one session that is left, or the dates as a whole with how many sessions there are."""
    held = [one for one in entry.occurrences if one.status is OccurrenceStatus.SCHEDULED] or list(entry.occurrences)
    if len(held) == 1:
        return _session(held[0], language)
    if not held:
        return wording.dates(entry, language)
    first, last = min(one.on for one in held), max(one.until for one in held)
    span = wording.day(language, first) + (f" – {wording.day(language, last)}" if last > first else "")
    return translate(language, words("{dates}，共 {count} 场"), dates=span, count=len(held))


def _session(one: OccurrenceShown, language: Language) -> str:
    first, hours = wording.day(language, one.on), wording.hours(one, language)
    begins = f"{first} {hours}".rstrip()
    return begins if one.until == one.on else f"{begins} – {wording.day(language, one.until)}"
