"""A refusal as a page: in words, in the look of the site, with a way back."""

import logging
from http import HTTPStatus
from typing import Any

from litestar import Response
from litestar.exceptions import HTTPException

from events.errors import describe
from events.i18n import translate, words
from events.problems import as_refusal, title
from events.web.embedding import EMBED_HEADERS, reader_inside
from events.web.pages import page, reader_of
from infra.web import AnyRequest

log = logging.getLogger(__name__)


def on_error(request: AnyRequest, error: Exception) -> Response[Any]:
    """The page of any exception; what went wrong on our side stays in the log."""
    inside = request.url.path.startswith("/embed/")
    reader = reader_inside(request) if inside else reader_of(request)
    language = reader.language
    # Another site's frame shows it, and would show its browser's own words if it might not.
    template, headers = ("embed_error.html", dict(EMBED_HEADERS)) if inside else ("error.html", {})
    if refusal := as_refusal(request, error):
        faults = [{"path": fault.path, "detail": describe(fault, language)} for fault in refusal.faults]
        headers |= {"Retry-After": str(refusal.retry_after)} if refusal.retry_after else {}
        status, said, detail = refusal.status, title(refusal.status, language), refusal.detail(language)
        return page(request, template, code=status, headers=headers, reader=reader, title=said, detail=detail, faults=faults)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    if isinstance(error, HTTPException):
        status, headers = HTTPStatus(error.status_code), headers | (error.headers or {})
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    lines = {404: words("这个地址没有内容；它可能改了名，或者从来没有过。"), 500: words("系统出错，已经记录；请稍后再试。")}
    detail = translate(language, lines[status]) if status in lines else title(status, language)
    return page(request, template, code=status, headers=headers, reader=reader, title=title(status, language), detail=detail, faults=[])
