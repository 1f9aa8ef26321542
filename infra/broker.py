"""The broker that carries messages from the relay to the workers. It holds nothing that the database could not say again."""

from typing import Any

from dramatiq import Broker, Middleware
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from dramatiq.middleware import AsyncIO, CurrentMessage, Retries, TimeLimit
from dramatiq_postgres import PostgresBroker
from psycopg_pool import ConnectionPool

QUEUE = "default"

# Seconds. A worker that was killed is missed after HEARTBEAT_TTL, and its messages go to another (60 s by the package's default).
POLL, HEARTBEAT, HEARTBEAT_TTL, MAINTENANCE = 0.2, 1.0, 5.0, 2.0
CONNECTIONS = 6
WAIT_SECONDS = 2.0

# An actor that fails is tried again after 1 s, 2 s, 4 s … up to 10 min, 30 times: over three hours. One that hangs is ended after 10 min.
FIRST_RETRY_MS, LONGEST_RETRY_MS, RETRIES = 1_000, 600_000, 30
LONGEST_MS = 600_000


def make_broker(broker_url: str, dsn: str) -> Broker:
    """The broker of an installation: `postgres` keeps its queue in the same database, `amqp://…` is RabbitMQ. Connects when first used."""
    return _postgres(dsn) if broker_url == "postgres" else _rabbitmq(broker_url)


def close_broker(broker: Broker) -> None:
    """Close it with its connections. (A PostgresBroker leaves a pool that it was given open.)"""
    broker.close()
    if isinstance(broker, PostgresBroker):
        broker.pool.close(timeout=1)


def _middleware() -> list[Middleware]:
    """Dramatiq's defaults lack AsyncIO and CurrentMessage; what is not listed here is not there."""
    retries = Retries(max_retries=RETRIES, min_backoff=FIRST_RETRY_MS, max_backoff=LONGEST_RETRY_MS)
    return [AsyncIO(), CurrentMessage(), TimeLimit(time_limit=LONGEST_MS), retries]


def _postgres(dsn: str) -> Broker:
    """Polled, without LISTEN (docs/decisions/0001). Its commits need not reach the disk by themselves: a message is lost only together with
    the mark that it was taken from the outbox, because that commit comes later in the same log and does wait.
    """
    pool = ConnectionPool(
        dsn,
        kwargs={"application_name": "saili broker", "options": "-c synchronous_commit=off -c jit=off", "connect_timeout": 5},
        min_size=0,
        max_size=CONNECTIONS,
        timeout=WAIT_SECONDS,
        check=ConnectionPool.check_connection,
        open=True,
    )
    broker: Broker = PostgresBroker(
        pool=pool,
        results=False,
        listen=False,
        notify=False,
        poll_interval=POLL,
        heartbeat_interval=HEARTBEAT,
        heartbeat_ttl=HEARTBEAT_TTL,
        maintenance_interval=MAINTENANCE,
        purge_maxage="3 days",
        middleware=_middleware(),
    )
    return broker


def _rabbitmq(url: str) -> Broker:
    """Each message is confirmed by the server before it counts as handed on; a server that takes none is an error after 5 s, not a wait."""
    limits: dict[str, Any] = {"socket_timeout": 5, "stack_timeout": 5, "blocked_connection_timeout": 5}
    query = "&".join(f"{name}={value}" for name, value in limits.items())
    return RabbitmqBroker(url=f"{url}{'&' if '?' in url else '?'}{query}", confirm_delivery=True, middleware=_middleware())
