"""What goes wrong while the story is played: processes that die in the middle."""

import random
import threading
import time
from collections.abc import Callable, Sequence

from appeal.rules.errors import AppealError
from appeal.story.progress import Progress, tell
from appeal.story.running import Running, until

BACK_SECONDS, CROWD_SECONDS, MOMENT_SECONDS = 60.0, 3600.0, 120.0
STEP_SECONDS, MOST_PAUSE_SECONDS = 0.02, 0.3
SEED = 7

# How far the crowd is, as a fraction, and who dies then.
IN_THE_CROWD = ((0.15, "web"), (0.45, "desk"), (0.7, "web"))


class Trouble:
    """Kills processes with -9 and waits until each is back; counts how often."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._random = random.Random(SEED)  # noqa: S311 repeatable accidents, no secret
        self._threads: list[threading.Thread] = []
        self._failed: list[AppealError] = []
        self.kills = 0

    def when(self, name: str, is_so: Callable[[], bool]) -> None:
        """Kill a process in the middle of something: a short random while after it is so."""
        pause = self._random.uniform(0, MOST_PAUSE_SECONDS)

        def work() -> None:
            until("the moment for kill -9", is_so, MOMENT_SECONDS, STEP_SECONDS)
            time.sleep(pause)
            self._kill(name)

        self._start(work)

    def along(self, progress: Progress, plan: Sequence[tuple[float, str]] = IN_THE_CROWD) -> None:
        """Kill processes when so much of the work is done."""

        def work() -> None:
            for fraction, name in plan:
                until("the crowd gets so far", lambda part=fraction: progress.fraction >= part, CROWD_SECONDS)  # type: ignore[misc]
                self._kill(name)

        self._start(work)

    def settle(self) -> None:
        """Wait until everything that was killed is back; raises what went wrong with that."""
        for thread in self._threads:
            thread.join()
        self._threads = []
        if self._failed:
            raise self._failed[0]

    def _kill(self, name: str) -> None:
        killed = self._running.kill(name)
        self.kills += 1
        seconds = until(f"{name} is back", lambda: self._running.is_back(name, killed), BACK_SECONDS)
        tell(f"  kill -9 {name}: back after {seconds:.1f} s")

    def _start(self, work: Callable[[], None]) -> None:
        def guarded() -> None:
            try:
                work()
            except AppealError as error:
                self._failed.append(error)

        thread = threading.Thread(target=guarded, daemon=True)
        thread.start()
        self._threads.append(thread)
