"""What stands beside every view of the calendar: the search, the choices, what was chosen, and the ways to the other views."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from events.calendar.called import MISSING, TIER_NAMES, WHEN_NAMES, Names, called
from events.calendar.filters import CHECKS, Filters
from events.i18n import named, translate, words
from events.web.counts import Counts
from events.web.facets import Choice, Group, group
from events.web.pages import Reader, macro

# The other filters that an address may hold, for who is told what dropping them gives.
FIELD_NAMES = {"status": words("状态"), "registration": words("现在可报名")}
FIELDS = list(CHECKS)


@dataclass(frozen=True, slots=True)
class Tab:
    name: str
    address: str
    current: bool


class Beside:
    """The choices of one view. `path` is the view's own address, which every choice keeps; `names` are of what was chosen."""

    def __init__(self, counts: Counts, filters: Filters, reader: Reader, path: str, names: Names) -> None:
        self.counts, self.filters, self.reader, self.path, self.names = counts, filters, reader, path, names

    def values(self, home: tuple[str, str], *, empty: bool) -> dict[str, Any]:
        """What `choices.html` asks for. `home` is the region that stands first, code and name."""
        groups = [found for found in self._groups(home) if found]
        return {
            "path": self.path,
            "q": " ".join(self.filters.q),
            "kept": [*self.filters.without("q").pairs(), *self.reader.kept()],
            "groups": groups,
            "chosen": [*self._searched(), *(one for group in groups for one in group.chosen)],
            "filtered": bool(self.filters.pairs()),
            "wider": self._wider(groups) if empty else [],
            "unknown": self._unknown() if empty else [],
        }

    def address(self, filters: Filters, path: str | None = None) -> str:
        """An address with these filters: this view's, or another path's."""
        return (path or self.path) + query_of([*filters.pairs(), *self.reader.kept()])

    def toggling(self, field: str) -> Callable[[str], str]:
        """What gives the address that takes a value of a filter, or gives it up. A page has hundreds; they differ in this value."""
        own, at = getattr(self.filters, field), FIELDS.index(field)
        pairs = [*self.filters.pairs(), *self.reader.kept()]
        before = "".join([f"{_pair(*pair)}&" for pair in pairs if pair[0] in FIELDS[:at]])
        after = "".join([f"&{_pair(*pair)}" for pair in pairs if pair[0] not in FIELDS[: at + 1]])
        without = self.address(self.filters.without(field))

        def address(value: str) -> str:
            values = sorted({*own} ^ {value}) if own else [value]
            return f"{self.path}?{before}{'&'.join([_pair(field, one) for one in values])}{after}" if values else without

        return address

    def tabs(self, month: date, week: date, current: str) -> list[Tab]:
        """The ways to look at the same events: around a month, and a day of it for the week."""
        path = f"/calendar/{month:%Y-%m}"
        ways = (
            ("month", words("月历"), path),
            ("agenda", words("逐日"), f"{path}/agenda"),
            ("week", words("一周"), f"/calendar/week/{week}"),
            ("year", words("全年"), f"/calendar/{month.year:04}"),
            ("streets", words("按街镇"), f"{path}/streets"),
            ("map", words("地图"), f"{path}/map"),
        )
        return [Tab(self._say(name), self.address(self.filters, to), way == current) for way, name, to in ways]

    def _say(self, chinese: str, **values: object) -> str:
        return translate(self.reader.language, chinese, **values)

    def _searched(self) -> list[Choice]:
        """The words of a search, as choices that can be taken back."""
        return [Choice(f"“{word}”", self.address(self.filters.without("q", word)), True, None) for word in self.filters.q]

    def _groups(self, home: tuple[str, str]) -> list[Group | None]:
        return [
            self._tiers(),
            self._group(words("时间"), "when", self._times()),
            self._group(words("地区"), "region", self.counts.of("region"), first=home[0]),
            self._group(words("系列"), "series", self.counts.of("series")),
            self._group(words("板块"), "board", self.counts.of("board")),
            self._group(words("项目"), "sport", self.counts.of("sport")),
            self._group(words("人群"), "audience", self.counts.of("audience")),
            self._sign_up(),
            self._free(),
        ]

    def _group(self, heading: str, field: str, values: Iterable[tuple[str, str, int]], first: str = "") -> Group | None:
        language, chosen = self.reader.language, getattr(self.filters, field)
        found = [(value, named(language, name), count) for value, name, count in values]
        there = {value for value, _, _ in found}
        vain = [(value, called(language, field, value, self.names), 0) for value in chosen if value not in there]
        return group(self._say(heading), [*vain, *found], chosen, self.toggling(field), whole=self._whole(field), first=first)

    def _unknown(self) -> list[str]:
        """That there is nothing of the keys that were chosen and nobody has."""
        there = {(field, value) for field in MISSING for value, _, _ in self.counts.of(field)} | self.names.keys()
        asked = [pair for pair in self.filters.pairs() if pair[0] in MISSING and pair not in there]
        return [called(self.reader.language, *pair, self.names) for pair in asked]

    def _whole(self, field: str) -> Choice:
        address = self.address(self.filters.without(field))
        return Choice(self._say(words("全部")), address, not getattr(self.filters, field), None, removable=False)

    def _times(self) -> list[tuple[str, str, int]]:
        counts = {value: count for value, _, count in self.counts.of("when")}
        return (
            [(kind.value, self._say(name), counts.get(kind, 0)) for kind, name in WHEN_NAMES.items()] if counts or self.filters.when else []
        )

    def _tiers(self) -> Group:
        counts, address = {value: count for value, _, count in self.counts.of("tier")}, self.toggling("tier")
        mark = macro("pieces.html", "mark", self.reader.language)
        found = [
            Choice(self._say(name), address(tier), tier in self.filters.tier, counts.get(tier, 0), mark(tier))
            for tier, name in TIER_NAMES.items()
        ]
        return Group(self._say(words("级别")), [self._whole("tier"), *found])

    def _sign_up(self) -> Group:
        chosen = "open" in self.filters.registration
        target = self.filters.without("registration") if chosen else self.filters.with_("registration", "open")
        count = next((n for value, _, n in self.counts.of("registration") if value == "open"), 0)
        return Group(self._say(words("报名")), [Choice(self._say(words("现在可报名")), self.address(target), chosen, count)])

    def _free(self) -> Group | None:
        count = next((n for _, _, n in self.counts.of("free")), 0)
        if not count and not self.filters.free:
            return None
        choice = Choice(self._say(words("免费")), self.toggling("free")("yes"), bool(self.filters.free), count)
        return Group(self._say(words("费用")), [choice])

    def _wider(self, groups: Sequence[Group]) -> list[Choice]:
        """What would be found without one of the filters, the most first; without all of them, when no single one is in the way."""
        names = {choice.address: choice.name for group in groups for choice in group.chosen}
        asked = [field for field in CHECKS if getattr(self.filters, field)]
        found = [(self.counts.found(without := self.filters.without(field)), field, without) for field in asked]
        choices = [
            Choice(self._without(field, names), self.address(without), False, count)
            for count, field, without in sorted(found, key=lambda one: -one[0])
            if count
        ]
        if choices or not (count := self.counts.found(Filters())):
            return choices
        return [Choice(self._say(words("不加筛选")), self.address(Filters()), False, count)]

    def _without(self, field: str, names: dict[str, str]) -> str:
        """`不限“羽毛球”`: the values by the names that people know."""
        values = getattr(self.filters, field)
        known = [names.get(self.address(self.filters.without(field, value)), "") for value in values]
        shown = self._say(words("、")).join(f"“{name}”" for name in (list(filter(None, known)) or values))
        if field in FIELD_NAMES and not any(known):
            shown = f"“{self._say(FIELD_NAMES[field])}”"
        return self._say(words("不限{what}"), what=shown)


def query_of(pairs: Sequence[tuple[str, str]]) -> str:
    """A query string with its question mark; empty without pairs."""
    return f"?{'&'.join([_pair(*pair) for pair in pairs])}" if pairs else ""


@lru_cache(maxsize=4_096)
def _pair(name: str, value: str) -> str:
    """A page has hundreds of links, made of the same few pairs."""
    return urlencode([(name, value)])
