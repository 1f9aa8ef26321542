import pytest

from events.calendar.filters import Filters
from events.feeds.asked import Asked
from events.i18n import Language
from events.web.guides import GUIDES, Device, devices_of, ordered
from events.web.subscribing import addresses, alarms, described, picture_of

ANDROID = "Mozilla/5.0 (Linux; Android 12; {}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "devices"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1", [Device.IPHONE]),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) MicroMessenger/8.0.50 Language/zh_CN", [Device.WECHAT, Device.IPHONE]),
        (ANDROID.format("ELS-AN00 Build/HUAWEIELS-AN00; wv") + " MicroMessenger/8.0.50", [Device.WECHAT, Device.HUAWEI]),
        ("Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 ArkWeb/4.1.6.1 Mobile HuaweiBrowser/5.0", [Device.HUAWEI]),
        (ANDROID.format("2211133C") + " XiaoMi/MiuiBrowser/17.8", [Device.XIAOMI]),
        (ANDROID.format("K"), [Device.ANDROID]),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15", [Device.MAC]),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0 Safari/537.36", []),
        ("", []),
        ("x" * 5000 + "iPhone", []),
    ],
)
def test_the_readers_own_device_comes_first(user_agent: str, devices: list[Device]) -> None:
    found = devices_of(user_agent)
    assert list(found) == devices
    guides = ordered(found)
    assert [guide.key for guide in guides[: len(devices)]] == [device.value for device in devices]
    assert sorted(guide.key for guide in guides) == sorted(guide.key for guide in GUIDES)


def test_every_program_says_how_late_it_is_in_steps_that_can_be_followed() -> None:
    assert {"wechat", "iphone", "huawei", "xiaomi", "android", "google", "outlook", "thunderbird"} <= {guide.key for guide in GUIDES}
    assert all(guide.late and len(guide.steps) >= 2 for guide in GUIDES)
    assert {device.value for device in Device} <= {guide.key for guide in GUIDES}


def test_filters_are_told_by_names_and_what_nobody_knows_by_its_key() -> None:
    pairs = [
        ("tier", "city"),
        ("tier", "street"),
        ("region", "310110"),
        ("series", "gone"),
        ("when", "weekend"),
        ("free", "yes"),
        ("new", "x"),
    ]
    names = [("region", "310110", "杨浦区"), ("series", "other", "别的")]
    assert described(pairs, names, Language.ZH) == [
        ("级别", "市级、街镇级"),
        ("地区", "杨浦区"),
        ("系列", "没有这个系列：gone"),
        ("时间", "周末和节假日"),
        ("费用", "免费"),
        ("new", "x"),
    ]
    assert described(pairs[:3], names, Language.EN) == [("Level", "City, Street"), ("Region", "Yangpu District")]


def test_each_program_gets_the_address_in_its_own_form() -> None:
    found = addresses(Asked(Filters(region=("310110",), q=("健步 & 走",)), 60), "赛历 · 杨浦区", "https://saili.example")
    query = "region=310110&q=%E5%81%A5%E6%AD%A5+%26+%E8%B5%B0&alarm=60"
    assert found["feed"] == f"https://saili.example/feeds/events.ics?{query}"
    assert found["webcal"] == f"webcal://saili.example/feeds/events.ics?{query}"
    escaped = (
        "saili.example%2Ffeeds%2Fevents.ics%3Fregion%3D310110%26q%3D%25E5%2581%25A5%25E6%25AD%25A5%2B%2526%2B%25E8%25B5%25B0%26alarm%3D60"
    )
    assert found["google"] == f"https://calendar.google.com/calendar/r?cid=webcal%3A%2F%2F{escaped}"
    for site in ("outlook", "outlook_work"):
        address = found[site].partition("/calendar/0/addfromweb?")[2]
        assert address == f"url=https%3A%2F%2F{escaped}&name=%E8%B5%9B%E5%8E%86%20%C2%B7%20%E6%9D%A8%E6%B5%A6%E5%8C%BA"
    assert found["atom"] == "https://saili.example/feeds/events.atom?region=310110&q=%E5%81%A5%E6%AD%A5+%26+%E8%B5%B0"


def test_a_reminder_that_the_list_lacks_is_added_to_it() -> None:
    assert [value for value, _, chosen in alarms(None, Language.ZH) if chosen] == [""]
    assert [(value, name) for value, name, chosen in alarms(45, Language.EN) if chosen] == [("45", "45 minutes before")]
    assert [value for value, _, _ in alarms(60, Language.ZH)] == ["", "0", "30", "60", "120", "1440"]


def test_an_address_that_no_camera_reads_gets_no_code() -> None:
    assert (picture_of("https://saili.example/subscribe") or "").startswith("data:image/svg+xml")
    assert picture_of("https://saili.example/subscribe?q=" + "a" * 3000) is None
