"""Digits as people write them, in any script, brought to plain ones. Pure."""

import unicodedata

# Letters by their class, and blank on paper: the Hangul fillers (NFKC makes the other two of these).
FILLERS = "\u115f\u1160"


def plain(text: str) -> str:
    """The text in NFKC with every decimal digit in ASCII, and without what nobody sees: format characters, variation selectors, fillers."""
    return "".join(_plain(character) for character in unicodedata.normalize("NFKC", text))


def _plain(character: str) -> str:
    if character.isascii():
        return character
    if (digit := unicodedata.decimal(character, None)) is not None:
        return str(digit)
    return "" if character in FILLERS or unicodedata.category(character) in ("Cf", "Mn", "Me") else character
