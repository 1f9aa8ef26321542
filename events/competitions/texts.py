"""Text that people send: trimmed, bounded, and free of characters that do something instead of saying something. Pure."""

import unicodedata

from events.errors import Fault

# Cc: control characters, NUL among them, which PostgreSQL can't store. Cs: halves of surrogate pairs, which no encoding takes.
REFUSED = {"Cc", "Cs"}
# Marks that turn the direction of what follows: a team's name could rewrite the line it is printed in.
TURNING = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}


def text_fault(path: str, text: str, *, most: int) -> Fault | None:
    """What is wrong with a line of text that must be there, if anything. Its blanks at both ends are not counted: they will be trimmed."""
    text = text.strip()
    if not text:
        return Fault(path, "empty")
    if len(text) > most:
        return Fault(path, "too_long", {"most": most})
    if any(c in TURNING or unicodedata.category(c) in REFUSED for c in text):
        return Fault(path, "bad_text")
    return None
