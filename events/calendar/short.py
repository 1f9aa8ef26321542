"""Short addresses of events, for posters and for reading out: `/e/` and six characters. Pure.

The code is the event's number, which the database gives out once, so two events can't have the same. It is multiplied to scatter the
codes over all there are: one that is typed wrongly then leads nowhere, instead of to the event beside it.
"""

# Crockford's base 32, as people read it: no I, L, O or U. Typed ones are taken for what they look like.
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_LOOK_ALIKE = str.maketrans({"o": "0", "i": "1", "l": "1", "-": "", " ": ""})
_LENGTH = 6
_ALL: int = 32**_LENGTH
# Odd, so that it has an inverse: near the golden section of all codes, which keeps neighbours far apart.
_FACTOR = 663_608_941
_INVERSE: int = pow(_FACTOR, -1, _ALL)


def code_of(number: int) -> str:
    """The code of an event's number, of which there are a billion."""
    if not 0 <= number < _ALL:
        raise ValueError(f"no code for {number}")
    scattered = number * _FACTOR % _ALL
    return "".join(_LETTERS[scattered >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))


def number_of(code: str) -> int | None:
    """The number that a code stands for, however it was typed; None for a text that is no code."""
    plain = code.casefold().translate(_LOOK_ALIKE)
    if len(plain) != _LENGTH or any(letter not in _LETTERS for letter in plain):
        return None
    scattered = 0
    for letter in plain:
        scattered = scattered << 5 | _LETTERS.index(letter)
    return scattered * _INVERSE % _ALL


def short_address(public_url: str, number: int) -> str:
    """The whole short address of an event."""
    return f"{public_url}/e/{code_of(number)}"
