"""Refusals: what the office says no to, each with a stable code and a sentence. Raised, never returned, so that the transaction rolls back.

`infra.web` turns them into RFC 9457 problems. Constraints of the database that mean something to a person are listed at the end; any other
IntegrityError is a fault of ours and a logged 500, and its text stays with us.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from events.i18n import Language, translate, words


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with what was sent: where (`roster[3].name`), a stable code, and the figures its sentence needs."""

    path: str
    code: str
    values: dict[str, object] = field(default_factory=dict)


FAULTS: dict[str, str] = {
    "required": words("必填。"),
    "empty": words("不能为空。"),
    "too_long": words("最多 {most} 个字。"),
    "too_small": words("至少 {least} 项。"),
    "too_few_athletes": words("运动员至少 {least} 人，现在只有 {count} 人。"),
    "too_large": words("最多 {most} 项。"),
    "out_of_range": words("应在 {least} 到 {most} 之间。"),
    "wrong_type": words("类型不对，应为{expected}。"),
    "unknown_field": words("没有这个字段。"),
    "unknown_value": words("不认识这个值；可用：{known}。"),
    "not_found": words("没有找到。"),
    "unknown_sport": words("没有这个项目；可用的名称和代号见 GET /api/v1/sports。"),
    "bad_text": words("含有不能使用的字符。"),
    "bad_phone": words("不是有效的电话号码：请填 11 位手机号，或带国家代码的号码（+…）。"),
    "bad_email": words("不是有效的电子邮箱。"),
    "bad_endpoint": words("不是本站认可的推送服务的地址。"),
    "bad_push_key": words("不是浏览器给出的推送密钥。"),
    "bad_date": words("不是有效的日期，应写作 YYYY-MM-DD。"),
    "bad_geojson": words("不是 GeoJSON 的 FeatureCollection。"),
    "bad_outline": words("应是 Polygon 或 MultiPolygon：每个环首尾相接，至少四个点，经度在 ±180、纬度在 ±90 之内。"),
    "no_such_unit": words("属性 code（或 adcode、region_code）应是 {region} 之下一个街镇或区县的代码。"),
    "twice": words("同一个代码出现了两次。"),
    "too_detailed": words("轮廓太细：简化后再载入（最多 {most} 个点）。"),
    "bad_approval": words("应写明审图号，例如 GS(2024)1234号。"),
    "bad_month": words("不是有效的月份：应写作 YYYY-MM，年份从 {least} 到 {most}。"),
    "bad_instant": words("不是有效的时刻，应带时区，例如 2026-05-02T09:00:00+08:00。"),
    "bad_url": words("不是有效的网址，应以 http:// 或 https:// 开头。"),
    "bad_cursor": words("这个游标不可用；请从第一页重新开始。"),
    "bad_identifier": words("不是有效的编号。"),
    "in_the_past": words("这个时刻已经过去。"),
    "dates_reversed": words("结束早于开始。"),
    "unread_date": words("日期读不懂：{unread}。"),
    "weekday_mismatch": words("日期和星期对不上。"),
    "no_date": words("请写日期（date_text）或场次（occurrences），二者取一。"),
    "both_dates": words("日期（date_text）与场次（occurrences）只能写一种。"),
    "one_of": words("{names} 之中须写一种，也只能写一种。"),
    "too_many_days": words("一场最多 {most} 天。"),
    "identity_number": words("这里不收证件号码，请删去。"),
    "duplicate": words("重复了。"),
    "not_offered": words("暂不提供这种方式。"),
    "not_a_subscription": words("报名状态会变，订阅后赛事会从日历里消失；请去掉这个条件。"),
    "out_of_place": words("不在本辖区之内。"),
    "file_empty": words("文件是空的。"),
    "file_unreadable": words("文件读不了：不是 UTF-8 或 GB18030 的文本，也不是完好的 XLSX。"),
    "file_too_large": words("文件太大，应小于 {most}。"),
    "too_many_rows": words("行数太多，一次最多 {most} 行。"),
    "old_excel": words("这是旧的 XLS 格式，请另存为 XLSX。"),
    "locked": words("文件有密码保护，请去掉密码再存一份。"),
    "is_pdf": words("这是 PDF，里面没有表格可读；请用原来的 XLSX 或 CSV。"),
    "is_web_page": words("这是网页，虽然名字像表格；请用 Excel 打开，另存为 XLSX。"),
    "is_document": words("这是 Word 文档，请把里面的表格复制到 Excel，存成 XLSX。"),
    "header_only": words("只有表头，没有一行活动。"),
    "bad_line": words("第 {line} 行不是一个 JSON 对象。"),
    "open_quotation": words("第 {line} 行起有引号没有关上，后面的行都读成了一格。"),
    "no_header": words("没有找到表头：应有一行写明名称以及时间、地点等列。"),
    "no_column": words("文件里没有这些列：{names}。"),
    "unknown_fields": words("不认识 {names}；可用：{known}。"),
    "no_region": words("看不出是哪个地区。"),
    "rounded_number": words("编号已被电子表格改成近似值，请把这一列设为文本。"),
    "no_row": words("文件里没有这些行：{names}。"),
    "same_row": words("与 {row} 行重复。"),
    "event_cancelled": words("这项活动已经取消，不再修改。"),
    "after_event": words("应不晚于活动结束。"),
    "unreachable": words("连不上数据库。"),
    "other_revision": words("数据库的结构是 {found}，程序需要 {expected}；请运行 saili prepare。"),
    "not_relayed": words("最早的消息已等了 {seconds} 秒；请看 saili relay 是否在运行。"),
}


class Refusal(Exception):
    """The base of every refusal. A subclass gives the status, the code and the sentence; `values` fill the sentence's places."""

    status: ClassVar[int] = 409
    code: ClassVar[str] = "refused"
    sentence: ClassVar[str] = words("这个操作不能进行。")

    def __init__(self, *, retry_after: int | None = None, **values: object) -> None:
        super().__init__(self.code)
        self.values = values
        self.retry_after = retry_after
        self.faults: tuple[Fault, ...] = ()

    def detail(self, language: Language) -> str:
        """The sentence for the reader."""
        return translate(language, self.sentence, **self.values)


class Faulty(Refusal):
    """What was sent is wrong; every fault is named, so that it is mended in one go."""

    status, code, sentence = 422, "faulty", words("提交的内容有 {count} 处需要修改。")

    def __init__(self, *faults: Fault) -> None:
        super().__init__(count=len(faults))
        self.faults = faults


class Malformed(Refusal):
    status, code, sentence = 400, "malformed", words("请求读不懂：不是有效的 JSON。")


class UnsupportedMediaType(Refusal):
    status, code, sentence = 415, "unsupported_media_type", words("内容应为 JSON（Content-Type: application/json）。")


class NotFound(Refusal):
    status, code, sentence = 404, "not_found", words("没有找到。")


class NoRegion(NotFound):
    sentence = words("没有代码为 {code} 的行政区划。")


class Unauthenticated(Refusal):
    status, code, sentence = 401, "unauthenticated", words("需要有效的密钥。")


class Forbidden(Refusal):
    status, code, sentence = 403, "forbidden", words("这个密钥无权在这里这样做。")


class LeadersOwn(Refusal):
    """A desk that takes a place away says why (`void`); leaving without a word is the team's own."""

    status, code, sentence = 403, "leaders_own", words("只有领队本人能退出；主办单位请用作废（/void），并写明原因。")


class AlreadyRegistered(Refusal):
    code, sentence = "already_registered", words("这位领队在本组别已有报名。")


class WindowClosed(Refusal):
    code, sentence = "window_closed", words("报名已经截止。")


class WindowNotOpen(Refusal):
    code, sentence = "window_not_open", words("报名尚未开始。")


class BadEntryCode(Refusal):
    status, code, sentence = 403, "bad_entry_code", words("邀请码不对。")


class NumberTaken(Refusal):
    """Two registrations drew the same number of 40 random bits: asked again, the next draw differs."""

    status, code, sentence = 503, "busy", words("现在太忙，请稍后再试。")

    def __init__(self) -> None:
        super().__init__(retry_after=1)


class TooManyFromNetwork(Refusal):
    status, code, sentence = 429, "too_many", words("来自这个网络的报名太多，请稍后再试。")


class TooManyAsks(Refusal):
    status, code, sentence = 429, "too_many", words("来自这个网络的请求太多，请稍后再试。")


class TooManyFollowed(Refusal):
    code, sentence = "too_many_followed", words("这台设备关注的活动太多，请先取消一些。")


class TooManyCodes(Refusal):
    status, code, sentence = 429, "too_many", words("来自这个网络的错误邀请码太多，请稍后再试。")


class TooManyPosters(Refusal):
    status, code, sentence = 429, "too_many", words("来自这个网络的海报请求太多，请稍后再试。")


class PosterQueueFull(Refusal):
    status, code, sentence = 503, "poster_queue_full", words("等待制作的海报太多，请稍后再试。")


class PosterFailed(Refusal):
    """Said for a while instead of trying again and again: what failed once fails the same way at once."""

    status, code, sentence = 503, "poster_failed", words("这张海报没有做成，已经记录；请稍后再试。")


class TooManyReports(Refusal):
    status, code, sentence = 429, "too_many", words("来自这个网络的反馈太多，请过一小时再试。")


class IdempotencyKeyRequired(Refusal):
    status, code, sentence = 400, "idempotency_key_required", words("请求需要带 Idempotency-Key（1 到 128 个可见字符）。")


class IdempotencyMismatch(Refusal):
    """`made` is what the key was used for, a registration and the generation of its links: nothing to be told to everybody."""

    status, code, sentence = 422, "idempotency_mismatch", words("这个 Idempotency-Key 已用于另一份内容。")

    def __init__(self, made: tuple[UUID, int] | None = None) -> None:
        super().__init__()
        self.made = made


class NotActive(Refusal):
    code, sentence = "not_active", words("这份报名已经结束，不能再改。")


class AlreadyStopped(Refusal):
    code, sentence = "already_stopped", words("活动已经取消或延期。")


class NotPublished(Refusal):
    code, sentence = "not_published", words("活动尚未发布。")


class AlreadyPublished(Refusal):
    code, sentence = "already_published", words("活动已经发布。")


class NoCity(Refusal):
    code, sentence = "no_city", words("{name}（{code}）之下有多个城市，请选其中一个。")


class BelowCity(Refusal):
    code = "below_city"
    sentence = words("{name}（{code}）是{city}（{city_code}）的一部分，请改用 {city_code}：整个城市的发布单位会一起设好。")


class RoleOutOfPlace(Refusal):
    code, sentence = "role_out_of_place", words("{name}（{code}）没有设置这一级的发布单位，不能给出 {role} 的密钥。")


class SportNameTaken(Refusal):
    code, sentence = "sport_name_taken", words("“{name}”已经是一个项目的名称、别名或代号。")


class OccurrenceStopped(Refusal):
    code, sentence = "occurrence_stopped", words("这一场已经取消。")


class LastOccurrence(Refusal):
    code, sentence = "last_occurrence", words("活动只剩这一场了。整个活动不办，请取消或推迟活动：报名会随之停止，报了名的队伍会收到通知。")


class Busy(Refusal):
    status, code, sentence = 503, "busy", words("现在太忙，请稍后再试。")


class NotReady(Refusal):
    """The installation can't do its work: the fault's path is the part at fault."""

    status, code, sentence = 503, "not_ready", words("没有准备好：{part}。")

    def __init__(self, fault: Fault) -> None:
        super().__init__(retry_after=5, part=fault.path)
        self.faults = (fault,)


# Names of constraints that mean something to a person.
CONSTRAINTS: dict[str, type[Refusal]] = {"uq_registrations_number": NumberTaken}


def unknown_fields(given: Iterable[str], known: Collection[str]) -> list[Fault]:
    """A fault for each name of a query that the address doesn't know: a filter that is misspelt must not look as if it were applied."""
    return [Fault(name[:100], "unknown_field") for name in dict.fromkeys(given) if name not in known]


def describe(fault: Fault, language: Language) -> str:
    """The fault's sentence for the reader."""
    return translate(language, FAULTS[fault.code], **fault.values)
