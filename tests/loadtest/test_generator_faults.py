"""What is the generator's own fault makes a test invalid; nothing of it is left running."""

import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable

import psutil
import pytest

from apiforge.loadtest import verdict
from apiforge.loadtest.progress import Progress
from tests.loadtest.conftest import Serve, load_test


def engine_of(process: psutil.Process) -> psutil.Process:
    """The load generator that a process started."""
    return next(child for child in process.children() if "engine.py" in " ".join(child.cmdline()))


def once_measuring(action: Callable[[psutil.Process], None]) -> Callable[[Progress], None]:
    """Does something to the generator after the first second of the window."""
    done = threading.Event()

    def on_progress(progress: Progress) -> None:
        if progress.phase == "measure" and not done.is_set():
            done.set()
            action(engine_of(psutil.Process()))

    return on_progress


def stop_for_a_while(process: psutil.Process) -> None:
    process.suspend()
    threading.Timer(1.5, process.resume).start()


def test_generator_that_stood_still_is_invalid(serve: Serve) -> None:
    result = load_test(
        f"{serve()}/", "p95<100ms", duration=4.0, on_progress=once_measuring(stop_for_a_while)
    )

    assert verdict.exit_code(result) == 4
    assert any("stood still" in reason for reason in result["verdict"]["reasons"])
    assert any("was late" in reason for reason in result["verdict"]["reasons"])
    # Latency counts from the due moment, service time from the late sending.
    assert result["summary"]["latency_ms"]["p90"] > 500
    assert result["summary"]["service_time_ms"]["p90"] < 500


def test_rate_beyond_the_generator_is_invalid(serve: Serve) -> None:
    result = load_test(f"{serve()}/", "p99<100ms", rate=100_000.0, duration=0.5)

    assert verdict.exit_code(result) == 4
    assert result["summary"]["requests"] + result["summary"]["dropped"] == 50_000
    assert result["generator"]["capacity"] < 100_000 / 0.7
    [warning] = result["generator"]["warnings"]
    assert "100,000 requests/s" in warning


def test_rate_that_is_easy_here_is_not_warned_of(serve: Serve) -> None:
    result = load_test(f"{serve()}/")

    assert result["generator"]["capacity"] > 500
    assert result["generator"]["warnings"] == []


def test_percentile_of_too_few_requests_is_invalid(serve: Serve) -> None:
    result = load_test(f"{serve()}/", "p99.9<10s")

    assert verdict.exit_code(result) == 4
    assert "100s at this rate" in result["verdict"]["reasons"][0]


def test_killed_generator_is_a_lost_worker(serve: Serve) -> None:
    result = load_test(
        f"{serve()}/", duration=10.0, on_progress=once_measuring(psutil.Process.kill)
    )

    assert verdict.exit_code(result) == 4
    assert result["verdict"]["reasons"] == [
        "worker lost: the load generator was killed by SIGKILL in second 1 of measure"
    ]


def test_interrupt_keeps_what_was_measured(serve: Serve) -> None:
    result = load_test(
        f"{serve()}/",
        duration=30.0,
        on_progress=once_measuring(lambda _: signal.raise_signal(signal.SIGINT)),
    )

    assert result["run"]["interrupted"]
    assert result["verdict"]["status"] == "pass"
    assert 1 <= result["run"]["measured_s"] < 10
    assert result["summary"]["unfinished"] == 0


def test_interrupt_counts_what_hangs_as_unfinished(serve: Serve) -> None:
    result = load_test(
        f"{serve('--hang-after', '0.5')}/",
        duration=30.0,
        on_progress=once_measuring(lambda _: signal.raise_signal(signal.SIGINT)),
    )

    assert result["run"]["interrupted"]
    assert verdict.exit_code(result) == 3
    assert result["summary"]["unfinished"] > 0


def test_engine_ends_when_its_parent_is_killed(serve: Serve) -> None:
    program = textwrap.dedent("""
        import sys
        from apiforge.loadtest import runner
        from apiforge.loadtest.workload import Workload
        workload = Workload(url=sys.argv[1], duration=60, warmup=0)
        runner.run(workload, on_progress=lambda progress: print(progress.second, flush=True))
    """)
    parent = subprocess.Popen(
        [sys.executable, "-c", program, f"{serve()}/"], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    parent.stdout.readline()
    engine = engine_of(psutil.Process(parent.pid))

    parent.kill()
    parent.communicate()

    psutil.wait_procs([engine], timeout=20)
    assert not engine.is_running()


def test_error_in_the_callback_leaves_nothing_running(serve: Serve) -> None:
    found: list[psutil.Process] = []

    def fail(_progress: Progress) -> None:
        found.append(engine_of(psutil.Process()))
        raise RuntimeError("the view broke")

    with pytest.raises(RuntimeError, match="the view broke"):
        load_test(f"{serve()}/", duration=30.0, on_progress=fail)

    assert not found[0].is_running()
