"""Typesetting with the real library, in its real process."""

import asyncio
import io
import json
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from pypdf import PdfReader

from events.posters.subjects import FONTS
from infra import typesetting
from infra.typesetting import Sheet, TypesettingFailed, typeset
from tests.waiting import until

PLAIN = '#set text(font: "Noto Sans SC")\n#json(bytes(sys.inputs.data))'
ENDLESS = "#for i in range(9000) { for j in range(9000) { for k in range(9000) {} } }"


def sheet(folder: Path, source: str, *, fonts: Path = FONTS) -> Sheet:
    (folder / "sheet.typ").write_text(source)
    return Sheet(folder / "sheet.typ", fonts, "pdf")


def typesetters() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "infra.typesetter" in child.cmdline()]


async def test_text_is_data_and_never_markup(tmp_path: Path) -> None:
    written = '#panic() *粗* $x$ <b> \\ #read("/etc/passwd") ```'
    made = await typeset(sheet(tmp_path, PLAIN), json.dumps(written).encode())
    assert PdfReader(io.BytesIO(made)).pages[0].extract_text().replace("\n", "").replace(" ", "") == written.replace(" ", "")


async def test_the_same_data_make_the_same_bytes(tmp_path: Path) -> None:
    page = sheet(tmp_path, "#set document(date: none)\n" + PLAIN)
    assert await typeset(page, b'"a"') == await typeset(page, b'"a"')


@pytest.mark.parametrize(
    "source",
    [
        "#panic()",
        '#read("/../../../../etc/passwd")',
        "#set text(font:",
        "#let taken = range(400000000)",  # more memory than there is for it
    ],
)
async def test_a_sheet_that_cannot_be_set_is_a_stated_failure(tmp_path: Path, source: str) -> None:
    with pytest.raises(TypesettingFailed):
        await typeset(sheet(tmp_path, source), b"{}")


async def test_without_fonts_nothing_is_set(tmp_path: Path) -> None:
    with pytest.raises(TypesettingFailed):
        await typeset(sheet(tmp_path, PLAIN, fonts=tmp_path), b'"a"')


async def test_a_picture_of_more_than_one_page_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sheet.typ").write_text("a #pagebreak() b")
    with pytest.raises(TypesettingFailed):
        await typeset(Sheet(tmp_path / "sheet.typ", FONTS, "png"), b"{}")


async def test_a_sheet_that_takes_for_ever_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "SECONDS", 0.5)
    with pytest.raises(TypesettingFailed, match=r"not done within 0\.5 s"):
        await typeset(sheet(tmp_path, ENDLESS), b"{}")
    assert typesetters() == []


async def test_whoever_stops_waiting_ends_the_typesetter(tmp_path: Path) -> None:
    task = asyncio.create_task(typeset(sheet(tmp_path, ENDLESS), b"{}"))
    await until(lambda: len(typesetters()) == 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert typesetters() == []


def test_neither_the_web_process_nor_a_worker_loads_the_library() -> None:
    code = "import sys, events.app, workers.main; sys.exit('typst' in sys.modules or 'infra.typesetter' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
