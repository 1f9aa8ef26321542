"""`saili worker`."""

import argparse
from importlib import import_module

from events.cli.database import database
from infra.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--threads", type=int, default=4, help="how many messages are answered at a time (4)")


def act(arguments: argparse.Namespace, settings: Settings) -> None:
    """Started by name: the workers stand above this room."""
    with database(settings) as dsn:
        import_module("workers.main").run_worker(settings, dsn, threads=arguments.threads)
