"""A refusal as a page: in words, in the look of the site, with a way back."""

import logging
import re
from http import HTTPStatus
from typing import Any

from litestar import Response
from litestar.exceptions import HTTPException

from events.calendar.called import VALUES
from events.calendar.filters import CHECKS, Filters
from events.errors import Fault, Faulty, NotFound, Refusal, describe
from events.i18n import Language, translate, words
from events.problems import as_refusal, title
from events.web.embedding import EMBED_HEADERS, reader_inside
from events.web.pages import page, reader_of
from events.web.subscribing import FIELDS, filtered_address
from infra.web import AnyRequest

log = logging.getLogger(__name__)

LOST = words("这个地址没有内容；它可能改了名，或者从来没有过。")
BROKEN = words("系统出错，已经记录；请稍后再试。")
# What of an address may be wrong, as people call it.
PARTS = {**FIELDS, "week": words("日期"), "year": words("年份"), "alarm": words("提醒")}
# Views of a month that are no place to look around in.
LEAVES = re.compile(r"/(poster\.pdf|poster\.png|print)$")


def on_error(request: AnyRequest, error: Exception) -> Response[Any]:
    """The page of any exception; what went wrong on our side stays in the log."""
    inside = request.url.path.startswith("/embed/")
    reader = reader_inside(request) if inside else reader_of(request)
    language = reader.language
    # Another site's frame shows it, and would show its browser's own words if it might not.
    template, headers = ("embed_error.html", dict(EMBED_HEADERS)) if inside else ("error.html", {})
    if refusal := as_refusal(request, error):
        headers |= {"Retry-After": str(refusal.retry_after)} if refusal.retry_after else {}
        return page(request, template, code=refusal.status, headers=headers, reader=reader, **_said(request, refusal, language))
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    if isinstance(error, HTTPException):
        status, headers = HTTPStatus(error.status_code), headers | (error.headers or {})
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    lines = {404: LOST, 500: BROKEN}
    said: dict[str, Any] = {"title": title(status, language), "faults": [], "without": None}
    said["detail"] = translate(language, lines[status]) if status in lines else said["title"]
    return page(request, template, code=status, headers=headers, reader=reader, **said)


def _said(request: AnyRequest, refusal: Refusal, language: Language) -> dict[str, Any]:
    """A refusal in words. What is wrong in an address is named as the pages name it, with the way to the same page without it."""
    said: dict[str, Any] = {"title": title(refusal.status, language), "detail": refusal.detail(language), "without": None}
    if refusal.sentence == NotFound.sentence:
        said["detail"] = translate(language, LOST)
    if not (isinstance(refusal, Faulty) and request.scope["method"] == "GET"):
        return {**said, "faults": [describe(fault, language) for fault in refusal.faults]}
    said["title"] = translate(language, words("地址不对"))
    said["detail"] = translate(language, words("这个地址里有写得不对的地方。"))
    wrong = {fault.path for fault in refusal.faults}
    if wrong <= CHECKS.keys():
        said["without"] = _without(request, wrong)
    return {**said, "faults": [_named(fault, language) for fault in refusal.faults]}


def _named(fault: Fault, language: Language) -> str:
    """`级别：不认识这个值；可用：市级、区级、街镇级。`"""
    if fault.code == "unknown_value" and fault.path in VALUES:
        known = translate(language, words("、")).join(translate(language, word) for word in VALUES[fault.path].values())
        fault = Fault(fault.path, fault.code, {"known": known})
    sentence = describe(fault, language)
    if fault.path not in PARTS:
        return sentence
    return translate(language, words("{part}：{fault}"), part=translate(language, PARTS[fault.path]), fault=sentence)


def _without(request: AnyRequest, wrong: set[str]) -> str:
    """The same page without these filters; of a frame, a poster or a print the calendar's."""
    path = "/calendar" if request.url.path.startswith("/embed") else LEAVES.sub("", request.url.path)
    pairs = [pair for pair in request.query_params.multi_items() if pair[0] in CHECKS and pair[0] not in wrong]
    return filtered_address(path, Filters.parse(pairs), reader_of(request).kept())
