"""Watches the load generator itself, so that its own faults are never taken for the target's."""

import time

_JUMP = 0.5
_STANDSTILL = 1.0


class Watch:
    """Samples processor time, and notices clocks that jump and a process that stood still."""

    def __init__(self) -> None:
        self.jumps: list[str] = []
        self._offset = time.time() - time.monotonic()
        self._seen = time.monotonic()
        self._sampled = (time.monotonic(), time.process_time())

    def look(self) -> None:
        """Call this often: it compares the clocks with what they were the last time."""
        moment = time.monotonic()
        offset = time.time() - moment
        if abs(offset - self._offset) > _JUMP:
            self.jumps.append(f"the system clock jumped by {offset - self._offset:+.1f} s")
        if moment - self._seen > _STANDSTILL:
            self.jumps.append(f"the generator stood still for {moment - self._seen:.1f} s")
        self._offset, self._seen = offset, moment

    def cpu(self) -> float:
        """The share of one core used since it was asked last."""
        before, used = self._sampled
        self._sampled = (time.monotonic(), time.process_time())
        passed = self._sampled[0] - before
        return (self._sampled[1] - used) / passed if passed > 0 else 0.0
