"""A process of ours and its guardian: what we start here ends with us, whatever ends us."""

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from apiforge.servers import guardian

KILLED_WITHIN = 15.0  # seconds the guardian needs at most to end everything by force


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What to run, where, and how it likes to be ended; all output is appended to `log`."""

    arguments: Sequence[str]
    directory: Path
    environment: Mapping[str, str]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 10.0
    user: int | None = None  # uid and gid to run as; only root may ask for it


class Process:
    """A command that runs under a guardian until it ends or is stopped."""

    def __init__(self, guarded: "subprocess.Popen[bytes]") -> None:
        self._guardian = guarded

    @property
    def pid(self) -> int:
        """The guardian's pid: the command and all it starts descend from it."""
        return self._guardian.pid

    def exit_code(self) -> int | None:
        """None while it runs; 128 + N after a death by signal N."""
        return self._guardian.poll()

    def wait(self) -> int:
        """Wait for its own end. An interrupt meanwhile stops it."""
        try:
            return self._ended(None)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> int:
        """End it and all it started, politely at first; a second interrupt does not wait."""
        self._tell(b"S")
        try:
            return self._ended(None)
        except BaseException:
            self.kill()
            raise

    def kill(self) -> int:
        """End it and all it started, now."""
        self._tell(b"K")
        return self._ended(KILLED_WITHIN)

    def _ended(self, within: float | None) -> int:
        code = self._guardian.wait(within)
        if self._guardian.stdin is not None:
            self._guardian.stdin.close()
        return code

    def _tell(self, order: bytes) -> None:
        if self._guardian.stdin is None or self._guardian.stdin.closed:
            return
        with suppress(BrokenPipeError):  # it has already ended
            self._guardian.stdin.write(order)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def start(command: Command) -> Process:
    """Start it under a guardian of its own. A command that does not exist ends with 127."""
    options = ["--stop", command.stop_signal.name.removeprefix("SIG")]
    options += ["--grace", str(command.grace)]
    if command.user is not None:
        options += ["--user", str(command.user)]
    with command.log.open("ab") as log:
        return _guard([*options, "--", *command.arguments], command, log.fileno())


def _guard(options: list[str], command: Command, log: int) -> Process:
    return Process(
        subprocess.Popen(
            [sys.executable, "-I", "-S", guardian.__file__, *options],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=command.directory,
            env=dict(command.environment),
            bufsize=0,
            start_new_session=True,
        )
    )


def run(command: Command) -> int:
    """Run it to its end; its exit code."""
    return start(command).wait()


def remove_afterwards(directory: Path) -> Process:
    """A guardian that only sees to it that `directory` is gone once it, or we, have ended."""
    return Process(
        subprocess.Popen(
            [sys.executable, "-I", "-S", guardian.__file__, "--remove", str(directory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            bufsize=0,
            start_new_session=True,
        )
    )


def last_lines(log: Path, count: int = 12, *, since: int = 0) -> str:
    """The end of a log, from byte `since` on; empty if there is nothing."""
    with suppress(FileNotFoundError):
        text = log.read_bytes()[since:].decode("utf-8", "replace")
        return "\n".join(text.strip().splitlines()[-count:])
    return ""
