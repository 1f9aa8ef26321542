import pytest

from events.calendar.fees import free_by


@pytest.mark.parametrize(
    "fee", ["免费", "免费参加", "公益活动，免费", "0元", "￥0", "0.00 元", "不收费", "免报名费", "Free", "free of charge", " 全程免费！"]
)
def test_a_fee_that_asks_nothing_of_anybody_is_free(fee: str) -> None:
    assert free_by(fee) is True


@pytest.mark.parametrize(
    "fee", ["每队 300 元", "60岁以上免费，其余30元", "自费", "AA制", "收费", "¥50", "三十元", "0.5元", "20 yuan", "１００元"]
)
def test_a_fee_that_names_a_sum_is_not(fee: str) -> None:
    assert free_by(fee) is False


@pytest.mark.parametrize("fee", [None, "", "  ", "12岁以下免费", "免费（保险自理）", "另行通知", "不免费", "见规程第 3 条"])
def test_of_any_other_nothing_is_said(fee: str | None) -> None:
    assert free_by(fee) is None
