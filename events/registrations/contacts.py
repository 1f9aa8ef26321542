"""Telephone numbers and e-mail addresses, as people write them and as they are kept. Pure."""

import re
import unicodedata

# Of a telephone number as it is written, with room for blanks and brackets; and of an e-mail address (RFC 5321, 4.5.3.1.3).
MOST_PHONE, MOST_EMAIL = 64, 254
PHONE = re.compile(r"\+[1-9]\d{6,14}")
CHINESE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
# The shape that HTML's own e-mail field takes, with at least one dot in the domain: ASCII, no quotes, no comments.
EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)


def read_phone(text: str) -> str | None:
    """The number in E.164's form (`+8613800138000`), or None. Only a Chinese mobile number may lack its country code."""
    if len(text) > MOST_PHONE:
        return None
    digits = re.sub(r"^00", "+", re.sub(r"[\s\-()‐-―]", "", unicodedata.normalize("NFKC", text)))
    if chinese := CHINESE.fullmatch(digits):
        return "+86" + chinese[1]
    # +86 1… is a mobile number, which the line above would have read.
    return digits if PHONE.fullmatch(digits) and not digits.startswith("+861") else None


def read_email(text: str) -> str | None:
    """The address without blanks around it, or None when it has not the shape of one. At most 254 characters."""
    text = text.strip()
    return text if len(text) <= MOST_EMAIL and EMAIL.fullmatch(text) else None
