"""How each calendar program takes a subscription, and how late it shows a change. What its maker doesn't say is said to be unknown.

Sources, where there is one: Apple's and Mozilla's own guides for their menus and intervals, Microsoft's support page ("about every three
hours", "more than 24 hours" at worst), the default in ICSx⁵'s code (a day). Google, Huawei and Xiaomi publish no interval.
"""

from dataclasses import dataclass
from enum import StrEnum

from events.i18n import words


class Device(StrEnum):
    """What a reader holds, as far as the User-Agent says and as far as it matters here."""

    WECHAT = "wechat"
    IPHONE = "iphone"
    HUAWEI = "huawei"
    XIAOMI = "xiaomi"
    ANDROID = "android"
    MAC = "mac"


# In this order: a Huawei's User-Agent says Android too, and WeChat's says everything.
_SIGNS: tuple[tuple[Device, tuple[str, ...]], ...] = (
    (Device.IPHONE, ("iphone", "ipad", "ipod")),
    (Device.HUAWEI, ("huawei", "harmony")),
    (Device.XIAOMI, ("xiaomi", "miui", "redmi")),
    (Device.ANDROID, ("android",)),
    (Device.MAC, ("macintosh",)),
)


def devices_of(user_agent: str) -> tuple[Device, ...]:
    """The reader's own device, WeChat's browser before the phone that it runs on; nothing when the User-Agent doesn't say."""
    said = user_agent[:500].lower()
    inside = (Device.WECHAT,) if "micromessenger" in said else ()
    return inside + tuple(device for device, signs in _SIGNS if any(sign in said for sign in signs))[:1]


@dataclass(frozen=True, slots=True)
class Guide:
    """The steps of one program, in Chinese; `late` is how late it shows a change."""

    key: str
    name: str
    late: str
    steps: tuple[str, ...]


GUIDES = (
    Guide(
        "wechat",
        words("微信里的浏览器"),
        words("看您接下来用哪个日历，见下面对应的一项。"),
        (
            words("微信会拦下订阅链接，点了没有反应，这不是您的手机坏了。"),
            words("点右上角的“···”，选“在浏览器打开”（或“在默认浏览器打开”）。"),
            words("在打开的页面里，照您的手机那一项做。"),
        ),
    ),
    Guide(
        "iphone",
        words("iPhone、iPad"),
        words(
            "按手机“获取新数据”的设置：每 15 分钟、30 分钟、每小时，或者手动；为了省电，系统还可能再推迟。"
            "在日历的列表里往下拉，会马上更新。"
        ),
        (
            words("点上面的“用日历程序订阅”，再点“订阅”。"),
            words(
                "没有反应时：复制订阅地址，打开“设置 › App › 日历 › 日历帐户 › 添加帐户 › 其他 › 添加已订阅的日历”，"
                "粘贴进去（旧系统是“设置 › 日历 › 帐户”）。"
            ),
            words("想更新得勤一些：在同一页的“获取新数据”里选每小时或更短。"),
        ),
    ),
    Guide(
        "huawei",
        words("华为手机"),
        words("自带日历：不知道，华为没有公布。ICSx⁵：默认一天一次，可以改成更短。"),
        (
            words("点上面的“用日历程序订阅”。如果手机问用哪个程序打开，选一个日历程序就可以了。"),
            words("没有反应时：我们没有查到华为说明自带日历可以订阅网址。能安装安卓应用的手机，可以照“其他安卓手机”做。"),
            words(
                "HarmonyOS NEXT：据用户反映打不开日历文件，我们没有核实过。"
                "可以在电脑上用 Outlook 或别的日历订阅，或者收藏本页对应的月历。"
            ),
        ),
    ),
    Guide(
        "xiaomi",
        words("小米、红米手机"),
        words("不知道，小米没有公布。重要的活动，出门以前请再看一眼活动页面。"),
        (
            words("复制订阅地址。"),
            words("打开自带的“日历”，进“设置”，找“日程导入”里的“URL 导入”，粘贴地址（名称随系统版本不同，我们没有逐个核实）。"),
            words("找不到这一项时，照“其他安卓手机”做。"),
        ),
    ),
    Guide(
        "android",
        words("其他安卓手机"),
        words("ICSx⁵：默认一天一次，可以改成更短。Google 日历：见下面。"),
        (
            words("多数安卓手机自带的日历不能直接订阅网址，需要一个帮手：免费、开源的 ICSx⁵（应用商店或 F-Droid）。"),
            words("装好以后点上面的“用日历程序订阅”，选 ICSx⁵；或者在 ICSx⁵ 里点“+”，粘贴订阅地址。"),
            words("活动会出现在手机自带的日历里。在 ICSx⁵ 里可以设定多久更新一次。"),
        ),
    ),
    Guide(
        "google",
        words("Google 日历"),
        words("往往要 4 到 24 小时，Google 没有公布，也不能设定。临时的变化请以活动页面为准。"),
        (
            words("手机上的 Google 日历不能添加网址，请在电脑的浏览器里做；之后手机上也会出现。"),
            words("点上面的“Google 日历”，登录后点“添加”。"),
            words("没有反应时：打开 calendar.google.com，左边“其他日历”旁点“+”，选“通过网址添加”，粘贴订阅地址。"),
        ),
    ),
    Guide(
        "outlook",
        "Outlook",
        words("微软说大约每 3 小时一次，有时超过 24 小时，不能设定。老版的电脑程序按它的“发送/接收”周期。"),
        (
            words("网页版：点上面的“Outlook 网页版”，登录后点“导入”。单位或学校的帐号，点“Outlook（单位）”。"),
            words("新版的电脑程序：打开日历，“添加日历 › 从 Web 订阅”，粘贴订阅地址（https 开头的）。直接点订阅链接，它会把地址读坏。"),
            words("老版的电脑程序：点“用日历程序订阅”；或者“文件 › 帐户设置 › Internet 日历 › 新建”，粘贴订阅地址。"),
            words("Mac 上的 Outlook 不能订阅网址：在网页版里订阅，或用 Mac 自带的日历。"),
        ),
    ),
    Guide(
        "thunderbird",
        "Thunderbird",
        words("默认每 30 分钟，可以在日历的属性里改。"),
        (
            words("打开日历，“新建日历 › 网络上的”。"),
            words("在“位置”里粘贴订阅地址，点“查找日历”，再点“订阅”。"),
        ),
    ),
    Guide(
        "mac",
        words("Mac 自带的日历"),
        words("订阅时自己选：从每 5 分钟到每周，或者手动。"),
        (
            words("点上面的“用日历程序订阅”；或者“文件 › 新建日历订阅”，粘贴订阅地址。"),
            words("在“自动刷新”里选每小时。“位置”选 iCloud 的话，iPhone 上也会出现。"),
        ),
    ),
)  # fmt: skip


def ordered(devices: tuple[Device, ...]) -> list[Guide]:
    """Every guide, those of the reader's own device first."""
    own = [device.value for device in devices]
    return sorted(GUIDES, key=lambda guide: own.index(guide.key) if guide.key in own else len(own))
