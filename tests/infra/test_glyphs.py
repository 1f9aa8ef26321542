from pathlib import Path

import pytest

from events.posters.subjects import FONTS
from infra.glyphs import UNKNOWN, Coverage, coverage


@pytest.fixture(scope="module")
def fonts() -> Coverage:
    return coverage(sorted(FONTS.glob("*.ttf")))


@pytest.mark.parametrize(
    ("written", "drawn"),
    [
        ("滨江夜跑 10 km", "滨江夜跑 10 km"),
        ("🎉夜跑🏃🏽节", "夜跑节"),
        ("夜跑 🎉 节", "夜跑 节"),
        ("𠮷野家杯", f"{UNKNOWN}野家杯"),
        ("🎉🎉", UNKNOWN),
        ("长\u200b词", "长\u200b词"),
        ("", ""),
    ],
)
def test_what_no_font_has_is_left_out_but_a_letter_stays_in_sight(fonts: Coverage, written: str, drawn: str) -> None:
    assert fonts.drawable(written) == drawn


def test_what_is_drawn_instead_can_be_drawn(fonts: Coverage) -> None:
    assert UNKNOWN in fonts


def test_ranges_that_touch_are_one() -> None:
    covered = Coverage([(65, 66), (67, 70), (80, 90), (81, 82)])
    assert [chr(n) in covered for n in (64, 65, 70, 71, 80, 90, 91)] == [False, True, True, False, True, True, False]


def test_a_file_that_is_no_font_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.ttf").write_bytes(b"no font at all, but long enough to be looked at")
    with pytest.raises(ValueError, match=r"a\.ttf"):
        coverage([tmp_path / "a.ttf"])
