"""`saili relay`."""

import argparse
from importlib import import_module

from events.cli.database import database
from infra.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def act(_: argparse.Namespace, settings: Settings) -> None:
    """Started by name: the workers stand above this room."""
    with database(settings) as dsn:
        import_module("workers.relay").run_relay(settings, dsn)
