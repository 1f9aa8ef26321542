"""Whether a text holds what looks like a number of an identity document. Those are not taken here. Pure."""

import re
import unicodedata
from datetime import date

# What people put between the digits of a long number; full-width forms are plain ones after NFKC.
BETWEEN = r"[\s\-‐-―−_.·,/\u200b-\u200d\ufeff]*"
LONG = re.compile(rf"(?<!\d)\d(?:{BETWEEN}\d){{16}}{BETWEEN}[\dX](?![\dX])")
OLD = re.compile(rf"(?<!\d)\d(?:{BETWEEN}\d){{14}}(?!{BETWEEN}[\dX])")
OLD_PLAIN = re.compile(r"(?<!\d)\d{15}(?![\dX])")

# GB 11643: weights of the 17 digits, and the check character for each remainder (ISO 7064, MOD 11-2).
WEIGHTS = tuple(2 ** (17 - i) % 11 for i in range(17))
CHECKS = "10X98765432"


def holds_identity_number(text: str) -> bool:
    """Whether the text holds 18 characters with a right check character or a birth date in its place, or 15 digits of the old form.

    A wrong check character with a birth date is a mistyped number of a real person, so it counts too. Identity cards (GB 11643), residence
    permits of Hong Kong, Macao and Taiwan residents and permanent residence cards of foreigners share this form.
    """
    text = unicodedata.normalize("NFKC", text).upper()
    if OLD_PLAIN.search(text):
        return True
    long = (re.sub(BETWEEN, "", m[0]) for m in LONG.finditer(text))
    old = (re.sub(BETWEEN, "", m[0]) for m in OLD.finditer(text))
    # Of numbers that stand apart, one in eleven has a right check character by chance (two telephones): those need a birth date.
    return any(_born(n[6:14]) or (n in text and _checks(n)) for n in long) or any(_born("19" + n[6:12]) for n in old)


def _checks(number: str) -> bool:
    return CHECKS[sum(w * int(d) for w, d in zip(WEIGHTS, number, strict=False)) % 11] == number[17]


def _born(digits: str) -> bool:
    try:
        return 1850 <= date.fromisoformat(digits).year <= 2100
    except ValueError:
        return False
