"""What a column's heading says it holds: the words that offices use, exactly, then by the stem they end in. Pure."""

import re
import unicodedata
from collections.abc import Sequence

# Field: how its column is headed, compared without blanks, punctuation, what stands in brackets, and capitals.
HEADINGS: dict[str, str] = {
    "title": "赛事名称 活动名称 项目名称 名称 比赛名称 赛事活动名称 活动赛事名称 赛事 活动 赛事活动 活动主题 主题 "
    "活动项目 赛事项目名称 标题 name title event",
    "date": "时间 日期 举办时间 比赛时间 活动时间 举办日期 比赛日期 活动日期 赛事时间 拟举办时间 计划时间 开展时间 具体时间 "
    "计划举办时间 时间安排 月日 日 datetext date when time",
    "weekday": "星期 周几 星期几 周",
    "month": "月份 举办月份 举办时间月 月 季度 month",
    "first": "开始日期 开始时间 起始日期 起始时间 开赛日期 开赛时间 开始 起始 开始日 startdate start starton firston",
    "last": "结束日期 结束时间 截止日期 截止时间 终止日期 结束 结束日 enddate end endon laston",
    "year": "年份 年度 年 year",
    "precision": "dateprecision precision",
    "province": "省 省份 省市 province",
    "city": "市 城市 地市 所属城市 市州 city",
    "district": "区 区县 县区 县市区 区市县 市县 县市 所属区 所属区县 行政区 区县名称 district county",
    "street": "街道 街镇 街道镇 所属街道 所属街镇 街道乡镇 乡镇 镇街 街镇名称 乡镇街道 镇 street town",
    "area": "区域 所属区域 所在区域 举办区域 地区 所属地区 所在地区 属地 辖区 行政区域 区街道 区街镇 市区 area",
    "region_code": "行政区划代码 区划代码 地区代码 regioncode region",
    "venue": "地点 场地 举办地点 比赛地点 活动地点 场馆 举办场地 比赛场地 举办场馆 场所 拟举办地点 举办地 venue place location",
    "address": "地址 详细地址 场馆地址 address",
    "organiser": "主办单位 主办 主办方 举办单位 主办机构 责任单位 主承办单位 主办承办单位 organiser organizer host",
    "undertaker": "承办单位 承办 承办方 承办机构 协办承办单位 undertaker",
    "contact": "联系人 联系电话 联系方式 电话 联系人及电话 联系人及联系方式 咨询电话 手机 负责人 contact phone",
    "tier": "级别 层级 赛事级别 活动级别 赛事等级 级次 等级 tier level",
    "sport": "项目 运动项目 赛事项目 比赛项目 竞赛项目 体育项目 项目类别 项目类型 运动类别 运动项目类别 项目分类 sport",
    "audience": "参赛对象 面向 面向人群 参与对象 参加对象 对象 参赛人群 参与人群 活动对象 参加人员 参赛范围 audience",
    "participants": "参赛人数 参与人数 参加人数 规模 赛事规模 活动规模 预计人数 预计参赛人数 预计规模 人数 participantstext participants",
    "url": "来源网址 网址 链接 来源链接 报名链接 官网 sourceurl url link",
    "source_title": "来源 来源标题 文件名称 sourcetitle",
    "summary": "备注 说明 简介 活动简介 赛事简介 内容 活动内容 主要内容 活动说明 summary description",
    "eligibility": "参赛资格 参赛条件 参赛要求 报名条件 报名资格 报名要求 参加条件 参加资格 资格要求 eligibility requirements",
    "bring": "携带物品 自备物品 自带物品 需自备 请自备 所需物品 装备要求 参赛装备 装备 bring equipment",
    "fee": "费用 报名费 参赛费 参赛费用 报名费用 收费 收费标准 收费情况 票价 fee fees price",
    "free": "是否免费 免费 free",
    "paid": "是否收费",
    "directions": "交通 交通方式 交通指南 交通路线 交通信息 乘车路线 到达方式 如何到达 directions transport",
    "fuse": "熔断 熔断条件 熔断机制 熔断措施 熔断方案 fuse",
    "id": "编号 赛事编号 活动编号 项目编号 赛事id 活动id 唯一编号 标识 id key uid",
}
FIELDS = {heading: field for field, headings in HEADINGS.items() for heading in headings.split()}
# How a heading ends that is none of those, the longer and narrower end first.
STEMS: tuple[tuple[str, str], ...] = (
    ("(?:街道|街镇|镇街|乡镇)(?:名称)?", "street"),
    ("(?:区县|县区|区市县|县市区|所在区|所属区)(?:名称)?", "district"),
    ("城市", "city"),
    ("(?:举办|承办|举行)地(?:点)?|地点|场馆(?:名称)?|场地|场所", "venue"),
    ("地址", "address"),
    ("(?:承办|协办|执行|实施|运营)(?:单位|部门|机构|方|地区)(?:名称)?", "undertaker"),
    ("(?:主办|牵头|组织|责任|举办|发起|主管)(?:单位|部门|机构|方)(?:名称)?", "organiser"),
    ("(?:开始|起始|开赛|开幕)(?:时间|日期)?", "first"),
    ("(?:结束|终止|完赛|闭幕)(?:时间|日期)?", "last"),
    ("月份", "month"),
    ("时间|日期|时间安排|赛期|日程|时段", "date"),
    ("名称|全称", "title"),
    ("级别|层级|等级", "tier"),
    ("(?:竞赛|运动|体育|比赛)(?:项目|类别)", "sport"),
    ("对象|人群", "audience"),
    ("(?:参赛|参加)(?:条件|资格|要求)", "eligibility"),
    ("熔断(?:条件|机制|措施|说明)?", "fuse"),
    ("交通(?:方式|指南|路线|信息|说明)?", "directions"),
    ("人数|规模|人次", "participants"),
    ("联系人|电话|联系方式|负责人|手机号码?", "contact"),
    ("备注|说明", "summary"),
)
_STEMS = [(re.compile(f"(?:.*?)(?:{stem})"), field) for stem, field in STEMS]
# Times and places of something else: signing up, filing the form, the news of it.
_OTHER = re.compile("报名|截止|填报|填表|报送|公示|审批|审核|印发|发布|报到|赛前|联席|缴费|抽签")
_BEFORE = re.compile("^(?:所在|所属|举办|拟|预计|计划)")
_BRACKETED = re.compile(r"[(\[【].*?[)\]】]")


def field_of(heading: str) -> str | None:
    """The field that a column heads; None when the words say nothing to us. 序号 is none: it counts rows and names no event."""
    plain, short = normal(heading), normal(_BRACKETED.sub("", unicodedata.normalize("NFKC", heading)))
    if exact := FIELDS.get(plain) or FIELDS.get(short):
        return exact
    if is_of_other(heading) or len(short) > 16:
        return None
    if exact := FIELDS.get(_BEFORE.sub("", short)):
        return exact
    return next((field for stem, field in _STEMS for text in (short, plain) if stem.fullmatch(text)), None)


def is_of_other(heading: str) -> bool:
    """Whether a heading is of what comes before an event, such as signing up for it."""
    return _OTHER.search(normal(heading)) is not None


def normal(heading: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", heading).casefold() if unicodedata.category(c)[0] in "LN")


def settled(fields: Sequence[str | None], headings: Sequence[str]) -> list[str | None]:
    """What a heading means beside the others. 项目 beside a name is the sport, and the name where nothing else is; so is 项目名称 the other
    way round. 截止日期 without any 开始日期 is when one may sign up until.
    """
    settled = list(fields)
    if "title" not in settled and "sport" in settled:
        settled[settled.index("sport")] = "title"
    elif settled.count("title") > 1 and "sport" not in settled:
        settled = ["sport" if f == "title" and normal(h) == "项目名称" else f for f, h in zip(settled, headings, strict=True)]
    if "first" not in settled:
        settled = [None if f == "last" and normal(h).startswith("截止") else f for f, h in zip(settled, headings, strict=True)]
    return settled
