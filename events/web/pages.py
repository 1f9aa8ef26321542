"""Pages for people: templates in the reader's language, assets under names that change with their content, headers that close the page."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache, lru_cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_interval, format_skeleton, format_time
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response, get
from markupsafe import Markup, escape

from events.i18n import MOST_ACCEPTED, Language, day, named, negotiate, translate
from events.web.site import Site
from infra.processes import StartError
from infra.web import AnyRequest

read = partial(get, include_in_schema=False)

HERE = Path(__file__).parent
# What `make assets` built of the sources in assets/.
ASSETS = HERE / "built" / "assets"
WORKER = HERE / "built" / "sw.js"

# What an address may choose of a page's look, and a browser remembers.
LOOKS = {"lang": frozenset(language.value for language in Language), "look": frozenset({"elder", "plain"})}

REMEMBERED = 31_536_000  # seconds: a year

# Everything from ourselves, nothing inline, nobody may frame us.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; "
    "worker-src 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PAGE_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Vary": "Accept-Language, Accept-Encoding, Cookie",
}


@cache
def assets() -> dict[str, tuple[str, bytes]]:
    """The assets by their public name, which holds a hash of the content: (media type, bytes). They can be cached for ever.

    Raises StartError where they were never built.
    """
    kinds = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png"}
    found = {}
    if not ASSETS.is_dir():
        raise StartError("The styles and scripts of the pages are not built: run make assets.")
    for path in sorted(ASSETS.iterdir()):
        content = path.read_bytes()
        found[f"{path.stem}.{sha256(content).hexdigest()[:12]}{path.suffix}"] = (kinds[path.suffix], content)
    return found


@cache
def asset(name: str) -> str:
    """The address of an asset, by the name of its file."""
    stem, _, suffix = name.rpartition(".")
    return next(f"/assets/{public}" for public in assets() if public.startswith(f"{stem}.") and public.endswith(f".{suffix}"))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        auto_reload=False,  # a page looks at a dozen files else
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = asset
    return environment


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a page: the language, whether it was chosen in the address (then every link keeps it), and the address itself.

    `elder` is the large print 适老版. `remembered` is what this very address chose of both: the browser keeps it for every other page.
    `site` is what every page shows of the site itself.
    """

    language: Language
    chosen: bool
    path: str
    query: tuple[tuple[str, str], ...]
    elder: bool = False
    remembered: tuple[tuple[str, str], ...] = ()
    site: Site | None = None

    @property
    def language_query(self) -> str:
        """What a link without a query of its own ends in."""
        return f"?lang={self.language}" if self.chosen else ""

    @property
    def other_language(self) -> str:
        """This very address in the other language."""
        other = Language.EN if self.language is Language.ZH else Language.ZH
        return self.path + "?" + urlencode([*self.query, ("lang", other.value)])

    @property
    def other_look(self) -> str:
        """This very address in large print, or back in the usual one."""
        return self.path + "?" + urlencode([*self.query, *self.kept(), ("look", "plain" if self.elder else "elder")])

    def cookies(self) -> list[tuple[str, str]]:
        """The headers that make a browser remember."""
        return [("Set-Cookie", f"{name}={value}; Path=/; Max-Age={REMEMBERED}; SameSite=Lax; HttpOnly") for name, value in self.remembered]

    def kept(self) -> list[tuple[str, str]]:
        """The pair that keeps the language in an address, when the reader chose one."""
        return [("lang", self.language.value)] if self.chosen else []


def reader_of(request: AnyRequest) -> Reader:
    """`?lang=` and `?look=` where the reader chose in the address, else what the browser remembers, else what it asks for."""
    pairs = [(name, value) for name, value in request.query_params.multi_items() if name not in LOOKS]
    asked = {name: value for name in LOOKS if (value := request.query_params.get(name)) in LOOKS[name]}
    language, elder = look_of(request)
    return Reader(
        Language(asked["lang"]) if "lang" in asked else language,
        "lang" in asked,
        own_path(request),
        tuple(pairs),
        asked["look"] == "elder" if "look" in asked else elder,
        tuple(asked.items()),
        request.app.state.site,
    )


def own_path(request: AnyRequest) -> str:
    """The path of the address as a link to it may hold it. What browsers read as another site's name after two slashes (a backslash is one
    to them, and what is between may vanish), is a path of ours."""
    return "/" + quote(request.scope["path"].lstrip("/\\\t\r\n"), safe="/:@!$&'()*+,;=~")


def look_of(request: AnyRequest) -> tuple[Language, bool]:
    """The language and the print that a browser remembers, else asks for. Read off the bare headers: every hot page is kept by it."""
    cookies = accepted = b""
    for name, value in request.scope["headers"]:
        if name == b"cookie":
            cookies = value
        elif name == b"accept-language":
            accepted = value
    kept = dict(_REMEMBERED.findall(cookies)) if cookies else {}
    return _look(kept.get(b"lang"), kept.get(b"look"), accepted[:MOST_ACCEPTED])


# The two cookies, and no more of any other: what is looked up is kept.
_REMEMBERED = re.compile(rb"(?:^|;)\s*(lang|look)=([a-zA-Z-]{1,8})(?=\s*(?:;|$))")


@lru_cache(maxsize=1_024)
def _look(lang: bytes | None, look: bytes | None, accepted: bytes) -> tuple[Language, bool]:
    chosen = (lang or b"").decode()
    return Language(chosen) if chosen in LOOKS["lang"] else negotiate(accepted.decode("latin-1")), look == b"elder"


def query_kept(request: AnyRequest) -> bytes:
    """What a page is kept by of its query: a language or a print that there is not makes no page of its own."""
    query: bytes = request.scope["query_string"]
    if b"lang=" not in query and b"look=" not in query:
        return query
    parts = query.split(b"&")
    if any(part in _OF_LOOKS.get(part[:5], ()) for part in parts):  # which of several counts is not decided here
        return query
    return b"&".join(part for part in parts if part[:5] not in _OF_LOOKS)


_OF_LOOKS = {f"{name}=".encode(): frozenset(f"{name}={value}".encode() for value in values) for name, values in LOOKS.items()}


def _words(language: Language) -> dict[str, Any]:
    """What every template has: `_` for sentences, `named` for names that have a translation, and dates as the language writes them.

    `tongue` and `spoken` tell a voice which texts of a page are Chinese.
    """
    return {
        "_": partial(translate, language),
        "named": partial(named, language),
        "tongue": partial(tongue, language),
        "spoken": partial(spoken, language),
        "day": partial(day, language),
        "clock_time": partial(clock_time, language),
        "language": language,
        "Language": Language,
    }


def shared_values(reader: Reader) -> dict[str, Any]:
    """What every template shows of the reader and the site, whatever its own values are."""
    return {
        "here": reader.path,
        "language_query": reader.language_query,
        "other_language": reader.other_language,
        "other_look": reader.other_look,
        "elder": reader.elder,
        "site": reader.site,
        "banners": reader.site.banners(reader.language) if reader.site else (),
    }


def render(template: str, reader: Reader, **values: Any) -> str:
    """A template for a reader."""
    return _environment().get_template(template).render(**_words(reader.language), **shared_values(reader), **values)


@cache
def macro(template: str, name: str, language: Language) -> Callable[..., Markup]:
    """A macro of a template in a language, for pieces that are rendered once and kept."""
    found: Callable[..., Markup] = getattr(_environment().get_template(template).make_module(_words(language)), name)
    return found


def page(
    request: AnyRequest,
    template: str,
    *,
    code: int = 200,
    headers: dict[str, str] | None = None,
    reader: Reader | None = None,
    **values: Any,
) -> Response[bytes]:
    """A whole page as an answer that nobody else may keep."""
    reader = reader or reader_of(request)
    body = render(template, reader, **values).encode()
    every = {**PAGE_HEADERS, "Content-Language": reader.language.value, "Cache-Control": "private, no-store", **(headers or {})}
    answer = Response(body, status_code=code, media_type="text/html", headers=every)
    for name, value in reader.remembered:
        answer.set_cookie(key=name, value=value, max_age=REMEMBERED, path="/", samesite="lax", httponly=True)
    return answer


def see_other(address: str) -> Response[bytes]:
    """After a form: go and look at the result (RFC 9110, section 15.4.4), so that a reload posts nothing twice."""
    return Response(b"", status_code=303, media_type="text/html", headers={"Location": address, "Cache-Control": "no-store"})


@lru_cache(maxsize=4_096)
def interval(language: Language, first: date, last: date, *, year: bool = False) -> str:
    """Two days and all between them: 5月4日至20日, May 4 – 20. The years are said where they differ, too."""
    skeleton = "yMMMd" if year or first.year != last.year else "MMMd"
    if first == last:
        return format_skeleton(skeleton, datetime.combine(first, time()), locale=language.locale)
    return format_interval(first, last, skeleton, locale=language.locale)


def clock_time(language: Language, at: datetime, zone: ZoneInfo) -> str:
    """A time of day on the city's clock, with 24 hours."""
    return format_time(at.astimezone(zone), "HH:mm", locale=language.locale)


@lru_cache(maxsize=4_096)
def month_name(language: Language, on: date, *, year: bool = True) -> str:
    """2026年5月, May 2026."""
    return format_skeleton("yMMMM" if year else "MMMM", datetime.combine(on, time()), locale=language.locale)


@lru_cache(maxsize=4_096)
def weekday_names(language: Language) -> tuple[str, ...]:
    """Monday first, short: 周一 …, Mon …."""
    return tuple(format_date(date(2024, 1, n), "EEE", locale=language.locale) for n in range(1, 8))


# Chinese characters; and from one of them to the last one before a letter of another script.
_CHINESE = re.compile("[\u3400-\u9fff]")
_RUN = re.compile("[\u3400-\u9fff](?:[^A-Za-z]*[\u3400-\u9fff])?")


def tongue(language: Language, text: str | None) -> Markup:
    """The attribute of an element that says that its text is Chinese, where the page is not (WCAG 3.1.2)."""
    return Markup(' lang="zh-CN"') if language is not Language.ZH and _CHINESE.search(text or "") else Markup()


def spoken(language: Language, text: str) -> Markup:
    """A text whose Chinese parts say that they are Chinese, where the page is not."""
    safe = escape(text)
    return safe if language is Language.ZH else Markup(_RUN.sub(r'<span lang="zh-CN">\g<0></span>', str(safe)))  # noqa: S704 - escaped
