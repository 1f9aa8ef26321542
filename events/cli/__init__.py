"""The `saili` command. Each subcommand is a module here, imported only when it is asked for: the parent of `saili run` stays small."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from infra.processes import StartError
from infra.settings import BadSetting, read_settings

# Name: what it does, in a line. The module of the same name has `arguments(parser)` and `act(arguments, settings)`.
COMMANDS: dict[str, str] = {
    "run": "run everything in one process tree: database, web server, relay, clock, worker",
    "web": "serve pages and the API",
    "prepare": "bring the database up to date, and load the facts and the demonstration",
    "backup": "write the database and the key to one file",
    "restore": "put a backup into an empty database",
    "migrate": "bring the database to the shape that the code expects",
    "worker": "answer messages: send mail, render and export calendars",
    "relay": "hand messages from the outbox to the broker",
    "clock": "do what falls due at a time",
    "regions": "say where offices publish: set up a city",
    "sports": "list the sports, add one, or another name for one",
    "series": "make a brand with its boards, or rename one in every calendar",
    "venues": "find venues, or rename one in every calendar",
    "holidays": "enter a public holiday or a make-up working day",
    "map": "load the outlines of streets, with the number of their approval, or take them away",
    "banner": "tell every visitor of the site something",
    "offices": "say where an office reads what citizens report",
    "reports": "list what citizens say is wrong",
    "keys": "make, list and revoke the keys that offices write with",
    "demo": "load the demonstration, or take its made-up part away",
    "import": "read events from a file: a verdict a row, then --apply",
}
# `import` is no name that a module can be imported by.
MODULES = {"import": "importing"}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand. The exit status is 0, 1 when it was refused, 2 when it was asked for wrongly."""
    argv = sys.argv[1:] if argv is None else list(argv)
    if not argv or argv[0] not in COMMANDS:
        return _usage(argv)
    command = import_module(f"events.cli.{MODULES.get(argv[0], argv[0])}")
    parser = argparse.ArgumentParser(prog=f"saili {argv[0]}", description=COMMANDS[argv[0]])
    command.arguments(parser)
    try:
        return command.act(parser.parse_args(argv[1:]), read_settings()) or 0
    except (BadSetting, StartError) as error:
        print(error, file=sys.stderr)
        return 2 if isinstance(error, BadSetting) else 1


def _usage(argv: Sequence[str]) -> int:
    asked = not argv or argv[0] in ("-h", "--help", "help")
    print(
        "usage: saili COMMAND …\n",
        *(f"  {name:10} {line}" for name, line in COMMANDS.items()),
        sep="\n",
        file=sys.stdout if asked else sys.stderr,
    )
    return 0 if asked else 2
