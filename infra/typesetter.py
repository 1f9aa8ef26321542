"""The typesetter's own process, started by `infra.typesetting`: data in on standard input, the document out on standard output."""

import json
import os
import resource
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from infra.glyphs import Coverage, coverage
from infra.processes import die_with_parent


def main(template: str, fonts: str, form: str, ppi: str, most_bytes: str, seconds: str, parent: str) -> None:
    """Set one document and end. What goes wrong is a line on standard error and a status other than 0."""
    os.environ["RUST_BACKTRACE"] = "0"
    die_with_parent(parent=int(parent))
    _bound(resource.RLIMIT_AS, int(most_bytes))
    _bound(resource.RLIMIT_CPU, 2 * int(seconds))  # of all threads together
    files = sorted(Path(fonts).glob("*.[ot]tf"))
    if not files:
        sys.exit(f"there are no fonts in {fonts}: run make assets")
    data = _drawable(json.load(sys.stdin.buffer), coverage(files))
    sys.stdout.buffer.write(_set(Path(template), Path(fonts), json.dumps(data), form=form, ppi=float(ppi)))


def _set(template: Path, fonts: Path, data: str, *, form: str, ppi: float) -> bytes:
    import typst  # noqa: PLC0415 - after the bounds, which hold for it too

    try:
        document = typst.compile(
            template,
            root=template.parent,
            font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts]),
            ignore_system_fonts=True,
            format="png" if form == "png" else "pdf",
            ppi=ppi,
            sys_inputs={"data": data},
        )
    except typst.TypstError as error:
        sys.exit(f"{error.message} {error.diagnostic}")
    if not isinstance(document, bytes):
        sys.exit(f"{len(document)} pages where one was wanted")
    return document


def _drawable(value: Any, covered: Coverage) -> Any:
    """The data with every text in characters that the fonts have."""
    match value:
        case str():
            return covered.drawable(value)
        case list():
            return [_drawable(one, covered) for one in value]
        case dict():
            return {key: _drawable(one, covered) for key, one in value.items()}
    return value


def _bound(kind: int, most: int) -> None:
    """A system that doesn't know the limit, or has a lower one, goes without ours."""
    with suppress(ValueError, OSError):
        resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    os.nice(5)  # readers go before posters
    main(*sys.argv[1:])
