"""What a running load test shows, on a terminal and without one."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from apiforge.cli import live
from apiforge.loadtest.progress import Progress

START = Progress(
    phase="measure",
    second=1,
    of=30.0,
    due=50,
    requests=50,
    failures=0,
    dropped=0,
    in_flight=1,
    rate_asked=50.0,
    rate_achieved=50.0,
    p50_ms=3.1,
    p95_ms=11.2,
    p99_ms=24.9,
    cpu=0.18,
    lag_ms=0.4,
)
TARGETS = ("p95<200ms", "errors<1%")


def console(*, terminal: bool) -> Console:
    return Console(
        file=io.StringIO(),
        force_terminal=terminal,
        width=80,
        color_system=None,
        legacy_windows=False,
        _environ={"TERM": "xterm"},
    )


def written(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def show(console: Console, *steps: Progress) -> str:
    with live.make_view(console, target="shop", duration=30, targets=TARGETS) as view:
        for step in steps:
            view.update(step)
    return written(console)


def test_lines_come_every_five_seconds_and_with_each_phase() -> None:
    warm = [replace(START, phase="warmup", second=second, of=5.0) for second in range(1, 6)]
    measured = [replace(START, second=second, of=12.0) for second in range(1, 13)]
    drained = [replace(START, phase="drain", second=1, of=10.0)]
    lines = show(console(terminal=False), *warm, *measured, *drained).splitlines()
    assert [line.split(" s ")[0] for line in lines[1:]] == [
        "warm-up  1/5",
        "warm-up  5/5",
        "measure  1/12",
        "measure  6/12",
        "measure  11/12",
        "measure  12/12",
        "drain    1/10",
    ]


def test_line_has_a_stable_form() -> None:
    lines = show(console(terminal=False), START).splitlines()
    assert lines == [
        "load test of shop, 30 s, targets p95<200ms, errors<1%",
        "measure  1/30 s  asked 50/s  achieved 50/s  p50 3.10 ms  p95 11.2 ms  p99 24.9 ms  "
        "failed 0  dropped 0  in flight 1",
    ]


def test_names_are_shown_as_they_are() -> None:
    plain = console(terminal=False)
    with live.make_view(plain, target="[red]shop", duration=30, targets=()):
        pass
    assert written(plain) == "load test of [red]shop, 30 s\n"


@pytest.mark.parametrize(
    "told",
    [
        "shop, 30 s",
        "12/30 s",
        "asked 50/s  achieved 50/s",
        "p50 3.10 ms  p95 11.2 ms  p99 24.9 ms",
        "p95       █",
        "failed 3  dropped 0  in flight 1",
        "18% of a core  lag 0.400 ms",
        "p95<200ms  errors<1%",
    ],
)
def test_terminal_shows(told: str) -> None:
    assert told in show(console(terminal=True), replace(START, second=12, failures=3))


def test_terminal_shows_a_test_that_has_measured_nothing() -> None:
    empty = replace(START, p50_ms=None, p95_ms=None, p99_ms=None, cpu=0.0, rate_achieved=0.0)
    assert "p50 -  p95 -  p99 -" in show(console(terminal=True), empty)


def test_sparkline_is_as_high_as_its_highest() -> None:
    assert live.sparkline([0.0, 5.0, 10.0]) == "▁▅█"
    assert live.sparkline([0.0, 0.0]) == "▁▁"
