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

STOP_MS = 20_000


@dataclass(frozen=True)
class Work:
    """One kind of work: the function that takes an id, and how many threads do nothing else."""

    function: Callable[[int], None]
    threads: int


class _Running:
    """The engine of this process: a broker for each kind of work, so that each has workers of its own."""

    brokers: list[Any] = []
    actors: dict[str, Any] = {}
    workers: list[Any] = []


def start(config: Config, works: Mapping[str, Work], *, with_workers: bool = True) -> None:
    """Declare each kind of work on a queue of its own and start its threads."""
    for name, work in works.items():
        broker = _broker(config.broker_url)
        _Running.brokers.append(broker)
        _Running.actors[name] = dramatiq.actor(broker=broker, actor_name=name, queue_name=name)(work.function)
        if with_workers:
            worker = dramatiq.Worker(broker, queues={name}, worker_threads=work.threads, worker_timeout=200)
            worker.start()
            _Running.workers.append(worker)


def send(name: str, row_id: int) -> None:
    """Wake a worker for this row; call it only after the transaction that made it due has committed."""
    _Running.actors[name].send(row_id)


def stop() -> None:
    """Let running work end and close the brokers."""
    for worker in _Running.workers:
        worker.stop(timeout=STOP_MS)
    for broker in _Running.brokers:
        broker.close()
    _Running.brokers, _Running.actors, _Running.workers = [], {}, []


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
