"""Telephone numbers and e-mail addresses, as people write them and as they are kept. Pure."""

import re

from events.registrations.numerals import plain

# Of a telephone number as it is written, with room for blanks and brackets; and of an e-mail address (RFC 5321, 4.5.3.1.3).
MOST_PHONE, MOST_EMAIL = 64, 254
# "(0)" is the trunk 0 that is left out after a country code.
BETWEEN = re.compile(r"\(\s*0+\s*\)|[\s\-()‐-―−._·]")
# 86 as often as somebody wrote it, with 00 or + before it and a trunk 0 after it, is one country code.
CHINESE = re.compile(r"(?:\+?0*86)*0*(1[3-9][0-9]{9})")
CHINESE_LANDLINE = re.compile(r"(?=\+)(?:\+?0*86)+0*([2-9][0-9]{9,10})")
# Numbers of Hong Kong, Macao and Taiwan never begin with 0 either; elsewhere (Italy) some do.
TRUNK = re.compile(r"(?<=^\+852|^\+853|^\+886)0+")
# After +1 (North America) stand an area and an exchange, which begin with 2 to 9.
PHONE = re.compile(r"\+(?:1[2-9][0-8][0-9][2-9][0-9]{6}|(?!1|86)[1-9][0-9]{6,14})")
# The shape that HTML's own e-mail field takes, with at least one dot in the domain: ASCII, no quotes, no comments.
EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)


def read_phone(text: str) -> str | None:
    """The number in E.164's form (`+8613800138000`), or None. Only a Chinese mobile number may lack its country code.

    However one number is spelt (00 for +, 86 twice, a trunk 0, blanks, dashes and brackets, digits of any script), its form is the same:
    how many places a contact may take is counted by it.
    """
    if len(text) > MOST_PHONE:
        return None
    digits = re.sub(r"^(?:\+?00)+", "+", BETWEEN.sub("", plain(text)))
    if chinese := CHINESE.fullmatch(digits) or CHINESE_LANDLINE.fullmatch(digits):
        return "+86" + chinese[1]
    digits = TRUNK.sub("", digits)
    return digits if PHONE.fullmatch(digits) else None


def read_email(text: str) -> str | None:
    """The address without blanks around it, or None when it has not the shape of one. At most 254 characters."""
    text = text.strip()
    return text if len(text) <= MOST_EMAIL and EMAIL.fullmatch(text) else None
