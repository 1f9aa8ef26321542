"""`saili map load FILE --region 310110 --approval 'GS(2024)1234号' | remove`: outlines for the map of a district's streets."""

import argparse
from pathlib import Path

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.maps import load_map, remove_map
from events.cli.transactions import in_transaction
from infra.settings import Settings

MOST_BYTES = 8 * 1024 * 1024


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(required=True, dest="verb")
    load = verbs.add_parser("load", help="draw the outlines of a GeoJSON file, with the number of its approval 审图号")
    load.add_argument("file", type=Path, help="a FeatureCollection of polygons; each feature's property `code` names a street")
    load.add_argument("--region", required=True, help="whose streets they are: 310110")
    load.add_argument("--approval", required=True, help="the number under which the map was approved: GS(2024)1234号")
    remove = verbs.add_parser("remove", help="back to the schematic of tiles")
    remove.add_argument("--region", required=True)


def act(arguments: argparse.Namespace, settings: Settings) -> None:
    if arguments.verb == "remove":
        gone = in_transaction(settings, lambda session: remove_map(session, arguments.region))
        print(f"the outlines of {arguments.region} are removed" if gone else f"there were no outlines of {arguments.region}")
        return
    decoded = _read(arguments.file)

    async def load(session: AsyncSession) -> list[str]:
        return await load_map(session, arguments.region, decoded, approval=arguments.approval)

    missing = in_transaction(settings, load)
    print(f"the outlines of {arguments.region} are drawn" + (f"; without one: {', '.join(missing)}" if missing else ""))


def _read(path: Path) -> object:
    """The file as JSON. Ends the program with a sentence when it can't be that."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise SystemExit(f"{path} is larger than {MOST_BYTES // 1024 // 1024} MB: simplify its outlines first")
        return msgspec.json.decode(path.read_bytes())
    except OSError as error:
        raise SystemExit(f"{path}: {error.strerror}") from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise SystemExit(f"{path} is no JSON: {error}") from error
