"""Whether a fee, as an office writes it, means that an event is free. Pure."""

import re
import unicodedata

# A sum of money that is something; a written zero is none.
_SUM = re.compile(
    r"[1-9]\d*(\.\d+)?\s*(元|块|rmb|cny|yuan|￥|¥)|[¥￥]\s*[1-9]|(?<![\d.])0?\.\d*[1-9]\d*\s*元|[一二两三四五六七八九十百千]+元"
)
_ZERO = re.compile(r"(?<![\d.])0+(\.0+)?\s*(元|块|rmb|cny|yuan)?(/[人队])?|[¥￥]\s*0+(\.0+)?|零元")
_NOTHING = (
    "不收取任何费用",
    "不收取费用",
    "不收费用",
    "不收费",
    "无需缴费",
    "无需费用",
    "无费用",
    "免收报名费",
    "免报名费",
    "免参赛费",
    "免费",
    "free of charge",
    "free",
)
# What may stand beside 免费 without making it a matter of who or what.
_BESIDE = re.compile(
    r"(报名|参赛|参加|参与|活动|比赛|赛事|公益性?|全程|全部|完全|一律|均|面向公众|向公众开放|开放|entry|admission|to|all|for|everyone|[\s,.;:!、。])*"
)
_COSTS = ("收费", "自费", "缴费", "aa制", "paid")


def free_by(fee: str | None) -> bool | None:
    """True where the fee says that nothing is asked of anybody, False where it names a sum or says that it costs, None for anything else.

    Free for some only (12岁以下免费) is not said to be free.
    """
    plain = unicodedata.normalize("NFKC", fee or "").casefold().strip()
    if not plain:
        return None
    if _SUM.search(plain):
        return False
    rest = _ZERO.sub(" ", plain)
    for word in _NOTHING:
        rest = rest.replace(word, " ")
    if rest != plain and _BESIDE.fullmatch(rest):
        return True
    return False if any(word in rest for word in _COSTS) else None
