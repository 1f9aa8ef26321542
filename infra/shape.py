"""Every fault of shape in a decoded JSON value. msgspec stops at the first one; a person who mends a form wants all of them. Pure.

Faults come one by one, so that who asks may stop, and no list is looked at beyond its first MOST_ENTRIES: what a stranger sends costs
little, however long it is.
"""

from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import msgspec
from msgspec.structs import fields

# More than any list that is taken here may hold.
MOST_ENTRIES = 1_000

NAMES: dict[Any, str] = {str: "string", int: "integer", float: "number", bool: "boolean"}

ShapeFault = tuple[str, str, dict[str, object]]


def shape_faults(value: Any, kind: Any, path: str = "") -> Iterator[ShapeFault]:
    """(path, code, values) of everything in `value` that a struct type (of structs, lists, optionals and plain types) does not take."""
    if get_origin(kind) in (Union, UnionType):
        if value is None and NoneType in get_args(kind):
            return
        kind = next(k for k in get_args(kind) if k is not NoneType)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield from _object_faults(value, kind, path)
    elif get_origin(kind) is list:
        yield from _list_faults(value, get_args(kind)[0], path)
    else:
        try:
            msgspec.convert(value, kind)
        except msgspec.ValidationError:
            yield path, "wrong_type", {"expected": NAMES.get(kind, "value")}


def _object_faults(value: Any, kind: type[msgspec.Struct], path: str) -> Iterator[ShapeFault]:
    if not isinstance(value, dict):
        yield path, "wrong_type", {"expected": "object"}
        return
    known = {field.encode_name: field for field in fields(kind)}
    for name, field in known.items():
        at = f"{path}.{name}" if path else name
        if name in value:
            yield from shape_faults(value[name], field.type, at)
        elif field.required:
            yield at, "required", {}
    for name in value:
        if name not in known:
            yield f"{path}.{name[:200]}" if path else name[:200], "unknown_field", {}


def _list_faults(value: Any, kind: Any, path: str) -> Iterator[ShapeFault]:
    if not isinstance(value, list):
        yield path, "wrong_type", {"expected": "array"}
        return
    if len(value) > MOST_ENTRIES:
        yield path, "too_large", {"most": MOST_ENTRIES}
    for index, item in enumerate(value[:MOST_ENTRIES]):
        yield from shape_faults(item, kind, f"{path}[{index}]")


def mended(value: Any, kind: Any) -> Any:
    """The value made into the type, with nothing ("", 0, no entries) where its shape is wrong, so that the rest of it can be judged.

    Of a list no more than its first MOST_ENTRIES.
    """
    if get_origin(kind) in (Union, UnionType):
        if value is None and NoneType in get_args(kind):
            return None
        kind = next(k for k in get_args(kind) if k is not NoneType)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        given = value if isinstance(value, dict) else {}
        wanted = [field for field in fields(kind) if field.required or field.encode_name in given]
        return kind(**{field.name: mended(given.get(field.encode_name), field.type) for field in wanted})
    if get_origin(kind) is list:
        return [mended(item, get_args(kind)[0]) for item in value[:MOST_ENTRIES]] if isinstance(value, list) else []
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return kind()
