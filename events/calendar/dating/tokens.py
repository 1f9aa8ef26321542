"""A normalised text in tokens, one a word. Knows no calendar and never fails: what it can't name is JUNK."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from events.calendar.dating.words import PATTERNS, Kind

COMPILED = [(kind, re.compile(pattern), read) for kind, pattern, read in PATTERNS]


@dataclass(frozen=True, slots=True)
class Token:
    kind: Kind
    text: str
    value: tuple[object, ...] = ()

    def number(self) -> int:
        value = self.value[0]
        return value if isinstance(value, int) else 0


def lex(text: str) -> list[Token]:
    """Every character of a normalised text, in tokens; neighbouring junk is one token and bare numbers have found their unit."""
    tokens: list[Token] = []
    for token in _scan(text):
        if token.kind is Kind.JUNK and tokens and tokens[-1].kind is Kind.JUNK:
            tokens[-1] = Token(Kind.JUNK, tokens[-1].text + token.text)
        else:
            tokens.append(token)
    for i, token in enumerate(tokens):
        if token.kind is Kind.NUMBER:
            tokens[i] = _with_unit(tokens, i)
    return tokens


def _scan(text: str) -> Iterator[Token]:
    position = 0
    while position < len(text):
        kind, match, read = next((k, m, r) for k, p, r in COMPILED if (m := p.match(text, position)))
        yield Token(kind, match.group(), read(match))
        position = match.end()


def _with_unit(tokens: list[Token], i: int) -> Token:
    """A bare number is the day after its month (5月20), else what the next word is (12-14日, 3-4月), else what the last was (9.18-21)."""
    token, before = tokens[i], tokens[i - 1].kind if i else Kind.JUNK
    if before in (Kind.MONTH, Kind.LUNAR_MONTH):
        return replace(token, kind=Kind.DAY)
    kind = _unit_ahead(tokens, i) or _unit_behind(tokens, i)
    if kind is Kind.JUNK and before is Kind.YEAR and tokens[i - 1].text.endswith("年") and 1 <= token.number() <= 12:
        kind = Kind.MONTH
    if kind is Kind.TIME:
        return Token(kind, token.text, (*token.value, 0, None))
    return replace(token, kind=kind)


def _unit_ahead(tokens: list[Token], i: int) -> Kind | None:
    j = i + 1
    while j + 1 < len(tokens) and tokens[j].kind in (Kind.DASH, Kind.LIST) and tokens[j + 1].kind is Kind.NUMBER:
        j += 2
    if j + 1 >= len(tokens) or tokens[j].kind not in (Kind.DASH, Kind.LIST):
        return None
    kind = tokens[j + 1].kind
    if kind is Kind.TIME and tokens[i + 1].kind is not Kind.DASH:
        return None
    if kind is Kind.MONTH and j + 2 < len(tokens) and tokens[j + 2].kind in (Kind.DAY, Kind.NUMBER):
        return None
    return kind if kind in (Kind.MONTH, Kind.DAY, Kind.QUARTER, Kind.TIME) else None


def _unit_behind(tokens: list[Token], i: int) -> Kind:
    if i < 2 or tokens[i - 1].kind not in (Kind.DASH, Kind.LIST):
        return Kind.JUNK
    last = tokens[i - 2]
    if last.kind is Kind.DATE:
        return Kind.DAY if last.value[2] else Kind.MONTH
    if last.kind is Kind.LUNAR_DAY:
        return Kind.DAY
    return last.kind if last.kind in (Kind.DAY, Kind.MONTH) else Kind.JUNK
