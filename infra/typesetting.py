"""Typesetting: from a template of ours and data to a PDF or a PNG, in a process of its own with bounds of memory and time.

The library that does it takes tens of megabytes and can't be interrupted, so no other process imports it (`infra.typesetter` does).
"""

import asyncio
import logging
import math
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

log = logging.getLogger(__name__)

SECONDS = 30.0
MOST_BYTES = 1024 * 1024 * 1024
MOST_SAID = 1_000


class TypesettingFailed(Exception):
    """The document couldn't be made, for the reason that the text says in a line; the typesetter's own words are in the log."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What to set: a template (Typst) that may read the files of its folder and no others, the fonts' folder, and the form.

    A PNG has `ppi` pixels to 72 points.
    """

    template: Path
    fonts: Path
    form: Literal["pdf", "png"]
    ppi: int = 72


async def typeset(sheet: Sheet, data: bytes) -> bytes:
    """The document. `data` is JSON, which the template reads as `json(bytes(sys.inputs.data))`: text in it is never markup.

    Raises TypesettingFailed, after SECONDS at the latest.
    """
    words = map(str, (sheet.template, sheet.fonts, sheet.form, sheet.ppi, MOST_BYTES, math.ceil(SECONDS), os.getpid()))
    pipe = asyncio.subprocess.PIPE
    safe = ["-P"] if sys.flags.safe_path else []
    process = await asyncio.create_subprocess_exec(
        sys.executable, *safe, "-m", "infra.typesetter", *words, stdin=pipe, stdout=pipe, stderr=pipe
    )
    try:
        async with asyncio.timeout(SECONDS):
            document, said = await process.communicate(data)
    except TimeoutError:
        raise TypesettingFailed(f"not done within {SECONDS:g} s") from None
    finally:
        if process.returncode is None:  # too late, or we are told to end
            process.kill()
            await process.wait()
    if process.returncode or not document:
        why = said.decode(errors="replace").strip()[:MOST_SAID]
        log.error("typesetting %s ended with %s: %s", sheet.template.name, process.returncode, why)
        raise TypesettingFailed(f"ended with {process.returncode}")
    return document
