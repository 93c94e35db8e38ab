"""Short waits without falling asleep: two cores that sleep take 50 to 100 us to wake each other."""

import os
import time

# All in seconds.
LONGEST = 500e-6
SLACK = 100e-6
INTERRUPTION = 200e-6
SHORTEST_PAUSE, LONGEST_PAUSE = 0.001, 1.0


def cores():
    """Number of cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


class Spinner:
    """Polls for the next request while requests come in quick succession.

    It polls about twice as long as the shorter one of the last two waits, and not at all if that was above 0.5 ms.
    If polling failed, or another program needed the core, twice in a row, sleeping is better: for a while it does
    not poll, twice as long after each further failure.
    """

    def __init__(self):
        self._last = self._second_last = LONGEST + 1
        self._pause = 0.0
        self._resume_at = 0.0
        self._give_way = getattr(os, "sched_yield", None)
        self._looks = self._give_way is not None and cores() > 1

    def spin(self, start, ready):
        """Returns whether it is ready, when `ready` says so or sleeping is better. `start` is the current time."""
        usual = min(self._last, self._second_last)
        if not self._looks or usual > LONGEST or start < self._resume_at:
            return ready()
        end = start + min(LONGEST, 2 * usual + SLACK)
        before, clock, give_way = start, time.perf_counter, self._give_way
        while not ready():
            give_way()
            now = clock()
            if now > end or now - before > INTERRUPTION:
                self._resume_at = now + self._pause
                self._pause = min(max(2 * self._pause, SHORTEST_PAUSE), LONGEST_PAUSE)
                return False
            before = now
        self._pause = 0.0
        return True

    def waited(self, seconds):
        """Records how long the whole wait for a request took."""
        self._second_last = self._last
        self._last = seconds
