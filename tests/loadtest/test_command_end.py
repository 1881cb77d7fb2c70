"""How `apiforge loadtest` ends when it is told to, or killed: nothing of it goes on."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.fake_project import FakeProject, make_project
from tests.loadtest.test_command import LONG, begin, runs, stored
from tests.servers.processes import eventually, is_alive


def descendants(pid: int) -> set[int]:
    """Everything below a process, by /proc."""
    found: set[int] = set()
    unseen = [pid]
    while unseen:
        file = Path(f"/proc/{unseen[-1]}/task/{unseen.pop()}/children")
        children = [int(word) for word in file.read_text().split()] if file.exists() else []
        found.update(children)
        unseen.extend(children)
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupt_keeps_the_partial_result_and_leaves_nothing_running(
    project: FakeProject, number: signal.Signals
) -> None:
    with begin(project.folder, *LONG) as running:
        pids = processes_of(running, project)
        running.send_signal(number)
        stdout, stderr = running.communicate(timeout=60)
    assert running.returncode == 130, stderr
    assert "interrupted" in stdout.lower()
    assert stored(project.folder)["run"]["interrupted"] is True
    assert [pid for pid in pids if is_alive(pid)] == []


def test_second_interrupt_ends_at_once_and_leaves_nothing_running(project: FakeProject) -> None:
    with begin(project.folder, *LONG) as running:
        pids = processes_of(running, project)
        running.send_signal(signal.SIGINT)
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)
    assert running.returncode == 130
    assert eventually(lambda: not any(is_alive(pid) for pid in pids))


def test_killed_parent_leaves_nothing_running(tmp_path: Path) -> None:
    project = make_project(tmp_path / "fake", database="postgresql")
    with begin(project.folder, *LONG) as running:
        pids = processes_of(running, project)
        os.killpg(running.pid, signal.SIGKILL)
        running.communicate(timeout=60)
    assert eventually(lambda: not any(is_alive(pid) for pid in pids))


def test_interrupt_while_it_is_installed_leaves_nothing(tmp_path: Path) -> None:
    project = make_project(tmp_path / "fake", install="touch begun; sleep 600;")
    with begin(project.folder, *LONG) as running:
        assert eventually((project.folder / "begun").exists)
        pids = descendants(running.pid)
        running.send_signal(signal.SIGINT)
        _, stderr = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "Traceback" not in stderr
    assert [pid for pid in pids if is_alive(pid)] == []
    assert runs(project.folder) == []


def processes_of(running: "subprocess.Popen[str]", project: FakeProject) -> set[int]:
    """Wait until requests are sent; every process below the command."""
    assert eventually(project.is_serving)
    assert running.stderr is not None
    for line in running.stderr:
        if line.startswith("measure"):
            break
    pids = descendants(running.pid)
    assert project.serving[0] in pids
    return pids
