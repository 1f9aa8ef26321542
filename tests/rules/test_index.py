import random
from datetime import date, datetime, timedelta
from typing import Any

from events.calendar.entries import Entry, Named, Place
from events.calendar.filters import VALUES, Filters
from events.calendar.index import Index
from events.calendar.rules import EventStatus
from events.i18n import Language
from events.regions.rules import Tier
from events.web.beside import Beside
from events.web.counts import InMemory
from events.web.pages import Reader
from tests.rules.test_month import MAY, SHANGHAI, entry, session

DAYS = date(2026, 5, 1), date(2026, 5, 31)
NOON = datetime(2026, 5, 2, 12, tzinfo=SHANGHAI)
ASKED: list[dict[str, tuple[str, ...]]] = [
    {},
    {"tier": ("street",)},
    {"region": ("310110", "310104")},
    {"region": ("310000",), "sport": ("running",)},
    {"series": ("s1", "s2"), "free": ("yes",)},
    {"board": ("b0",), "audience": ("youth",)},
    {"status": ("finished",), "registration": ("closed", "open")},
    {"when": ("weekend",), "q": ("跑 滨江", "夜")},
    {"q": ("·",)},
    {"sport": ("nobody's",)},
]


def some(chance: random.Random, n: int) -> Entry:
    sports = tuple(sorted(chance.sample(["running", "rowing", "go"], chance.randint(0, 2))))
    series, board = chance.choice([None, Named("s1", "甲"), Named("s2", "乙")]), chance.choice([None, Named("b0", "丙")])
    code = chance.choice(["310110", "310104"])
    opens = NOON + timedelta(hours=chance.randint(-30, 10))
    known: dict[str, Any] = {
        "tier": chance.choice(list(Tier)), "region": Place(code, f"区{code}"), "within": frozenset({code, "310000"}), "sports": sports,
        "sport": Named(sports[0], sports[0]) if sports else None, "series": series, "board": board,
        "audience": chance.choice([(), ("youth",), ("family", "youth")]), "free": chance.choice([True, False, None]),
        "searched": chance.choice(["滨江 跑", "夜 跑", "象棋"]), "kinds": (frozenset(chance.sample(["weekend", "weekday"], 1)),),
        "over_at": chance.choice([None, NOON - timedelta(days=1), NOON + timedelta(days=9)]), "status": chance.choice(
            [EventStatus.PUBLISHED, EventStatus.CANCELLED]),
        "registration_windows": chance.choice([None, ((opens, opens + timedelta(hours=20)),)]),
    }  # fmt: skip
    return entry(f"第{n}场", session(MAY), **known)


ENTRIES = [some(random.Random(n), n) for n in range(200)]  # noqa: S311 - the same events each time


def test_an_index_lets_through_what_filters_match_one_by_one() -> None:
    index = Index(ENTRIES, NOON, DAYS)
    for asked in ASKED:
        filters = Filters(**asked)
        expected = [entry for entry in ENTRIES if filters.matches(entry, NOON)]
        assert index.shown(index.through(filters)) == expected, asked
        assert InMemory(index, filters, {}).found(filters) == len(expected)
    assert index.shown(0) == []


def test_a_choice_counts_what_taking_it_alone_would_show() -> None:
    index, names = Index(ENTRIES, NOON, DAYS), {"310000": "上海市"}
    for asked in ASKED:
        filters = Filters(**asked)
        for field in ("tier", "region", "series", "board", "audience", "free", "when"):
            counted = list(InMemory(index, filters, names).of(field))
            for value, _, count in counted:
                alone = filters.without(field).with_(field, value)
                assert count == sum(alone.matches(entry, NOON) for entry in ENTRIES), (asked, field, value)
            offered, known = {value for value, _, _ in counted}, {value for entry in ENTRIES for value in VALUES[field](entry, NOON)}
            assert not any(Index(ENTRIES, NOON, DAYS).through(filters.without(field).with_(field, value)) for value in known - offered)
            assert counted == sorted(counted, key=lambda one: (-one[2], one[0])), (asked, field)


def test_a_choice_in_vain_keeps_its_name_and_what_nobody_has_is_not_offered() -> None:
    index = Index([entry("甲", session(MAY), series=Named("s1", "健步")), entry("乙", session(MAY), tier=Tier.CITY)], NOON, DAYS)
    assert list(InMemory(index, Filters(tier=("city",)), {}).of("series")) == []
    assert list(InMemory(index, Filters(tier=("city",), series=("s1",)), {}).of("series")) == [("s1", "健步", 0)]


def test_the_address_of_a_choice_is_that_of_the_filters_with_it_taken_or_given_up() -> None:
    for language in (False, True):
        reader = Reader(Language.EN, language, "/", ())
        for asked in ASKED:
            filters = Filters(**asked)
            beside = Beside(InMemory(Index([], NOON, DAYS), filters, {}), filters, reader, "/calendar/2026-05", {})
            for field in ("tier", "region", "series", "board", "sport", "audience", "free", "when"):
                address = beside.toggling(field)
                for value in (*getattr(filters, field), "a & ä", "310104"):
                    taken = value in getattr(filters, field)
                    expected = filters.without(field, value) if taken else filters.with_(field, value)
                    assert address(value) == beside.address(expected), (asked, field, value)
