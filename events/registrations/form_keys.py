"""The idempotency key of our own form: random, and marked as ours, so that nobody can hit upon another's.

A phone that loses one network finds another, so the key of a form holds on every network. And whoever sends it again with other contents is
the browser that sent it first: it may be let in to what it made, although the answer never reached it.
"""

from infra.crypto import Keys, random_token, same

# Who chose such a key. No network is named so.
CALLER = "form"


def new_form_key(keys: Keys) -> str:
    """A key for one form."""
    random = random_token()
    return f"{random}.{_mark(keys, random)}"


def is_form_key(keys: Keys, key: str) -> bool:
    """Whether the key was made here."""
    random, _, mark = key.partition(".")
    return same(mark, _mark(keys, random))


def _mark(keys: Keys, random: str) -> str:
    return keys.token("form-key", random)
