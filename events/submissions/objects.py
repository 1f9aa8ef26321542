"""Objects of JSON in a cell: what of one has a plain reading, and what is only kept as it was written. Pure."""

import json
from dataclasses import dataclass

from events.submissions.cells import ObjectText, cell_text

# What may be written as an object with a name: {"name": "体育馆", "address": "长阳路1号"}.
NAMED = frozenset({"venue", "organiser", "undertaker", "sport", "province", "city", "district", "street"})


@dataclass(frozen=True, slots=True)
class Unread:
    """A cell that can't be read: its field, its heading as in the file, and what it holds as compact JSON."""

    field: str
    heading: str
    text: str


def opened(field: str, text: ObjectText) -> tuple[dict[str, str], bool]:
    """What an object says of fields by its name and, for a place, its address; and whether that is all it says."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):  # cut, for it is too long
        return {}, False
    if field not in NAMED or not isinstance(value, dict):
        return {}, False
    wanted = {"name": field} | ({"address": "address"} if field == "venue" else {})
    found = {wanted[key]: cell_text(said) for key, said in value.items() if key in wanted and isinstance(said, str) and said.strip()}
    if field not in found:
        return {}, False
    rest = [said for key, said in value.items() if wanted.get(key) not in found]
    return found, not any(said not in (None, "") for said in rest)
