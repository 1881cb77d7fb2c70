"""Whatever becomes of us, nothing we started outlives us: real processes, looked up by pid."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from apiforge.servers import guardian
from apiforge.servers.process import Command, Process, last_lines, run, start
from tests.servers.processes import eventually, is_alive

SLEEPER = "import time; time.sleep(600)"
# A child that ignores a polite end and starts a grandchild in a session of its own.
STUBBORN = f"""
import signal, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {SLEEPER!r}], start_new_session=True)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open("pids", "w").write(f"{{__import__('os').getpid()}} {{child.pid}}")
time.sleep(600)
"""
# Starts a grandchild that nobody waits for, and ends: the grandchild becomes an orphan.
ORPHANING = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {SLEEPER!r}], start_new_session=True)
open("pids", "w").write(str(child.pid))
"""
# An owner: starts what its arguments say under a guardian, in a throw-away directory, and waits.
OWNER = """
import sys, time
from pathlib import Path
from apiforge.servers.directory import throw_away_directory
from apiforge.servers import guardian
from apiforge.servers.process import Command, start
folder = Path(sys.argv[1])
with throw_away_directory() as throw_away:
    (folder / "directory").write_text(str(throw_away))
    command = Command(arguments=[sys.executable, "-c", sys.argv[2]], directory=folder,
                      environment={}, log=folder / "log", grace=0.5)
    with start(command):
        time.sleep(600)
"""


def pids_of(folder: Path) -> list[int]:
    def written() -> bool:
        return (folder / "pids").exists() and (folder / "pids").read_text() != ""

    assert eventually(written), (folder / "log").read_text()
    return [int(pid) for pid in (folder / "pids").read_text().split()]


def python(folder: Path, program: str, **options: float) -> Command:
    return Command(
        arguments=[sys.executable, "-c", program],
        directory=folder,
        environment={},
        log=folder / "log",
        grace=options.get("grace", 10.0),
    )


def test_exit_code_is_forwarded(tmp_path: Path) -> None:
    assert run(python(tmp_path, "raise SystemExit(7)")) == 7


def test_death_by_a_signal_is_128_and_its_number(tmp_path: Path) -> None:
    assert run(python(tmp_path, "import os; os.kill(os.getpid(), 9)")) == 128 + signal.SIGKILL


def test_output_goes_to_the_log(tmp_path: Path) -> None:
    run(python(tmp_path, "import sys; print('out'); print('err', file=sys.stderr)"))
    assert sorted(last_lines(tmp_path / "log").splitlines()) == ["err", "out"]


def test_last_lines_of_a_log_that_never_came_to_be_are_empty(tmp_path: Path) -> None:
    assert last_lines(tmp_path / "none") == ""


def test_missing_command_ends_with_127_and_says_which(tmp_path: Path) -> None:
    command = Command(
        arguments=["/no/such/program"], directory=tmp_path, environment={}, log=tmp_path / "log"
    )
    assert run(command) == 127
    assert "cannot start /no/such/program: No such file" in last_lines(tmp_path / "log")


def test_environment_is_exactly_the_one_given(tmp_path: Path) -> None:
    command = Command(
        arguments=[
            sys.executable,
            "-c",
            "import os; print(os.environ.get('HOME'), os.environ['A'])",
        ],
        directory=tmp_path,
        environment={"A": "b"},
        log=tmp_path / "log",
    )
    run(command)
    assert last_lines(tmp_path / "log") == "None b"


def test_stop_ends_a_stubborn_command_and_its_grandchild(tmp_path: Path) -> None:
    process = start(python(tmp_path, STUBBORN, grace=0.2))
    pids = pids_of(tmp_path)
    process.stop()
    assert [pid for pid in pids if is_alive(pid)] == []


def test_kill_does_not_wait_for_the_grace(tmp_path: Path) -> None:
    process = start(python(tmp_path, STUBBORN, grace=3600.0))
    pids = pids_of(tmp_path)
    process.kill()
    assert [pid for pid in pids if is_alive(pid)] == []


def test_polite_command_ends_by_its_own_handler(tmp_path: Path) -> None:
    program = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(5))\n"
        "open('pids', 'w').write('1')\n"
        "time.sleep(600)"
    )
    process = start(python(tmp_path, program))
    pids_of(tmp_path)
    assert process.stop() == 5


def test_stop_of_what_has_ended_does_nothing(tmp_path: Path) -> None:
    process = start(python(tmp_path, "raise SystemExit(3)"))
    assert process.wait() == 3
    assert process.stop() == 3


def test_orphan_left_behind_by_the_command_is_ended(tmp_path: Path) -> None:
    run(python(tmp_path, ORPHANING))
    assert [pid for pid in pids_of(tmp_path) if is_alive(pid)] == []


def test_guardian_that_is_terminated_ends_the_command(tmp_path: Path) -> None:
    process = start(python(tmp_path, STUBBORN, grace=0.2))
    pids = pids_of(tmp_path)
    os.kill(process.pid, signal.SIGTERM)
    process.wait()
    assert [pid for pid in pids if is_alive(pid)] == []


def test_command_does_not_outlive_a_killed_guardian(tmp_path: Path) -> None:
    program = f"open('pids', 'w').write(str(__import__('os').getpid())); {SLEEPER}"
    process = start(python(tmp_path, program))
    pids = pids_of(tmp_path)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert eventually(lambda: not any(is_alive(pid) for pid in pids))


def test_processes_are_listed_alike_without_proc() -> None:
    ours = (os.getpid(), os.getppid(), os.getpgrp())
    assert ours in guardian.listed()
    assert ours in guardian.processes()


def kill_owner(owner: "subprocess.Popen[bytes]") -> None:
    os.kill(owner.pid, signal.SIGKILL)


def kill_group_of_owner(owner: "subprocess.Popen[bytes]") -> None:
    os.killpg(owner.pid, signal.SIGKILL)


def hang_up_owner(owner: "subprocess.Popen[bytes]") -> None:
    os.killpg(owner.pid, signal.SIGHUP)


def interrupt_group_of_owner(owner: "subprocess.Popen[bytes]") -> None:
    os.killpg(owner.pid, signal.SIGINT)


@pytest.mark.parametrize(
    "end", [kill_owner, kill_group_of_owner, hang_up_owner, interrupt_group_of_owner]
)
def test_nothing_outlives_the_owner(
    tmp_path: Path, end: Callable[["subprocess.Popen[bytes]"], None]
) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path), STUBBORN], start_new_session=True
    )
    pids = pids_of(tmp_path)
    directory = Path((tmp_path / "directory").read_text())
    assert directory.is_dir()

    end(owner)
    owner.wait()

    assert eventually(lambda: not any(is_alive(pid) for pid in pids))
    assert eventually(lambda: not directory.exists())


def test_leaving_the_context_stops_it(tmp_path: Path) -> None:
    process: Process
    with start(python(tmp_path, STUBBORN, grace=0.2)) as process:
        pids = pids_of(tmp_path)
        assert process.exit_code() is None
    assert process.exit_code() is not None
    assert [pid for pid in pids if is_alive(pid)] == []
