"""From a refusal to the answer that a program gets: a status, a stable code, and every fault with its path and its sentence."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from itertools import islice
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.exceptions import HTTPException, InternalServerException, SerializationException, ValidationException
from litestar.types import Scope
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from events.errors import CONSTRAINTS, Busy, Fault, Faulty, Malformed, Refusal, UnsupportedMediaType, describe
from events.i18n import Language, negotiate, translate, words
from infra.database import passes, told
from infra.installation import Installation
from infra.web import BODILESS, AnyRequest, body_faults, mended_body, problem

log = logging.getLogger(__name__)

# The most faults that an answer names; who has more than these begins with these.
MOST_FAULTS = 100

Judge = Callable[[AsyncSession, Any, Mapping[str, UUID]], Awaitable[list[Fault]]]
# Where the faults of a body wait for its answer, in the state of the request.
FOUND = "body_faults"

TITLES: dict[int, str] = {
    400: words("请求有误"),
    401: words("需要登录"),
    403: words("没有权限"),
    404: words("没有找到"),
    405: words("不支持这种请求"),
    406: words("没有这种格式"),
    408: words("内容没有及时送到"),
    409: words("与现状冲突"),
    413: words("内容太大"),
    414: words("网址太长"),
    415: words("不支持这种内容"),
    422: words("内容需要修改"),
    429: words("请求太多"),
    431: words("请求的标头太大"),
    500: words("系统出错"),
    503: words("暂时不可用"),
}


def language_of(request: AnyRequest) -> Language:
    """The language of an answer: what the client asked for in Accept-Language, else Chinese."""
    return negotiate(request.headers.get("accept-language", ""))


def refused(request: AnyRequest, refusal: Refusal) -> Response[Any]:
    """The problem of a refusal."""
    language = language_of(request)
    headers = {"Retry-After": str(refusal.retry_after)} if refusal.retry_after else {}
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    errors = [{"path": f.path, "code": f.code, "detail": describe(f, language)} for f in refusal.faults[:MOST_FAULTS]]
    return problem(refusal.status, refusal.code, title(refusal.status, language), refusal.detail(language), errors=errors, headers=headers)


def title(status: int, language: Language) -> str:
    """A word for the status, in the reader's language."""
    return translate(language, TITLES[status]) if status in TITLES else HTTPStatus(status).phrase


def as_refusal(request: AnyRequest, error: Exception) -> Refusal | None:
    """What an exception means to whoever sent the request; None for a fault of ours."""
    match error:
        case Refusal():
            return error
        case ValidationException() | InternalServerException() if faults := request.scope["state"].get(FOUND):
            return Faulty(*faults)
        case ValidationException():
            found: Any = error.extra or []  # Litestar's own list of a key and a message each
            return Faulty(*[_of_parameter(str(one.get("key", ""))) for one in found])
        case IntegrityError():
            meaning = CONSTRAINTS.get(constraint_of(error))
            return meaning() if meaning else None
    if not passes(error):
        return None
    log.warning("%s %s: the database is away or busy (%s)", request.method, request.url.path, told(error))
    return Busy(retry_after=1)


def _of_parameter(name: str) -> Fault:
    """A parameter of the address that is none of its type. `limit` has the same bounds in every list."""
    return Fault(name, "out_of_range", {"least": 1, "most": 200}) if name == "limit" else Fault(name, "wrong_type", {"expected": "value"})


async def expect_json(request: AnyRequest) -> None:
    """What stands before every handler of the API: a body, where one is sent or needed, is JSON. Read once, kept with the request.

    Raises Malformed, Faulty for a body that is missing, and NotSupported for one that says it is something else.
    """
    if request.method in BODILESS:
        return
    if not await request.body():
        if request.route_handler.parsed_data_field is not None:
            raise Faulty(Fault("", "required"))
        return
    media_type = request.content_type[0]
    if media_type and not (media_type == "application/json" or media_type.endswith("+json")):
        raise UnsupportedMediaType
    try:
        await request.json()
    except (SerializationException, ValueError, RecursionError) as error:  # ValueError: not UTF-8
        raise Malformed from error


async def judge_contents(error: Exception, scope: Scope) -> None:
    """What stands before the answer to a body whose shape is wrong: everything that is wrong with it is found, and kept with the request.

    Those are the faults of its shape, the first MOST_FAULTS of them, and where the handler's `contents` says how to judge what stands in it
    (by the session, the body as far as it goes, the ids of the address), those faults too: also what only the database knows.

    Litestar takes a field that is called like a dependency (`language`) for that, and its wrong type for a fault of ours.
    """
    if not isinstance(error, ValidationException | InternalServerException):
        return
    request: AnyRequest = Request(scope)
    faults = [Fault(*fault) for fault in islice(body_faults(request), MOST_FAULTS)]
    judge: Judge | None = request.route_handler.opt.get("contents")
    paths = {fault.path for fault in faults}
    if faults and judge and "" not in paths:
        beneath = tuple(path + sign for path in paths for sign in ".[")
        found = await _judged(request, judge)
        faults += [fault for fault in found if fault.path not in paths and not fault.path.startswith(beneath)]
    scope["state"][FOUND] = faults


async def _judged(request: AnyRequest, judge: Judge) -> list[Fault]:
    installation: Installation = request.app.state.installation
    try:
        async with installation.sessions() as session:
            return await judge(session, mended_body(request), request.path_params)
    except Exception as error:
        if not passes(error):
            raise
        log.warning("%s %s: judged by its shape alone (%s)", request.method, request.url.path, told(error))
        return []


def on_error(request: AnyRequest, error: Exception) -> Response[Any]:
    """The answer to any exception: a refusal as itself, an HTTP exception by its status, the rest a 500 whose text stays in the log."""
    if refusal := as_refusal(request, error):
        return refused(request, refusal)
    language = language_of(request)
    if isinstance(error, HTTPException):
        status = HTTPStatus(error.status_code)
        code = "malformed" if status == HTTPStatus.BAD_REQUEST else status.name.lower()
        return problem(status, code, title(status, language), title(status, language), headers=error.headers)
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(500, "internal_error", title(500, language), translate(language, words("系统出错，已经记录；请稍后再试。")))


def constraint_of(error: IntegrityError) -> str:
    """The name of the constraint that was broken."""
    return getattr(getattr(error.orig, "__cause__", None), "constraint_name", None) or ""
