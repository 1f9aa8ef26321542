"""`saili worker`."""

import argparse
from importlib import import_module

from events.cli.database import database
from infra.settings import Settings


def arguments(_: argparse.ArgumentParser) -> None:
    """None: more work is more processes."""


def act(_: argparse.Namespace, settings: Settings) -> None:
    """Started by name: the workers stand above this room."""
    with database(settings) as dsn:
        import_module("workers.main").run_worker(settings, dsn)
