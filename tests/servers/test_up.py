"""`apiforge up` as a process of its own: what it says, what it keeps, what it leaves behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from apiforge.servers.directory import throw_away_directory
from apiforge.servers.ports import free_port
from tests.servers.processes import end_with_parent

PATIENCE = 120.0
ENDED_WITHIN = 30.0


@dataclass(slots=True, kw_only=True)
class Up:
    """A running `apiforge up`, and the file of what it prints."""

    process: "subprocess.Popen[bytes]"
    output: Path
    url: str

    def wait_for(self, text: str) -> str:
        deadline = time.monotonic() + PATIENCE
        while text not in self.output.read_text():
            assert self.process.poll() is None, self.output.read_text()
            assert time.monotonic() < deadline, self.output.read_text()
            time.sleep(0.05)
        return self.output.read_text()

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    @contextmanager
    def logged_in(self) -> Iterator[httpx.Client]:
        """With the e-mail address and the password that it has printed."""
        line = next(line for line in self.output.read_text().splitlines() if "log in" in line)
        email, _, password = line.partition("log in")[2].strip().partition(" / ")
        with httpx.Client(base_url=self.url, timeout=20) as client:
            answer = client.post("/api/v1/auth/login", json={"email": email, "password": password})
            assert answer.status_code == 200, answer.text
            client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
            yield client


@pytest.fixture(scope="module")
def project() -> Iterator[Path]:
    """Where the servers' own user can go, so that they keep their data in it."""
    with throw_away_directory() as folder:
        yield new_project(folder)


def new_project(folder: Path) -> Path:
    flags = ["--database", "postgresql", "--resource", "thing: name:string(60)!"]
    command = [sys.executable, "-m", "apiforge", "new", "shop", "--yes", *flags]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder / "shop"


@contextmanager
def up(project: Path, output: Path, *options: str) -> Iterator[Up]:
    port = free_port()
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    command = [sys.executable, "-m", "apiforge", "up", str(project), "--port", str(port), *options]
    with output.open("wb") as file:
        process = subprocess.Popen(
            command,
            stdout=file,
            stderr=file,
            env=environment,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )
    started = Up(process=process, output=output, url=f"http://127.0.0.1:{port}")
    try:
        started.wait_for("Ctrl-C ends it")
        yield started
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def ended(family: list[psutil.Process]) -> bool:
    return not psutil.wait_procs(family, timeout=ENDED_WITHIN)[1]


def add_thing(running: Up, name: str) -> None:
    with running.logged_in() as client:
        made = client.post("/api/v1/things", json={"name": name})
        assert made.status_code == 201, made.text


def things(running: Up, **query: str) -> int:
    with running.logged_in() as client:
        answer = client.get("/api/v1/things", params={"limit": "200", **query})
        return len(answer.json()["items"])


def test_interrupted_it_ends_everything_and_keeps_the_data(project: Path, tmp_path: Path) -> None:
    with up(project, tmp_path / "first", "--rows", "7") as first:
        add_thing(first, "kept")
        told = first.wait_for("api ").splitlines()
        family = first.family()
        first.process.send_signal(signal.SIGINT)

        assert first.process.wait(ENDED_WITHIN) == 130
        assert ended(family)
    assert f"shop is up at {first.url}" in told
    assert any(line.startswith("  docs ") for line in told)
    assert any(line.startswith("api        | ") for line in told)
    assert things_are_ignored_by_git(project)

    with up(project, tmp_path / "second") as second:
        assert things(second, name="kept") == 1
        assert things(second) == 8, "it is not seeded again"
        family = second.family()
        second.process.kill()

        assert ended(family), "also when nobody can tell them"

    with up(project, tmp_path / "third", "--fresh", "--rows", "2") as third:
        assert things(third) == 2


def things_are_ignored_by_git(project: Path) -> bool:
    return (project / ".apiforge" / "servers" / ".gitignore").read_text() == "*\n"


@pytest.fixture
def run(project: Path) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    def run(*options: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "apiforge", "up", *options]
        return subprocess.run(command, capture_output=True, text=True, cwd=project, check=False)

    return run


def test_taken_port_is_said(run: Callable[..., "subprocess.CompletedProcess[str]"]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run("--port", str(taken.getsockname()[1]))

    assert done.returncode == 1
    assert "something listens at port" in done.stderr
    assert "hint: choose another with --port" in done.stderr


def test_folder_without_project_is_wrong_usage(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "apiforge", "up", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "no project in" in done.stderr
