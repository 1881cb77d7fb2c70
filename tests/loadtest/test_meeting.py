"""Generators of several machines in one test: network namespaces stand for the machines.

Each machine has an address of its own, and one of them a monotonic clock that began long before.
Making namespaces takes root and iproute2.
"""

import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

SERVER = Path(__file__).parent / "servers" / "misbehaving.py"
NETWORK = "10.255.77"
PORT = "5557"
OTHER_CLOCK = ["unshare", "--time", "--monotonic", "86400", "--fork"]
SCENARIO = """
[data.names]
file = "names.csv"
mode = "once"
[[requests]]
path = "/{data:names.name}/{data:colours.colour}"
"""
LOCUSTFILE = """
from locust import HttpUser, constant, task
from shop import steps

class Visitor(HttpUser):
    wait_time = constant(0.2)

    @task
    def look(self):
        steps.look(self)
"""
_NUMBERS = itertools.count()


def ip(*arguments: str) -> None:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"ip {' '.join(arguments)}: {done.stderr}"


class Machine:
    """A network namespace with one address, on a bridge with the others."""

    def __init__(self, bridge: str, number: int) -> None:
        self.address = f"{NETWORK}.{number}"
        self._name = f"{bridge}m{number}"
        self._cable = f"{bridge}v{number}"
        ip("netns", "add", self._name)
        ip("link", "add", self._cable, "type", "veth", "peer", "name", "eth0", "netns", self._name)
        ip("link", "set", self._cable, "master", bridge, "up")
        for words in (
            ("addr", "add", f"{self.address}/24", "dev", "eth0"),
            ("link", "set", "eth0", "up"),
            ("link", "set", "lo", "up"),
        ):
            ip("-n", self._name, *words)

    def start(self, *command: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            ["ip", "netns", "exec", self._name, *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def apiforge(self, *arguments: str, before: list[str] | None = None) -> "subprocess.Popen[str]":
        return self.start(*(before or []), sys.executable, "-m", "apiforge", *arguments)

    def unplug(self) -> None:
        ip("link", "set", self._cable, "down")

    def scrap(self) -> None:
        ip("netns", "del", self._name)


@pytest.fixture
def machines() -> Iterator[list[Machine]]:
    """Three of them: the first one conducts, the others join."""
    bridge = f"af{os.getpid() % 100000}{next(_NUMBERS)}"
    ip("link", "add", bridge, "type", "bridge")
    made: list[Machine] = []
    try:
        ip("link", "set", bridge, "up")
        for number in (1, 2, 3):
            made.append(Machine(bridge, number))
        yield made
    finally:
        for machine in made:
            machine.scrap()
        ip("link", "del", bridge)


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    """What the server notes of each request."""
    return tmp_path / "asked.log"


@pytest.fixture
def url(machines: list[Machine], asked: Path) -> Iterator[str]:
    conductor = machines[0]
    options = ("--host", conductor.address, "--log", str(asked))
    server = conductor.start(sys.executable, str(SERVER), *options)
    assert server.stdout is not None
    yield f"http://{conductor.address}:{int(server.stdout.readline())}"
    server.kill()
    server.communicate()


def conduct(
    machine: Machine, url: str, seconds: str, result: Path, *arguments: str
) -> "subprocess.Popen[str]":
    return machine.apiforge(
        *("loadtest", "--url", url, "--duration", seconds, *arguments),
        *("--expect-workers", "2", "--bind", f"{machine.address}:{PORT}"),
        *("--target", "errors<1%", "--json", str(result), "--out", str(result.parent / "run")),
    )


def join(machine: Machine, conductor: Machine, *before: str) -> "subprocess.Popen[str]":
    address = f"{conductor.address}:{PORT}"
    return machine.apiforge("loadtest", "--join", address, before=list(before))


@dataclass(frozen=True, kw_only=True)
class Folders:
    """`here` holds what only the conducting machine has, in `elsewhere` the others put theirs."""

    here: Path
    elsewhere: Path

    @property
    def hiding(self) -> list[str]:
        """What to put before a command that is to run without the first and in the second."""
        hide = 'mount -t tmpfs none "$0" && TMPDIR="$1" && export TMPDIR && shift && exec "$@"'
        return ["unshare", "--mount", "sh", "-c", hide, str(self.here), str(self.elsewhere)]


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    made = Folders(here=tmp_path / "here", elsewhere=tmp_path / "elsewhere")
    made.here.mkdir()
    made.elsewhere.mkdir()
    return made


def paths(asked: Path) -> list[str]:
    return [json.loads(line)["path"] for line in asked.read_text().splitlines()]


def test_two_machines_send_together_what_one_would_have_sent_and_each_row_once(
    machines: list[Machine], url: str, asked: Path, folders: Folders, tmp_path: Path
) -> None:
    conductor, *others = machines
    rows = [f"row-{number}" for number in range(240)]  # three seconds, and one of warm-up
    scenario = folders.here / "scenario.toml"
    scenario.write_text(SCENARIO)
    (folders.here / "names.csv").write_text("name\n" + "\n".join(rows) + "\n")
    (folders.here / "colours.jsonl").write_text('{"colour": "red"}\n{"colour": "blue"}\n')
    test = conduct(
        *(conductor, url, "3s", tmp_path / "result.json"),
        *("--scenario", str(scenario), "--rate", "60", "--warmup", "1s"),
        *("--data", f"colours={folders.here / 'colours.jsonl'}"),
    )
    guests = [
        join(others[0], conductor, *folders.hiding),
        join(others[1], conductor, *OTHER_CLOCK, *folders.hiding),
    ]

    _, complaints = test.communicate(timeout=120)
    result = json.loads((tmp_path / "result.json").read_text())

    assert result["summary"]["requests"] == 180, complaints
    assert result["summary"]["failures"] == 0
    assert result["generator"]["workers"] == 2
    assert result["verdict"]["status"] in {"pass", "invalid"}  # late on a busy machine
    assert {second["requests"] for second in result["series"]} == {60}
    for guest in guests:
        _, told = guest.communicate(timeout=60)
        assert guest.returncode == 0, told
        assert "the load test is over" in told
    sent = [path.split("/")[1:] for path in paths(asked) if path.startswith("/row")]
    assert sorted(name for name, _ in sent) == sorted(rows)
    assert {colour for _, colour in sent} == {"red", "blue"}
    assert list(folders.elsewhere.iterdir()) == []


def test_a_locustfile_brings_its_own_modules_along(
    machines: list[Machine], url: str, asked: Path, folders: Folders, tmp_path: Path
) -> None:
    conductor, *others = machines
    (folders.here / "locustfile.py").write_text(LOCUSTFILE)
    (folders.here / "shop").mkdir()
    (folders.here / "shop" / "steps.py").write_text(
        'def look(user):\n    user.client.get("/seen")\n'
    )
    test = conduct(
        *(conductor, url, "2s", tmp_path / "result.json"),
        *("--locustfile", str(folders.here / "locustfile.py"), "--users", "4", "--warmup", "0s"),
    )
    guests = [join(other, conductor, *folders.hiding) for other in others]

    _, complaints = test.communicate(timeout=120)
    told = [guest.communicate(timeout=60) for guest in guests]
    result = json.loads((tmp_path / "result.json").read_text())

    assert result["summary"]["failures"] == 0, complaints
    assert 0 < result["summary"]["requests"] <= paths(asked).count("/seen")
    assert [guest.returncode for guest in guests] == [0, 0], told
    assert list(folders.elsewhere.iterdir()) == []


def test_a_machine_that_is_cut_off_makes_the_test_invalid(
    machines: list[Machine], url: str, tmp_path: Path
) -> None:
    conductor, *others = machines
    test = conduct(conductor, url, "60s", tmp_path / "result.json", "--rate", "60")
    guests = [join(other, conductor) for other in others]
    for guest in guests:
        assert guest.stderr is not None
        assert any("joined" in line for line in guest.stderr)
    time.sleep(3)

    others[1].unplug()
    test.communicate(timeout=50)
    result = json.loads((tmp_path / "result.json").read_text())

    assert test.returncode == 4
    assert "could not be heard any more" in " ".join(result["verdict"]["reasons"])
    assert result["run"]["measured_s"] < 60
    guests[1].kill()
    for guest in guests:
        guest.communicate(timeout=60)
