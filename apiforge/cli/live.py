"""What a load test shows while it runs: a live view, or plain lines without a terminal."""

from collections import deque
from collections.abc import Sequence
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from apiforge.loadtest.progress import Progress
from apiforge.loadtest.reports import figures, trust
from apiforge.loadtest.validity import CPU_LIMIT

_PHASES = {"warmup": "warm-up", "measure": "measure", "drain": "drain"}
_BARS = ("▁▂▃▄▅▆▇█", "_.-:=+*#")
_HISTORY = 40
_SECONDS_BETWEEN_LINES = 5


class View(Protocol):
    """Something that shows progress between its beginning and its end."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
    def update(self, progress: Progress) -> None:
        """Show how the test stands now."""


def make_view(console: Console, *, target: str, duration: float, targets: Sequence[str]) -> View:
    """The view that fits: live on a terminal, lines anywhere else."""
    kind = LiveView if console.is_terminal and not console.is_dumb_terminal else PlainView
    return kind(console, target=target, duration=duration, targets=targets)


class LiveView:
    """A few lines that are drawn again with each progress, and are gone at the end."""

    def __init__(
        self, console: Console, *, target: str, duration: float, targets: Sequence[str]
    ) -> None:
        self._head = f"{target}, {figures.duration(duration)}"
        self._targets = "  ".join(targets)
        self._bars = _BARS[0 if console.encoding.startswith("utf") else 1]
        self._history: deque[float] = deque(maxlen=_HISTORY)
        self._live = Live(console=console, transient=True, auto_refresh=False)

    def __enter__(self) -> Self:
        self._live.start()
        self._show([("", Text("starting", style="dim"))])
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    def update(self, progress: Progress) -> None:
        if progress.p95_ms is not None:
            self._history.append(progress.p95_ms)
        rows: list[tuple[str, Text | Table]] = [
            (_PHASES.get(progress.phase, progress.phase), _bar(progress)),
            ("rate", Text(_rates(progress))),
            ("latency", Text(_times(progress))),
            ("p95", Text(sparkline(self._history, self._bars), style="cyan")),
            ("errors", _losses(progress)),
            ("generator", _health(progress)),
        ]
        self._show(rows)

    def _show(self, rows: Sequence[tuple[str, Text | Table]]) -> None:
        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_column(style="dim", width=11, no_wrap=True)
        grid.add_column(no_wrap=True, overflow="ellipsis")
        for label, content in rows:
            grid.add_row(f"  {label}", content)
        if self._targets:
            grid.add_row("  targets", Text(self._targets, style="dim"))
        head = Text(self._head, style="bold", no_wrap=True, overflow="ellipsis")
        self._live.update(Group(head, grid), refresh=True)


class PlainView:
    """One line at the beginning of each phase, every five seconds, and at a phase's end."""

    def __init__(
        self, console: Console, *, target: str, duration: float, targets: Sequence[str]
    ) -> None:
        self._console = console
        self._head = f"load test of {target}, {figures.duration(duration)}"
        self._targets = ", ".join(targets)
        self._last: tuple[str, float] | None = None

    def __enter__(self) -> Self:
        self._say(self._head + (f", targets {self._targets}" if self._targets else ""))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing to take down: lines stay."""

    def update(self, progress: Progress) -> None:
        if not self._is_due(progress):
            return
        self._last = (progress.phase, progress.second)
        self._say(plain_line(progress))

    def _is_due(self, progress: Progress) -> bool:
        if self._last is None or self._last[0] != progress.phase:
            return True
        since = progress.second - self._last[1]
        return since >= _SECONDS_BETWEEN_LINES or (since > 0 and progress.second >= progress.of)

    def _say(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)


def plain_line(progress: Progress) -> str:
    """The stable form of a progress line: phase, seconds, then `name value` pairs."""
    return "  ".join(
        (
            f"{_PHASES.get(progress.phase, progress.phase):<7}",
            f"{progress.second:.0f}/{progress.of:.0f} s",
            _rates(progress),
            _times(progress),
            f"failed {progress.failures:,}",
            f"dropped {progress.dropped:,}",
            f"in flight {progress.in_flight:,}",
        )
    )


def sparkline(values: Sequence[float] | deque[float], bars: str = _BARS[0]) -> str:
    """The values as small bars, the highest as high as there is room."""
    highest = max(values, default=0.0)
    if highest <= 0:
        return bars[0] * len(values)
    return "".join(bars[min(len(bars) - 1, int(value / highest * len(bars)))] for value in values)


def _bar(progress: Progress) -> Table:
    row = Table.grid(padding=(0, 1, 0, 0))
    done = f"{progress.second:.0f}/{progress.of:.0f} s"
    bar = ProgressBar(
        total=progress.of or 1,
        completed=progress.second,
        width=_HISTORY,
        complete_style="cyan",
        finished_style="cyan",
    )
    row.add_row(bar, Text(done))
    return row


def _rates(progress: Progress) -> str:
    achieved, asked = figures.rate(progress.rate_achieved), figures.rate(progress.rate_asked)
    return (
        f"achieved {achieved}"
        if progress.rate_asked is None
        else f"asked {asked}  achieved {achieved}"
    )


def _times(progress: Progress) -> str:
    times = (("p50", progress.p50_ms), ("p95", progress.p95_ms), ("p99", progress.p99_ms))
    return "  ".join(f"{name} {figures.milliseconds(value)}" for name, value in times)


def _losses(progress: Progress) -> Text:
    text = Text()
    for name, value in (("failed", progress.failures), ("dropped", progress.dropped)):
        text.append(f"{name} {value:,}", style="bold red" if value else "").append("  ")
    return text.append(f"in flight {progress.in_flight:,}")


def _health(progress: Progress) -> Text:
    busy = progress.cpu is not None and progress.cpu > CPU_LIMIT
    text = Text(trust.cpu(progress.cpu), style="bold yellow" if busy else "")
    return text.append(f"  lag {figures.milliseconds(progress.lag_ms)}", style="")
