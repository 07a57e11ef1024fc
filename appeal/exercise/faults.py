"""Faults as data: what goes wrong, on which platform, in which call, and how often."""

import random
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

PLATFORMS = (
    "x",
    "twilio",
    "smtp",
    "bluesky",
    "mastodon",
    "telegram",
    "facebook",
    "partner",
)

KINDS = {
    "refuse": "Refuse the call; nothing is published",
    "throttle": "Answer 429 and name the time to come back; nothing is published",
    "drop_before": "Drop the connection before anything is published",
    "drop_after": "Publish, then drop the connection without an answer",
    "error_after": "Publish, then answer 500",
    "publish_late": "Drop the connection, publish some seconds later",
    "list_late": "Publish, show it in the timeline some seconds later",
    "slow": "Answer some seconds later",
    "publish_twice": "Publish twice, answer once",
}

WHEN = {
    "next": "the next calls (as many as the number says)",
    "every": "every n-th call, until switched off",
    "nth": "only the n-th call from now",
    "chance": "each call by chance",
}

ONLY_PUBLISHING = {"publish_late", "list_late", "publish_twice"}


class WrongFault(ValueError):
    """The description of a fault is not one; the words say what to change."""


@dataclass(frozen=True)
class Fault:
    """One fault. `operation` is the name of a call, or * for any; `status` replaces the usual refusal code."""

    platform: str
    kind: str
    operation: str = "publish"
    when: str = "next"
    number: int = 1
    chance: float = 0.0
    seconds: float = 5.0
    status: int | None = None

    def matches(self, platform: str, operation: str) -> bool:
        """Whether this call is one that the fault is waiting for."""
        return self.platform == platform and self.operation in {"*", operation}


@dataclass(frozen=True)
class Fired:
    """The faults that strike one call."""

    faults: tuple[Fault, ...] = ()

    def get(self, kind: str) -> Fault | None:
        """Return the first fault of this kind, or None."""
        return next((fault for fault in self.faults if fault.kind == kind), None)

    def seconds(self, kind: str) -> float:
        """Return the seconds of the first fault of this kind, else 0."""
        fault = self.get(kind)
        return fault.seconds if fault else 0.0


class Faults:
    """The armed faults; safe to ask from many threads."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._lock = threading.Lock()
        self._armed: list[_Armed] = []
        self._chance = random.Random(seed)  # noqa: S311 - repeatable accidents, no secret

    def arm(self, fault: Fault) -> None:
        """Switch a fault on."""
        with self._lock:
            self._armed.append(_Armed(fault))

    def clear(self, platform: str | None = None) -> None:
        """Switch off the faults of one platform or of all, and start chance from its seed again."""
        with self._lock:
            self._armed = [armed for armed in self._armed if platform and armed.fault.platform != platform]
            self._chance = random.Random(self._seed)  # noqa: S311

    def fire(self, platform: str, operation: str) -> Fired:
        """Count this call and return the faults that strike it."""
        with self._lock:
            waiting = [armed for armed in self._armed if armed.fault.matches(platform, operation)]
            struck = tuple(armed.fault for armed in waiting if armed.strikes(self._chance))
            self._armed = [armed for armed in self._armed if not armed.spent]
            return Fired(struck)

    def listed(self) -> list[dict[str, object]]:
        """Return the armed faults with the number of calls seen and struck."""
        with self._lock:
            return [asdict(armed.fault) | {"seen": armed.seen, "struck": armed.struck} for armed in self._armed]


def parse_fault(described: Mapping[str, object]) -> Fault:
    """Build a fault from JSON or form fields; raises WrongFault with the reason."""
    known = {field.name for field in fields(Fault)}
    unknown = sorted(set(described) - known)
    if unknown:
        raise WrongFault(f"Unknown field: {', '.join(unknown)}. Known are {', '.join(sorted(known))}.")
    fault = Fault(
        platform=str(described.get("platform", "")),
        kind=str(described.get("kind", "")),
        operation=str(described.get("operation") or "publish"),
        when=str(described.get("when") or "next"),
        number=int(_number(described, "number", 1)),
        chance=_number(described, "chance", 0.0),
        seconds=_number(described, "seconds", 5.0),
        status=int(_number(described, "status", 0)) or None,
    )
    _check(fault)
    return fault


def _check(fault: Fault) -> None:
    for value, allowed, name in (
        (fault.platform, PLATFORMS, "platform"),
        (fault.kind, KINDS, "kind"),
        (fault.when, WHEN, "when"),
    ):
        if value not in allowed:
            raise WrongFault(f"{name} must be one of {', '.join(allowed)}.")
    if fault.number < 1 or fault.seconds < 0 or not 0 <= fault.chance <= 1:
        raise WrongFault("number starts at 1, seconds at 0, and chance is between 0 and 1.")
    if fault.kind in ONLY_PUBLISHING and fault.operation not in {"publish", "webhook"}:
        raise WrongFault(f"{fault.kind} only fits the operation publish.")
    if fault.status is not None and not 400 <= fault.status <= 599:
        raise WrongFault("status must be between 400 and 599.")


def _number(described: Mapping[str, object], name: str, default: float) -> float:
    value = described.get(name)
    if value in {None, ""}:
        return default
    try:
        return float(str(value))
    except ValueError:
        raise WrongFault(f"{name} must be a number.") from None


class _Armed:
    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.seen = 0
        self.struck = 0

    def strikes(self, chance: random.Random) -> bool:
        self.seen += 1
        fault = self.fault
        hit = (
            fault.when == "next"
            or (fault.when == "every" and self.seen % fault.number == 0)
            or (fault.when == "nth" and self.seen == fault.number)
            or (fault.when == "chance" and chance.random() < fault.chance)
        )
        self.struck += hit
        return hit

    @property
    def spent(self) -> bool:
        return self.fault.when in {"next", "nth"} and self.seen >= self.fault.number
