import time

import pytest

from events.registrations.contacts import read_email, read_phone
from events.registrations.identity_numbers import holds_identity_number
from infra.networks import client_address, network_of
from infra.settings import read_settings


@pytest.mark.parametrize(
    "text",
    [
        "11010519491231002X",
        "11010519491231002x",
        "王建国 110105194912310021 领队",  # a birth date, and a wrong check character: mistyped, but somebody's
        "110105 1949-1231 002X",
        "１１０１０５１９４９１２３１００２Ｘ",
        "1101051949\u200b1231002X",
        "13800138000 110105 19491231 002X",
        "000000000000000001",  # no date, and a right check character
        "830000199201300022",  # a residence permit of a Taiwan resident
        "110105491231002",
        "123456789012345",
        "110105 491231 002",
        "1101051949123100２X",
        "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X",
        "11010519491231002×",
        "11010519491231002Х",  # the Cyrillic letter
        "911010519491231002X",  # a digit glued before
        "11010519491231002X9",
        "1101051949123100119",  # a digit glued to a number of another person, whose check character is 1
        "110105199003070033 5",
        "110105 1949 年 12 月 31 日 002X",
        "1a1b0c1d0e5f1g9h4i9j1k2l3m1n0o0p2X",
        "110105x19491231002X",
        "5 110105 491231 002",
        "110105 491231 002 5",
    ],
)
def test_a_number_of_an_identity_document_is_seen_however_it_is_spelt(text: str) -> None:
    assert holds_identity_number(text)


@pytest.mark.parametrize("between", [*"、|:*•~+() ／＝。\u00ad\u2060\ufe0f\u180e\u3164\u200b\n", " - ", "\U000e0001"])
def test_nothing_between_the_digits_hides_an_identity_number(between: str) -> None:
    for number in ("11010519491231002X", "110105491231002"):
        assert holds_identity_number(between.join(number))
        assert holds_identity_number(f"王 {number[:6]}{between}{number[6:]} 队")


def test_a_long_text_is_judged_in_time_that_grows_with_its_length() -> None:
    started = time.process_time()
    assert not any(holds_identity_number(text * 20_000) for text in ("1 ", "1X", "x ", "13800138000 2", "110105194912310021"))
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    "text",
    [
        "殷行一队",
        "+8613800138000",
        "138 0013 8000 / 139 0013 9000",
        "2026-05-02",
        "队伍12345678901234",
        "110105194912310021999",
        "U12 2014—2015",
        "13001180061 2015",  # with a year, a mobile number has a birth date of the old form in its place
        "13001180061，2015 年",
        "2026-05-02 09:00 — 11:30",
        "2026-05-02 至 2026-05-03",
        "2026年5月2日 13800138000 与 13900000001 重复",
        "+86 138 0013 8000",
        "第 12345 号，13800138000",
    ],
)
def test_other_numbers_are_let_be(text: str) -> None:
    assert not holds_identity_number(text)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("13800138000", "+8613800138000"),
        ("+86 138-0013-8000", "+8613800138000"),
        ("8613800138000", "+8613800138000"),
        ("008613800138000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("+852 9123 4567", "+85291234567"),
        ("+86 (21) 6543-2100", "+862165432100"),
        ("021-65432100", None),
        ("12800138000", None),
        ("+861280013800", None),
        ("1380013800", None),
        ("+1", None),
        ("+0123456789", None),
        ("", None),
        ("138001380001", None),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("+39 06 1234 5678", "+390612345678"),
        ("+1 (212) 555-0100", "+12125550100"),
        ("+13900000001", None),
        ("+86 55 1234", None),
        ("+852 0912 34567", "+85291234567"),
        ("+8613800138000" + " " * 100, None),
    ],
)
def test_a_phone_is_kept_in_one_form_or_refused(written: str, read: str | None) -> None:
    assert read_phone(written) == read


PREFIXES = (
    "",
    "0",
    "86",
    "+86",
    "0086",
    "+0086",
    "+8600",
    "+860",
    "+86 (0)",
    "+86-86",
    "0086 0086",
    "+86 +86",
    "(+86)",
    "＋８６",
    "\u200e+86\u2060",
)
GROUPINGS = (
    "13900000001",
    "139 0000 0001",
    "139-0000-0001",
    "(139)00000001",
    "１３９０００００００１",
    "١٣٩٠٠٠٠٠٠٠١",
    "1\u00ad3 9.0000\u3000·0001",
)


@pytest.mark.parametrize("grouping", GROUPINGS)
@pytest.mark.parametrize("prefix", PREFIXES)
def test_one_phone_is_one_contact_however_it_is_spelt(prefix: str, grouping: str) -> None:
    assert read_phone(prefix + grouping) == read_phone(f" {prefix} {grouping} ") == "+8613900000001"


@pytest.mark.parametrize("written", ["+86 21 6543 2100", "+86 021 65432100", "0086-(0)21-6543-2100", "+86 86 21 65432100"])
def test_a_landline_is_one_contact_too(written: str) -> None:
    assert read_phone(written) == "+862165432100"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (" leader@example.org ", "leader@example.org"),
        ("a.b+c@sub.example.com.cn", "a.b+c@sub.example.com.cn"),
        ("nobody", None),
        ("a@b", None),
        ("a b@example.org", None),
        ("a@example.org\nBcc: x@example.org", None),
        ("领队@example.org", None),
        ("a@" + "b" * 250 + ".org", None),
    ],
)
def test_an_email_has_the_shape_of_one(written: str, read: str | None) -> None:
    assert read_email(written) == read


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # anybody can send the header
        ("10.0.0.2", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "192.0.2.66, 198.51.100.1", "198.51.100.1"),  # what the client made up stands on the left
        ("10.0.0.2", "198.51.100.1, 10.0.0.3", "198.51.100.1"),
        ("10.0.0.2", "unknown", "10.0.0.2"),
        ("", "198.51.100.1", ""),
    ],
)
def test_a_forwarded_address_is_believed_of_trusted_proxies_alone(peer: str, forwarded: str, address: str) -> None:
    trusted = read_settings({"TRUSTED_PROXIES": "10.0.0.0/8"}).trusted_proxies
    assert client_address(peer, forwarded, trusted) == address


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("", "unknown"),
    ],
)
def test_an_ipv6_network_is_what_one_household_is_given(address: str, network: str) -> None:
    assert network_of(address) == network
