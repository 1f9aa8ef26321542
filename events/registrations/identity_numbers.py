"""Whether a text holds what looks like a number of an identity document. Those are not taken here. Pure."""

import re
from datetime import date

from events.registrations.numerals import plain

# Letters, and signs, that people write for the check character X.
CROSSES = str.maketrans("×ХΧ", "XXX")
# Two digits of the province (GB/T 2260), of Hong Kong, Macao and Taiwan residents (81 to 83), or of foreigners (9).
PROVINCE = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9[0-9])"
LONG = re.compile(rf"(?<!\d){PROVINCE}\d{{15}}[\dX](?!\d)")
OLD = re.compile(r"(?<!\d)\d{15,16}(?!\d)")
LONG_PLAIN = re.compile(r"(?<!\d)\d{17}[\dX](?![\dX])")
OLD_PLAIN = re.compile(r"(?<!\d)\d{15}(?![\dX])")
BEGINS_WITH_PROVINCE = re.compile(PROVINCE)
PHONE_AND_YEAR = re.compile(r"(?<!\d)(1[3-9]\d{9})\D+((?:19|20)\d\d)(?!\d)")

# GB 11643: weights of the 17 digits, and the check character for each remainder (ISO 7064, MOD 11-2).
WEIGHTS = tuple(2 ** (17 - i) % 11 for i in range(17))
CHECKS = "10X98765432"


def holds_identity_number(text: str) -> bool:
    """Whether the text holds 18 characters with a right check character or a birth date in its place, or 15 digits of the old form.

    Identity cards (GB 11643), residence permits of Hong Kong, Macao and Taiwan residents and permanent residence cards of foreigners share
    this form. The more there is to hide a number behind, the more of it has to be right, because dates and telephones stand in texts too:

    - unbroken, 15 digits are enough, and 18 with a right check character;
    - broken by anything but letters, 18 need a province and a birth date (a wrong check character is a mistyped number of a real person),
      and so do 15, alone or with one digit more. A mobile number and a year are 15 digits, and none;
    - anywhere among other digits, with whatever between them, 18 need a province, a birth date and a right check character.
    """
    text = plain(text).upper().translate(CROSSES)
    if OLD_PLAIN.search(text) or any(_checks(m[0][:17], m[0][17]) for m in LONG_PLAIN.finditer(text)):
        return True
    unbroken = "".join(c for c in PHONE_AND_YEAR.sub(r"\1 / Y \2", text) if c.isdecimal() or c.isalpha())
    if any(_born(m[0][6:14]) for m in LONG.finditer(unbroken)):
        return True
    if any(_is_old(m[0][start : start + 15]) for m in OLD.finditer(unbroken) for start in range(len(m[0]) - 14)):
        return True
    return _hides_one(unbroken)


def _hides_one(text: str) -> bool:
    """Whether 18 characters in a row, all others left out, are a right number. An X counts where it follows the 17 digits before it."""
    digits = re.sub(r"\D", "", text)
    # How many digits stand before each X.
    crossed, before = set(), 0
    for part in re.findall(r"\d+|X", text):
        if part == "X":
            crossed.add(before)
        else:
            before += len(part)
    for start in range(len(digits) - 16):
        number, end = digits[start : start + 17], start + 17
        if BEGINS_WITH_PROVINCE.match(number) and _born(number[6:14]):
            checks = {digits[end : end + 1], "X" if end in crossed else ""}
            if any(_checks(number, check) for check in checks if check):
                return True
    return False


def _is_old(number: str) -> bool:
    return BEGINS_WITH_PROVINCE.match(number) is not None and _born("19" + number[6:12])


def _checks(number: str, check: str) -> bool:
    return CHECKS[sum(w * int(d) for w, d in zip(WEIGHTS, number, strict=True)) % 11] == check


def _born(digits: str) -> bool:
    try:
        return 1850 <= date.fromisoformat(digits).year <= 2100
    except ValueError:
        return False
