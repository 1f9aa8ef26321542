"""`saili banner set "…"`: what every page of the site shows at its top."""

import argparse
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.rules import OPERATOR
from events.banners.queries import list_banners
from events.banners.rules import Level
from events.banners.service import clear_banner, set_banner
from events.cli.transactions import in_transaction
from infra.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    setting = verbs.add_parser("set", help="tell every visitor something, in place of what was told before")
    setting.add_argument("text", help="in Chinese")
    setting.add_argument("--en", help="the same in English; without it everybody reads the Chinese")
    setting.add_argument("--region", help="the office that speaks, such as 310110; without it the whole site does")
    setting.add_argument("--until", type=datetime.fromisoformat, help="2026-12-01T00:00 on the city's clock, then it is shown no more")
    setting.add_argument("--level", choices=[level.value for level in Level], default=Level.INFO.value)
    clearing = verbs.add_parser("clear", help="take it away")
    clearing.add_argument("--region", help="whose; without it the whole site's")
    verbs.add_parser("list", help="every banner, those whose time is over too")


def act(arguments: argparse.Namespace, settings: Settings) -> None:
    if arguments.verb == "list":
        for banner in in_transaction(settings, list_banners):
            until = f"until {banner.until.astimezone(settings.zone):%Y-%m-%d %H:%M}" if banner.until else "until cleared"
            print(banner.region_code or "whole site", banner.level.value, until, banner.text, banner.english or "-", sep="\t")
        return

    async def change(session: AsyncSession) -> str:
        if arguments.verb == "clear":
            gone = await clear_banner(session, OPERATOR, region_code=arguments.region)
            return "the banner is gone" if gone else "there was no banner"
        until = arguments.until
        if until and until.tzinfo is None:
            until = until.replace(tzinfo=settings.zone)
        told = {"english": arguments.en, "region_code": arguments.region, "until": until, "level": arguments.level}
        await set_banner(session, OPERATOR, arguments.text, **told)
        return "every page shows it within a second"

    print(in_transaction(settings, change))
