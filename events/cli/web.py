"""`saili web`: one web process. Any number may run, on addresses of their own."""

import argparse
import gc
import logging
import signal
from typing import Any

import uvicorn

from events.app import create_app
from events.cli.database import database
from infra.installation import open_installation
from infra.listening import require_free
from infra.serving import BoundedHeads
from infra.settings import Settings

log = logging.getLogger(__name__)

# A request asks the database for one thing after another: whose transaction rests for so long has been forgotten.
IDLE_SECONDS = 15.0

# How every web process of ours serves.
SERVING: dict[str, Any] = {
    "loop": "uvloop",
    "http": BoundedHeads,
    "lifespan": "on",
    "log_config": None,
    "access_log": False,  # an access log would keep addresses, and links that let somebody in
    "proxy_headers": False,
    "server_header": False,
    "date_header": True,
    "timeout_graceful_shutdown": 2,
}
# Objects made before Python looks for cycles among them. A page is thousands of small strings that are in none: at the usual 700 a fifth of
# the time that pages take went into looking.
COLLECT_AFTER = 10_000


def arguments(_: argparse.ArgumentParser) -> None:
    """None: the settings say everything."""


def act(_: argparse.Namespace, settings: Settings) -> None:
    require_free(settings.host, settings.port)
    if warning := warning_of(settings):
        log.warning("%s", warning)
    with database(settings) as dsn:
        app = create_app(open_installation(settings, dsn, application="saili web", idle_seconds=IDLE_SECONDS))
        gc.set_threshold(COLLECT_AFTER, *gc.get_threshold()[1:])
        gc.freeze()  # what is there by now stays, and needs no looking through
        # uvicorn ends in good order and then sends itself the same signal again; nothing is left for that one to end.
        signal.signal(signal.SIGTERM, lambda *_: None)
        uvicorn.run(app, host=settings.host, port=settings.port, **SERVING)


def warning_of(settings: Settings) -> str:
    """What an operator should know before the site opens; else nothing."""
    if settings.at_home or settings.trusted_proxies:
        return ""
    return (
        "BASE_URL is a public address and TRUSTED_PROXIES is not set: behind a proxy all readers then count as one network, "
        "and share its limits (docs/operators.md)."
    )
