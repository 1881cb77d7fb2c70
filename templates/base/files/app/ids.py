"""Ids of rows: UUIDs of version 7 (RFC 9562), so that new rows sort after old ones."""

import os
import time
from threading import Lock


class _Clock:
    """Milliseconds and a sequence number that never repeat nor go back in one process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._milliseconds = 0
        self._sequence = 0

    def tick(self) -> tuple[int, int]:
        now = time.time_ns() // 1_000_000
        with self._lock:
            if now > self._milliseconds:
                self._milliseconds, self._sequence = now, 0
            elif self._sequence < 0xFFF:
                self._sequence += 1
            else:
                self._milliseconds, self._sequence = self._milliseconds + 1, 0
            return self._milliseconds, self._sequence


_clock = _Clock()


def new_id() -> str:
    """A new id, greater than every id this process made before."""
    milliseconds, sequence = _clock.tick()
    head = f"{milliseconds:012x}"
    tail = os.urandom(8)
    variant = 0x80 | (tail[0] & 0x3F)
    rest = tail.hex()
    return f"{head[:8]}-{head[8:]}-7{sequence:03x}-{variant:02x}{rest[2:4]}-{rest[4:]}"
