"""The worker: which actor answers which message, and the process that they live in."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import dramatiq
import msgspec
from dramatiq.asyncio import get_event_loop_thread

from events.messages import (
    DeliveryDue,
    DigestDue,
    EventChanged,
    FeedsDue,
    LinkAsked,
    PosterDue,
    PostersOld,
    RegistrationChanged,
    RenderingDue,
    ReportDue,
    SignUpsOpen,
)
from infra.broker import QUEUE, close_broker, make_broker
from infra.installation import open_installation
from infra.mail import make_mailer
from infra.push import make_pusher
from infra.settings import Settings
from workers import feeds, notices, posters, reports
from workers.running import run
from workers.work import Work

log = logging.getLogger(__name__)

Act = Callable[[Work, Any], Awaitable[None]]

# Mail goes before feeds where both wait: the lower number first.
SOON, LATER = 0, 10
ACTORS: dict[type[msgspec.Struct], tuple[Act, int]] = {
    RegistrationChanged: (notices.registration_changed, SOON),
    EventChanged: (notices.event_changed, SOON),
    DeliveryDue: (notices.delivery_due, SOON),
    LinkAsked: (notices.link_asked, SOON),
    SignUpsOpen: (notices.sign_ups_open, SOON),
    DigestDue: (notices.digest_due, LATER),
    ReportDue: (reports.report_due, SOON),
    RenderingDue: (feeds.rendering_due, LATER),
    FeedsDue: (feeds.feeds_due, LATER),
    PosterDue: (posters.poster_due, LATER),
    PostersOld: (posters.posters_old, LATER),
}

THREADS = 4
STOPPING_MS = 1_000
CONNECTIONS = 5


class Closing(dramatiq.Middleware):
    """Ends what the actors used in the loop that they used it in, once they have ended and before that loop does."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def after_worker_shutdown(self, _: dramatiq.Broker, __: dramatiq.Worker) -> None:
        if loop := get_event_loop_thread():
            loop.run_coroutine(self._work.close())


def make_worker(broker: dramatiq.Broker, work: Work) -> dramatiq.Worker:
    """A worker that answers every message there is; it ends `work` with itself. An actor gets a list of messages of its kind."""
    for kind, (act, priority) in ACTORS.items():
        dramatiq.actor(actor_name=kind.__name__, queue_name=QUEUE, priority=priority, broker=broker)(_answering(work, kind, act))
    broker.add_middleware(Closing(work))
    return dramatiq.Worker(broker, worker_timeout=200, worker_threads=THREADS)


def _answering(work: Work, kind: type[msgspec.Struct], act: Act) -> Callable[[list[Any]], Awaitable[None]]:
    async def answer(bodies: list[Any]) -> None:
        await act(work, msgspec.convert(bodies, list[kind]))  # type: ignore[valid-type]  # the type is known at run time only

    return answer


def run_worker(settings: Settings, dsn: str) -> None:
    """Answer messages until told to end."""

    async def work(stop: asyncio.Event) -> None:
        installation = open_installation(settings, dsn, pool_size=CONNECTIONS, application="saili worker")
        broker = make_broker(settings.broker_url, dsn)
        worker = make_worker(broker, Work(installation, make_mailer(settings), make_pusher(settings, installation.keys)))
        worker.start()
        log.info("the worker is at work")
        await stop.wait()
        await asyncio.to_thread(worker.stop, STOPPING_MS)
        close_broker(broker)

    run(work)
