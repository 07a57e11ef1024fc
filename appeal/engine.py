"""The work engine: Dramatiq in this process, or over Redis or RabbitMQ when there are several machines.

It only wakes. A message carries a name and an id; losing or doubling one is harmless, because the database decides.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import dramatiq
from dramatiq.brokers.stub import StubBroker

from appeal.config import Config
from appeal.rules.errors import ConfigurationWrong


@dataclass(frozen=True)
class Work:
    """One kind of work: the function that takes an id, and how many threads do nothing else."""

    function: Callable[[int], None]
    threads: int


class _Running:
    """The one engine of this process."""

    broker: Any = None
    actors: Mapping[str, Any] = {}
    workers: list[Any] = []


def start(config: Config, works: Mapping[str, Work], *, with_workers: bool = True) -> None:
    """Declare each kind of work on a queue of its own and start its threads."""
    broker = _broker(config.broker_url)
    _Running.broker = broker
    _Running.actors = {
        name: dramatiq.actor(broker=broker, actor_name=name, queue_name=name)(work.function)
        for name, work in works.items()
    }
    _Running.workers = [
        dramatiq.Worker(broker, queues={name}, worker_threads=work.threads, worker_timeout=200)
        for name, work in works.items()
        if with_workers
    ]
    for worker in _Running.workers:
        worker.start()


def send(name: str, row_id: int) -> None:
    """Wake a worker for this row; call it only after the transaction that made it due has committed."""
    _Running.actors[name].send(row_id)


def stop() -> None:
    """Let running work end and close the broker."""
    for worker in _Running.workers:
        worker.stop(timeout=20_000)
    if _Running.broker is not None:
        _Running.broker.close()
    _Running.broker, _Running.actors, _Running.workers = None, {}, []


def _broker(url: str) -> Any:
    if not url:
        return StubBroker(middleware=[])
    if url.startswith(("redis://", "rediss://")):
        from dramatiq.brokers.redis import RedisBroker  # noqa: PLC0415 the package is there only when scaled

        return RedisBroker(url=url, middleware=[])  # type: ignore[no-untyped-call]
    if url.startswith(("amqp://", "amqps://")):
        from dramatiq.brokers.rabbitmq import RabbitmqBroker  # noqa: PLC0415 the package is there only when scaled

        return RabbitmqBroker(url=url, middleware=[])
    raise ConfigurationWrong(["APPEAL_BROKER_URL must begin with redis:// or amqp://."])
