"""From tokens to phrases: which words make one point, what a dash joins, and whose hours are whose."""

from collections.abc import Callable
from datetime import time

from events.calendar.dates import Daypart, Precision
from events.calendar.dating.asides import without_asides
from events.calendar.dating.phrases import Bound, Group, Phrase, Point, Slot, join_opening_and_closing, wall_time, without_other_names
from events.calendar.dating.tokens import Token, lex
from events.calendar.dating.words import Kind

BOUNDS = {-1: Bound.BEFORE, 0: Bound.EVE, 1: Bound.AFTER}
POINTS = frozenset(
    (Kind.DATE, Kind.YEAR, Kind.MONTH, Kind.LUNAR_MONTH, Kind.DAY, Kind.LUNAR_DAY, Kind.QUARTER, Kind.STRETCH, Kind.FESTIVAL)
)
GENERAL_NOTES = {
    Kind.TENTATIVE: "tentative",
    Kind.UNDECIDED: "undecided",
    Kind.RECURRING: "recurring",
    Kind.DAILY: "daily",
    Kind.WEEK_OF_MONTH: "week_kept_as_text",
    Kind.RELATIVE: "relative",
}


def parse(text: str) -> Phrase:
    """The phrases of a normalised text."""
    plain, asides = without_asides(text)
    walker = Walker(lex(plain))
    for aside in asides:
        walker.note(aside)
    for i, token in enumerate(walker.tokens):
        walker.take(i, token)
    return walker.finish()


class Walker:
    """Reads tokens from left to right, remembering the year, the month, and what a dash or a part of the day still waits for."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.groups: list[Group] = [Group()]
        self.notes: list[str] = []
        self.junk: list[str] = []
        self.year: int | None = None
        self.years: list[int] = []
        self.fresh_year = self.next_year = False
        self.month: int | None = None
        self.lunar = self.lunar_month = False
        self.dash = self.closing = self.apart = self.until_next = self.next_day = False
        self.daypart: Daypart | None = None
        self.days_long: int | None = None
        self.label: str | None = None
        labels = [i for i, t in enumerate(tokens) if t.kind is Kind.LABEL]
        dated = [i for i, t in enumerate(tokens) if t.kind in POINTS - {Kind.YEAR} or t.kind is Kind.TIME]
        self.label_leads = bool(labels and dated and labels[0] < dated[0])
        self.verbs: dict[Kind, Callable[[Token], None]] = {
            Kind.DATE: self._date,
            Kind.YEAR: self._year,
            Kind.MONTH: self._month,
            Kind.LUNAR_MONTH: self._month,
            Kind.QUARTER: self._quarter,
            Kind.STRETCH: self._stretch,
            Kind.FESTIVAL: self._festival,
            Kind.DAYPART: self._daypart,
            Kind.TIME: self._time,
            Kind.WEEKDAY: self._weekday,
            Kind.DURATION: self._duration,
            Kind.LABEL: self._label,
            Kind.BREAK: self._break,
            Kind.JUNK: self._junk,
        }

    def note(self, code: str) -> None:
        if code not in self.notes:
            self.notes.append(code)

    @property
    def last(self) -> Point | None:
        """The point most recently named, be it a range's end."""
        points = self.groups[-1].points
        return (points[-1].until or points[-1]) if points else None

    def take(self, i: int, token: Token) -> None:
        previous = self.tokens[i - 1].kind if i else None
        if verb := self.verbs.get(token.kind):
            verb(token)
        elif token.kind in (Kind.DAY, Kind.LUNAR_DAY):
            self._day(token, previous)
        elif token.kind is Kind.PART:
            self._part(token, previous)
        elif token.kind in GENERAL_NOTES:
            self.note(GENERAL_NOTES[token.kind])
        elif token.kind is Kind.BOUND:
            self._bound(token, previous)
        elif token.kind is Kind.DASH:
            self._dash(token)
        else:
            self._mark(token)

    def _dash(self, token: Token) -> None:
        """A dash opens a range; 至6月1日 with nothing before it says only when something ends."""
        self.dash = self.apart = True
        if not any(g.points or g.slots for g in self.groups) and not token.text.startswith("-"):
            self.until_next = True

    def _bound(self, token: Token, previous: Kind | None) -> None:
        """6月30日前 bounds the day; 9:00前 only the hour, and says none."""
        if previous is Kind.TIME and self.groups[-1].slots:
            self.groups[-1].slots.pop()
            self.note("bound")
        elif self.last:
            self.last.bound = BOUNDS[token.number()]

    def _mark(self, token: Token) -> None:
        kind = token.kind
        if kind is Kind.LIST:
            self.dash, self.apart = False, True
        elif kind is Kind.ALTERNATIVE:
            self.dash, self.apart = False, True
            self.note("alternatives")
        elif kind is Kind.FILLER:
            # 农历五月初五(6月10日): what follows in brackets is the other calendar's.
            if token.text in "([" and self.last and self.last.lunar:
                self.lunar = self.lunar_month = False
        elif kind is Kind.NEXT_DAY:
            self.next_day = True
        elif kind is Kind.UNTIL:
            self.until_next = True
        elif kind is Kind.LUNAR:
            self.lunar = True
        elif kind is Kind.NEXT_YEAR:
            self.next_year = True
        elif self.last:
            self.last.starts |= kind in (Kind.START, Kind.ONGOING)
            self.last.onward |= kind is Kind.ONGOING or (kind is Kind.START and token.text.startswith("起"))
            self.last.ends |= kind is Kind.END
            self.last.stops |= kind is Kind.END and token.text.endswith("止")
            self.last.around |= kind is Kind.AROUND
            self.last.holiday |= kind is Kind.PERIOD

    def _add(self, point: Point) -> None:
        """A point joins its group, ends the range a dash has opened, or begins a new group when hours already closed the last."""
        point.year, point.own_year, point.next_year = self.year, self.fresh_year, self.next_year
        point.apart, point.bound = self.apart, Bound.UNTIL if self.until_next and not self.groups[-1].points else None
        self.fresh_year = self.next_year = self.apart = self.until_next = False
        if self.label_leads:
            point.label, self.label = self.label, None
        group = self.groups[-1]
        if self.dash and group.points and group.points[-1].until is None:
            group.points[-1].until = point
            self.closing = bool(group.slots)
        else:
            if group.points and group.slots:
                self.groups.append(Group())
            self.groups[-1].points.append(point)
            self.closing = False
        self.dash = False
        self.daypart = None

    def _year(self, token: Token) -> None:
        if token.value[0] is None:
            self.note("relative_year")
            return
        self.year = token.number()
        self.years.append(self.year)
        self.fresh_year = True

    def _date(self, token: Token) -> None:
        year, month, day = token.value
        if isinstance(year, int):
            self.year, self.fresh_year = year, True
            self.years.append(year)
        self.month, self.lunar, self.lunar_month = int(str(month)), False, False
        self._add(Point(token.text, month=self.month, day=day if isinstance(day, int) else None))

    def _month(self, token: Token) -> None:
        self.month = token.number()
        self.lunar_month = token.kind is Kind.LUNAR_MONTH or self.lunar
        self._add(Point(token.text, month=self.month, lunar=self.lunar_month))

    def _day(self, token: Token, previous: Kind | None) -> None:
        if token.kind is Kind.LUNAR_DAY:
            self.lunar_month = True
        if previous in (Kind.MONTH, Kind.LUNAR_MONTH) and self.last:
            self.last.day, self.last.lunar = token.number(), self.lunar_month
            self.last.text += token.text
        elif previous is Kind.DATE and self.last and self.last.day is None and not self.apart:
            self.last.day = token.number()
            self.last.text += token.text
        else:
            self._add(Point(token.text, month=self.month, day=token.number(), lunar=self.lunar_month))

    def _part(self, token: Token, previous: Kind | None) -> None:
        first, last = token.value
        part = (int(str(first)), int(str(last)))
        if previous is Kind.MONTH and self.last:
            self.last.part = part
        elif self.month:
            self._add(Point(token.text, month=self.month, part=part))
        else:
            self._junk(token)

    def _quarter(self, token: Token) -> None:
        quarter = token.number()
        if not 1 <= quarter <= 4:
            self._junk(token)
            return
        self._add(Point(token.text, stretch=(Precision.QUARTER, quarter * 3 - 2, quarter * 3)))

    def _stretch(self, token: Token) -> None:
        precision, first, last, *notes = token.value
        for note in notes:
            self.note(str(note))
        self._add(Point(token.text, stretch=(Precision(str(precision)), int(str(first)), int(str(last)))))

    def _festival(self, token: Token) -> None:
        self._add(Point(token.text, festival=str(token.value[0])))

    def _weekday(self, token: Token) -> None:
        self.dash = False
        if self.last and (self.last.day or self.last.festival):
            self.last.weekdays += [d for d in token.value if isinstance(d, int)]
        elif self.last or self.tokens[0].kind is Kind.RECURRING:
            self.note("recurring")
        else:
            self.note("relative")

    def _duration(self, token: Token) -> None:
        if isinstance(token.value[0], int) and token.value[0]:
            self.days_long = token.number()
        else:
            self.note("duration_kept_as_text")

    def _label(self, token: Token) -> None:
        points, slots = self.groups[-1].points, self.groups[-1].slots
        if self.label_leads:
            self.label = token.text
        elif slots:
            slots[-1].label = token.text
        elif points:
            points[-1].label = token.text

    def _break(self, _: Token) -> None:
        self.lunar = self.lunar_month = self.dash = False
        self.apart = True

    def _junk(self, token: Token) -> None:
        self.dash = False
        self.junk.append(token.text)

    def _daypart(self, token: Token) -> None:
        self.daypart = Daypart(str(token.value[0]))
        slots = self.groups[-1].slots
        if not (self.dash and slots) and not self.closing:
            self._add_slot(Slot(daypart=self.daypart))

    def _time(self, token: Token) -> None:
        hour, minute, meridiem = token.value
        at, midnight = wall_time(int(str(hour)), int(str(minute)), meridiem if isinstance(meridiem, Daypart) else self.daypart)
        slots = self.groups[-1].slots
        if at is None and not midnight:
            self._junk(token)
        elif slots and slots[-1].starts and not slots[-1].ends and (self.dash or self.closing):
            self._end_slot(slots[-1], at)
        elif at is None:
            self._junk(token)
        elif slots and slots[-1].starts is None:
            slots[-1].starts, slots[-1].daypart = at, None
        else:
            self._add_slot(Slot(starts=at))
        self.dash = False

    def _add_slot(self, slot: Slot) -> None:
        slot.label, self.label = self.label, None
        self.groups[-1].slots.append(slot)

    def _end_slot(self, slot: Slot, at: time | None) -> None:
        """An end before its start is the next morning after an evening start (22:00-2:00), else a slip of the pen that is only noted."""
        slot.through, self.closing = self.closing, False
        if self.next_day and at is not None and not slot.through:
            slot.ends, slot.overnight, self.next_day = at, True, False
        elif at is None:
            self.note("ends_at_midnight")
        elif slot.through or (slot.starts and at > slot.starts):
            slot.ends = at
        elif slot.starts and slot.starts >= time(18) and at <= time(8):
            slot.ends, slot.overnight = at, True
        else:
            self.note("reversed")

    def finish(self) -> Phrase:
        points = [p for g in self.groups for p in g.points]
        if not points and self.years:
            first = Point(str(self.years[0]), year=self.years[0], own_year=True, stretch=(Precision.YEAR, 1, 12))
            if self.years[-1] != self.years[0]:
                first.until = Point("", year=self.years[-1], own_year=True, stretch=(Precision.YEAR, 1, 12))
            self.groups[-1].points.append(first)
        if self.dash and self.last:
            self.last.starts = True
        groups = join_opening_and_closing(without_other_names(self.groups))
        for point in (p for g in groups for p in g.points if p.until is None and p.stops):
            point.bound = Bound.UNTIL
        return Phrase(groups, self.notes, self.junk, self.days_long, self.years)
