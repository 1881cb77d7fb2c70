"""A real pseudo-terminal with `apiforge new` in it, and what is on its screen."""

import os
import sys
import time
from pathlib import Path

import pexpect
import pyte

SECONDS = 60
PATIENCE = 10
ROWS = 150


class Screen:
    """A terminal with the command in it."""

    def __init__(self, folder: Path, arguments: list[str], columns: int, **variables: str) -> None:
        environment = {**os.environ, "NO_COLOR": "", "TERM": "xterm-256color", **variables}
        self.raw = ""
        self._screen = pyte.Screen(columns, ROWS)
        self._stream = pyte.Stream(self._screen)
        self._child: pexpect.spawn[str] = pexpect.spawn(
            sys.executable,
            ["-m", "apiforge", "new", *arguments],
            cwd=str(folder),
            env=environment,
            dimensions=(ROWS, columns),
            encoding="utf-8",
        )

    @property
    def lines(self) -> list[str]:
        """What is seen now."""
        return [line.rstrip() for line in self._screen.display if line.strip()]

    def see(self, *texts: str) -> None:
        """Wait until all of these are seen, wherever lines end."""
        deadline = time.monotonic() + SECONDS
        while not all(text in " ".join(" ".join(self.lines).split()) for text in texts):
            assert time.monotonic() < deadline, "\n".join([f"no {texts} in", *self.lines])
            assert self._read(), "\n".join([f"ended without {texts}", *self.lines])

    def press(self, *keys: str) -> None:
        """Type these, at once."""
        self._child.send("".join(keys))

    def answer(self, question: str, *keys: str) -> None:
        """Wait for a question, and answer it."""
        self.see(question)
        self.press(*keys)

    def end(self) -> int:
        """The exit code, once it has ended."""
        deadline = time.monotonic() + SECONDS
        while self._read():
            assert time.monotonic() < deadline, "\n".join(["does not end:", *self.lines])
        self._child.close()
        code = self._child.exitstatus
        assert code is not None, f"killed by {self._child.signalstatus}"
        return code

    def leave(self, key: str) -> int:
        """Press the key, and again if nothing comes of it; the exit code.

        What is typed just while a terminal changes its mode is lost.
        """
        for _ in range(3):
            self.press(key)
            deadline = time.monotonic() + PATIENCE
            while time.monotonic() < deadline:
                if not self._read():
                    return self.end()
        return self.end()

    def close(self) -> None:
        """End it, whatever it does."""
        self._child.close(force=True)

    def _read(self) -> bool:
        try:
            text = self._child.read_nonblocking(65536, timeout=1)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += text
        self._stream.feed(text)
        return True
