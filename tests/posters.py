"""Posters as tests look at them: made by the actor itself, read back as text, pixels and codes."""

import io
from collections import Counter
from unicodedata import normalize

import httpx
import zxingcpp
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select

from events.messages import PosterDue
from events.posters.models import Poster
from events.posters.rules import PosterState
from infra.installation import Installation
from infra.mail import FolderMailer
from workers.posters import poster_due
from workers.work import Work

SHEET, PHONE = "/calendar/2026-05/poster.pdf", "/calendar/2026-05/poster.png"
HTML = {"Accept": "text/html,*/*"}


async def make_waiting(installation: Installation) -> int:
    """Do what the worker does with all that wait, and say how many that were."""
    async with installation.sessions() as session:
        waiting = list(await session.scalars(select(Poster.id).where(Poster.state == PosterState.WAITING)))
    await poster_due(Work(installation, FolderMailer(installation.settings.data / "mail")), [PosterDue(one) for one in waiting])
    return len(waiting)


async def made(client: httpx.AsyncClient, installation: Installation, address: str, **headers: str) -> httpx.Response:
    """The poster of an address, waited for as a program does."""
    answer = await client.get(address, headers=headers)
    if answer.status_code == 202:
        await make_waiting(installation)
        answer = await client.get(address, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


async def posters(installation: Installation) -> list[Poster]:
    async with installation.sessions() as session:
        return list(await session.scalars(select(Poster).order_by(Poster.asked_at, Poster.id)))


def pdf_of(body: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(body))


def text_of(body: bytes) -> str:
    """Everything that a PDF says, without spaces, breaks and the places where words may break; full-width signs become plain ones.

    Normalised, because Chromium's PDFs name the glyphs of some characters by the radicals that look the same (⼦ for 子).
    """
    said = "".join(page.extract_text() for page in pdf_of(body).pages)
    return "".join(normalize("NFKC", said.replace("\u200b", "")).split())


def picture_of(body: bytes) -> Image.Image:
    return Image.open(io.BytesIO(body)).convert("RGB")


def colours_of(picture: Image.Image) -> Counter[str]:
    """How many pixels are of each colour."""
    return Counter("#{:02x}{:02x}{:02x}".format(*pixel) for pixel in picture.get_flattened_data())


def codes_in(picture: Image.Image) -> list[str]:
    """What the QR codes of a picture say."""
    return [found.text for found in zxingcpp.read_barcodes(picture)]
