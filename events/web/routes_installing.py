"""What makes the site an application on a phone: its manifest, its worker, and the page of a reader without a network."""

from datetime import UTC, datetime
from functools import cache
from hashlib import sha256

import msgspec
from litestar import Response
from litestar.params import FromPath

from events.errors import NotFound
from events.i18n import Language, translate, words
from events.web.pages import CONTENT_SECURITY_POLICY, LOOKS, PAGE_HEADERS, WORKER, Reader, asset, assets, read, reader_of, render
from infra.answers import ReadyAnswer
from infra.web import AnyRequest

# It changes with our files alone, never with the time.
ALWAYS = datetime.max.replace(tzinfo=UTC)
PAPER = "#faf6ee"


@read("/manifest.webmanifest", sync_to_thread=False)
def manifest(request: AnyRequest) -> ReadyAnswer:
    """The application's name, pictures and ways in (W3C, Web Application Manifest), in the language that the page asks for."""
    return _manifest(reader_of(request).language)


@read("/sw.js", sync_to_thread=False)
def worker() -> ReadyAnswer:
    """The worker, under one name for ever and asked for anew each time. It may serve every page, which its place alone would allow too."""
    return _worker()


@read("/offline/{spoken:str}", sync_to_thread=False)
def offline(request: AnyRequest, spoken: FromPath[str]) -> Response[bytes]:
    """What the worker shows where it has kept nothing. The language stands in the path: a query would be remembered as chosen.

    A browser keeps it for long, so it shows no banner.
    """
    if spoken not in LOOKS["lang"]:
        raise NotFound
    body = _offline(Language(spoken), elder=reader_of(request).elder)
    headers = PAGE_HEADERS | {"Content-Language": spoken, "Cache-Control": "no-cache"}
    return Response(body.encode(), media_type="text/html", headers=headers)


def _offline(language: Language, *, elder: bool = False) -> str:
    return render("offline.html", Reader(language, chosen=False, path="/calendar", query=(), elder=elder))


@cache
def _manifest(language: Language) -> ReadyAnswer:
    def picture(name: str, size: int, purpose: str) -> dict[str, str]:
        return {"src": asset(name), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}

    query = f"?lang={language}"
    body = {
        "id": "/",
        "lang": language.value,
        "dir": "ltr",
        "name": translate(language, words("赛历：群众赛事日历")),
        "short_name": translate(language, words("赛历")),
        "description": translate(language, words("赛历：市、区、街镇三级群众赛事，一处查看。")),
        "start_url": f"/calendar{query}",
        "scope": "/",
        "display": "standalone",
        "theme_color": PAPER,
        "background_color": PAPER,
        "categories": ["sports", "government"],
        "icons": [picture("icon-192.png", 192, "any"), picture("icon-512.png", 512, "any"), picture("icon-maskable.png", 512, "maskable")],
        "shortcuts": [
            {"name": translate(language, words("可以报名的活动")), "url": f"/calendar{query}&registration=open"},
            {"name": translate(language, words("我的报名")), "url": f"/my{query}"},
        ],
    }
    return ReadyAnswer(msgspec.json.encode(body), "application/manifest+json; charset=utf-8", ALWAYS)


@cache
def _worker() -> ReadyAnswer:
    """Its version is that of what it keeps from the start, every asset and the page without a network in every language: where one
    changes, the bytes do, and browsers install it anew."""
    version = sha256("".join([*assets(), *map(_offline, Language)]).encode()).hexdigest()[:12]
    body = f'self.VERSION="{version}";\n'.encode() + WORKER.read_bytes()
    headers = [("Service-Worker-Allowed", "/"), ("Content-Security-Policy", CONTENT_SECURITY_POLICY), ("Cache-Control", "no-cache")]
    return ReadyAnswer(body, "text/javascript; charset=utf-8", ALWAYS, headers)


ROUTES = [manifest, worker, offline]
