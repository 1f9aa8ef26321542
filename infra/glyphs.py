"""Which characters fonts can draw (OpenType, table `cmap`), so that a text is set without empty boxes."""

import struct
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path

# For a letter that no font here has: it stands for something, so it may not vanish.
UNKNOWN = "□"


class Coverage:
    """The characters that at least one of some fonts has, as ranges of code points in order."""

    def __init__(self, ranges: Iterable[tuple[int, int]]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(ranges):
            if self._ends and start <= self._ends[-1] + 1:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def __contains__(self, character: str) -> bool:
        n = bisect_right(self._starts, ord(character)) - 1
        return n >= 0 and ord(character) <= self._ends[n]

    def drawable(self, text: str) -> str:
        """The text with what no font has left out (emoji, what joins them), but a letter or figure shown as a box."""
        if all(character in self for character in text):
            return text
        kept = "".join(character if character in self else _instead(character) for character in text)
        return " ".join(part for part in kept.split(" ") if part) or UNKNOWN


def _instead(character: str) -> str:
    if character in "\u200b\n":  # where a line may or must break: nothing is drawn
        return character
    kind = unicodedata.category(character)
    return UNKNOWN if kind[0] in "LN" else " " if kind[0] == "Z" else ""


def coverage(fonts: Iterable[Path]) -> Coverage:
    """What the fonts (TTF or OTF) cover together. Raises ValueError for a file that is none."""
    return Coverage(one for path in fonts for one in _ranges(path.read_bytes(), path.name))


def _ranges(font: bytes, name: str) -> Iterator[tuple[int, int]]:
    """The code points of the best subtable: format 12 has them all, format 4 those of the basic plane."""
    try:
        tables = {font[at : at + 4]: struct.unpack_from(">L", font, at + 8)[0] for at in range(12, 12 + 16 * _u16(font, 4), 16)}
        cmap = tables[b"cmap"]
        offsets = [cmap + struct.unpack_from(">L", font, cmap + 8 + 8 * n)[0] for n in range(_u16(font, cmap + 2))]
        formats = {_u16(font, at): at for at in offsets}
        yield from _groups(font, formats[12]) if 12 in formats else _segments(font, formats[4])
    except (KeyError, struct.error) as error:
        raise ValueError(f"{name} is no font that can be read") from error


def _groups(font: bytes, at: int) -> Iterator[tuple[int, int]]:
    (count,) = struct.unpack_from(">L", font, at + 12)
    for n in range(count):
        start, end, _ = struct.unpack_from(">LLL", font, at + 16 + 12 * n)
        yield start, end


def _segments(font: bytes, at: int) -> Iterator[tuple[int, int]]:
    count = _u16(font, at + 6) // 2
    ends = struct.unpack_from(f">{count}H", font, at + 14)
    starts = struct.unpack_from(f">{count}H", font, at + 16 + 2 * count)
    yield from zip(starts, ends, strict=True)


def _u16(font: bytes, at: int) -> int:
    return int(struct.unpack_from(">H", font, at)[0])
