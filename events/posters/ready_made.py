"""The ready-made pictures of the site: `python -m events.posters.ready_made` draws them anew, after a change of the sheet."""

import asyncio
from pathlib import Path

import msgspec

from events.i18n import Language
from events.posters.picture import site_sheet
from events.posters.rules import PosterKind
from events.posters.subjects import FONTS, MAKES
from infra.typesetting import Sheet, typeset

PICTURES = Path(__file__).parent / "pictures"


async def drawn(language: Language) -> bytes:
    """The picture, as the sheet draws it now."""
    how = MAKES[PosterKind.PICTURE]
    return await typeset(Sheet(how.sheet, FONTS, how.form, how.ppi), msgspec.json.encode(site_sheet(language)))


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    for each in Language:
        (PICTURES / f"{each.value}.png").write_bytes(asyncio.run(drawn(each)))
