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
from pathlib import Path

import pytest

SERVER = Path(__file__).parent / "servers" / "misbehaving.py"
NETWORK = "10.255.77"
PORT = "5557"
OTHER_CLOCK = ["unshare", "--time", "--monotonic", "86400", "--fork"]
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
def url(machines: list[Machine]) -> Iterator[str]:
    conductor = machines[0]
    server = conductor.start(sys.executable, str(SERVER), "--host", conductor.address)
    assert server.stdout is not None
    yield f"http://{conductor.address}:{int(server.stdout.readline())}/well"
    server.kill()
    server.communicate()


def conduct(machine: Machine, url: str, seconds: str, result: Path) -> "subprocess.Popen[str]":
    return machine.apiforge(
        *("loadtest", "--url", url, "--rate", "60", "--duration", seconds, "--warmup", "1s"),
        *("--expect-workers", "2", "--bind", f"{machine.address}:{PORT}"),
        *("--target", "errors<1%", "--json", str(result), "--out", str(result.parent / "run")),
    )


def join(machine: Machine, conductor: Machine, *before: str) -> "subprocess.Popen[str]":
    address = f"{conductor.address}:{PORT}"
    return machine.apiforge("loadtest", "--join", address, before=list(before))


def test_two_machines_send_together_what_one_would_have_sent(
    machines: list[Machine], url: str, tmp_path: Path
) -> None:
    conductor, *others = machines
    test = conduct(conductor, url, "3s", tmp_path / "result.json")
    guests = [join(others[0], conductor), join(others[1], conductor, *OTHER_CLOCK)]

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


def test_a_machine_that_is_cut_off_makes_the_test_invalid(
    machines: list[Machine], url: str, tmp_path: Path
) -> None:
    conductor, *others = machines
    test = conduct(conductor, url, "60s", tmp_path / "result.json")
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
