"""What a follower agrees to. The version is kept with each subscription, so every text that was ever agreed to stays here. Pure."""

from events.i18n import words

CONSENTS: dict[str, str] = {
    "2026-1": words(
        "赛历只用这个地址通知您所关注的内容，不作他用，也不交给别人。您随时可以取消关注，取消后地址立即删除，只留下一条不含地址的记录。"
    ),
}
CURRENT = "2026-1"
