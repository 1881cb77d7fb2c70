"""What several processes log, line by line, each line with the name of its process."""

from pathlib import Path

from rich.console import Console
from rich.text import Text

COLOURS = ("cyan", "magenta", "yellow", "green", "blue")


class Logs:
    """Every `*.log` in a folder, from what is there now on; those that appear later, whole."""

    def __init__(self, folder: Path, console: Console) -> None:
        self._folder = folder
        self._console = console
        self._read = {file: file.stat().st_size for file in sorted(folder.glob("*.log"))}
        self._width = max((len(file.stem) for file in self._read), default=0)

    def show(self) -> None:
        """Print the lines that have come since the last time; half a line waits for its end."""
        for file in sorted(self._folder.glob("*.log")):
            with file.open("rb") as log:
                log.seek(self._read.setdefault(file, 0))
                whole = log.read().rpartition(b"\n")[0]
            if whole:
                self._read[file] += len(whole) + 1
                self._print(file, whole.decode("utf-8", "replace"))

    def _print(self, file: Path, text: str) -> None:
        colour = COLOURS[list(self._read).index(file) % len(COLOURS)]
        for line in text.split("\n"):
            prefix = Text(f"{file.stem:<{self._width}} | ", style=colour)
            self._console.print(prefix + Text(line), soft_wrap=True, highlight=False)
        self._console.file.flush()
