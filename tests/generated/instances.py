"""Several instances of one project beside each other, on one private database."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from apiforge.catalog.model import Catalog
from apiforge.servers.directory import throw_away_directory
from apiforge.servers.environment import fill_secrets, read_environment, start_servers
from apiforge.servers.ports import LOOPBACK, free_port
from apiforge.servers.service import FOREIGN
from apiforge.servers.subject import chosen_features, open_subject
from tests.generated.environments import share_environment
from tests.servers.processes import end_with_parent

READY_WITHIN = 90.0
RESOURCE = "category: name:string(60)!"
PATH = "/api/v1/categories"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One started service; its log is a file, and tells of requests where LOG_LEVEL is INFO."""

    url: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def slowest(self) -> float:
        """Seconds of the request that took longest, as the service tells: a client on a busy
        machine also waits for itself.
        """
        lines = self.log.read_text().splitlines()
        told = [json.loads(line) for line in lines if '"message":"request"' in line]
        return max(float(request["ms"]) for request in told) / 1000

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def workers(self) -> list[int]:
        """The processes that answer; none that is about to be buried."""
        found = []
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                if "spawn_main" in " ".join(child.cmdline()):
                    found.append(child.pid)
        return found

    def limit_files(self, size: int) -> None:
        """No file may grow beyond this many bytes; -1 lifts the limit."""
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def replace_workers(self) -> None:
        self.process.send_signal(signal.SIGHUP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A project that is installed and migrated, and the environment of its instances."""

    project: Path
    directory: Path
    environment: Mapping[str, str]
    running: ExitStack = field(default_factory=ExitStack)

    def command(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """`python -m app …` to its end."""
        return subprocess.run(
            [self._python, "-m", "app", *arguments],
            cwd=self.project,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def begin(self, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
        """`python -m app …`, and does not wait."""
        return subprocess.Popen(
            [self._python, "-m", "app", *arguments],
            cwd=self.project,
            env={**self.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=end_with_parent,
        )

    @contextmanager
    def script(self, code: str) -> Iterator["subprocess.Popen[str]"]:
        """Python of the project's environment; it ends when its standard input does."""
        process = subprocess.Popen(
            [self._python, "-c", code],
            cwd=self.project,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            yield process
        finally:
            process.communicate(timeout=30)

    @contextmanager
    def instance(self, *, module: str = "app", **environment: str) -> Iterator[Instance]:
        """A service on a port of its own, ready when this begins, ended when it ends."""
        port = free_port()
        log = self.directory / f"instance-{port}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [self._python, "-m", module, "serve"],
                cwd=self.project,
                env={**self.environment, **environment, "PORT": str(port)},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )
        started = Instance(url=f"http://{LOOPBACK}:{port}", process=process, log=log)
        try:
            wait_until_ready(started)
            yield started
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    @property
    def _python(self) -> str:
        return str(self.project / ".venv" / "bin" / "python")


@contextmanager
def open_site(
    project: Path, catalog: Catalog, *, migrates: bool = True, **environment: str
) -> Iterator[Site]:
    """The project on a private database, migrated unless told otherwise."""
    features = chosen_features(open_subject(project), catalog)
    with ExitStack() as running:
        directory = running.enter_context(throw_away_directory())
        servers = start_servers(features, directory, running)
        shell = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        shell["PATH"] = path_with_uv()
        example = fill_secrets(read_environment(project / ".env.example"))
        own = {"HOST": LOOPBACK, "LOG_LEVEL": "WARNING", "CACHE_STALE_WORKERS_ACCEPTED": "true"}
        site = Site(
            project=project,
            directory=directory,
            environment={**example, **shell, **own, **servers, **environment},
            running=running,
        )
        share_environment(project)
        subprocess.run(["make", "-s", "install"], cwd=project, env=shell, check=True)
        if migrates:
            migrated = site.command("migrate")
            assert migrated.returncode == 0, migrated.stdout + migrated.stderr
        yield site


def path_with_uv() -> str:
    """The projects' `make install` then takes a second instead of a minute."""
    return f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


def wait_until_ready(instance: Instance, *, within: float = READY_WITHIN) -> None:
    """Until /readyz answers 200; fails when the process ends or takes too long."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline and instance.process.poll() is None:
        if is_ready(instance.url):
            return
        time.sleep(0.05)
    raise AssertionError(f"never ready:\n{instance.log.read_text()[-4000:]}")


def is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False
