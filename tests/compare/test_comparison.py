"""`apiforge compare` as a user types it, on real servers, one of which is killed in the middle.

Frugal: three short comparisons, whose numbers mean nothing. What they would mean is in
benchmarks/trials.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from jsonschema import Draft202012Validator

from apiforge import paths
from tests.servers.processes import end_with_parent, eventually, is_alive

SHORT = ("--rate", "20", "--duration", "1s", "--rows", "60", "--target", "p95<60s")
LOOSE = ("--target", "p99<60s", "--target", "errors<50%", "--target", "delivered>=50%")
SCHEMA = json.loads(paths.comparison_schema().read_text(encoding="utf-8"))


class Comparison:
    """One that runs; what it tells is read line by line."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        command = [sys.executable, "-m", "apiforge", "compare", *arguments, *SHORT, *LOOSE]
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            stdout=(folder / "stdout").open("w"),
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=end_with_parent,
        )
        self.told: list[str] = []
        self._result = folder / "stdout"
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        self.told.extend(iter(self.process.stderr.readline, ""))

    def has_told(self, beginning: str) -> bool:
        return any(line.startswith(beginning) for line in list(self.told))

    def finish(self) -> tuple[int, str]:
        """The exit code, and what was printed as the result."""
        code = self.process.wait(timeout=400)
        self._reader.join()
        return code, self._result.read_text()

    def postgres(self) -> list[psutil.Process]:
        """The servers that it started, not their own children."""
        below = psutil.Process(self.process.pid).children(recursive=True)
        lines = [(it, it.cmdline()) for it in below if it.status() != psutil.STATUS_ZOMBIE]
        return [it for it, line in lines if line[0].endswith("/postgres") and "-D" in line]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    code: int
    out: str
    told: list[str]
    document: dict[str, Any]
    page: str
    markdown: str
    left: list[int]


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Finished]:
    """A comparison in which one of three servers is killed in the second round."""
    folder = tmp_path_factory.mktemp("killed")
    files = ("--json", "out.json", "--html", "out.html", "--markdown", "out.md")
    databases = ("--databases", "sqlite,postgresql,postgresql", "--rounds", "2")
    comparison = Comparison(folder, *databases, *files)
    assert eventually(lambda: comparison.has_told("round 2 of 2"), 400), comparison.told
    pids = [it.pid for it in psutil.Process(comparison.process.pid).children(recursive=True)]
    victim = comparison.postgres()[0]
    os.kill(victim.pid, signal.SIGKILL)
    code, out = comparison.finish()
    yield Finished(
        code=code,
        out=out,
        told=comparison.told,
        document=json.loads((folder / "out.json").read_text()),
        page=(folder / "out.html").read_text(),
        markdown=(folder / "out.md").read_text(),
        left=[pid for pid in pids if is_alive(pid)],
    )


def variants(killed: Finished, *, failed: bool) -> list[dict[str, Any]]:
    return [it for it in killed.document["variants"] if (it["failed"] is not None) == failed]


def test_the_others_finish_when_a_server_is_killed(killed: Finished) -> None:
    assert killed.code == 0, killed.told
    assert [len(it["rounds"]) for it in variants(killed, failed=False)] == [2, 2]


def test_the_failure_is_in_every_report(killed: Finished) -> None:
    [failed] = variants(killed, failed=True)

    assert "round 2" in failed["failed"]
    told = f"{failed['label']} failed: "
    assert told in killed.page and told in " ".join(killed.out.split())
    assert f"{failed['label']} failed" in killed.markdown
    assert any(told in line for line in killed.told)


def test_the_result_follows_the_schema(killed: Finished) -> None:
    Draft202012Validator(SCHEMA).validate(killed.document)


def test_every_variant_was_measured(killed: Finished) -> None:
    found = variants(killed, failed=False)

    assert all(it["latency_ms"]["p95"] > 0 and it["requests"] == 40 for it in found)
    assert all(it["api"]["memory_bytes"] > 1e6 and it["startup_s"] > 0 for it in found)
    assert all(it["disk_bytes"] > 1000 for it in found)
    servers = {it["value"]: it["server_usage"] for it in found}
    assert servers["sqlite"] is None
    assert servers["postgresql"]["memory_bytes"] > 1e6


def test_every_variant_is_named_as_what_it_is(killed: Finished) -> None:
    names = [it["server"]["name"] for it in killed.document["variants"]]

    assert names == ["SQLite", "PostgreSQL", "PostgreSQL"]
    assert all(it["server"]["version"] for it in killed.document["variants"])


def test_nothing_is_left_behind(killed: Finished) -> None:
    assert killed.left == []


def test_an_interrupted_comparison_goes_on_where_it_was(tmp_path: Path) -> None:
    command = (
        "--databases",
        "sqlite,sqlite",
        "--rounds",
        "2",
        "--no-max-rate",
        "--json",
        "out.json",
    )
    first = Comparison(tmp_path, *command)
    assert eventually(lambda: first.has_told("round 2 of 2"), 400), first.told
    first.process.send_signal(signal.SIGINT)
    code, _ = first.finish()
    half = json.loads((tmp_path / "out.json").read_text())

    second = Comparison(tmp_path, *command, "--resume")
    resumed, _ = second.finish()
    whole = json.loads((tmp_path / "out.json").read_text())

    assert (code, resumed) == (130, 0)
    assert half["interrupted"] is True and whole["interrupted"] is False
    assert [len(it["rounds"]) for it in whole["variants"]] == [2, 2]
    assert whole["variants"][0]["rounds"][0] == half["variants"][0]["rounds"][0]
    assert (whole["id"], whole["asked"]["seed"]) == (half["id"], half["asked"]["seed"])
    assert not second.has_told("round 1 of 2")


def test_caches_are_compared_on_one_database(tmp_path: Path) -> None:
    command = ("--caches", "none,memory", "--rounds", "1", "--no-max-rate", "--json", "out.json")
    comparison = Comparison(tmp_path, *command)
    code, out = comparison.finish()
    document = json.loads((tmp_path / "out.json").read_text())

    assert code == 0, comparison.told
    Draft202012Validator(SCHEMA).validate(document)
    assert [(it["axis"], it["value"]) for it in document["variants"]] == [
        ("cache", "none"),
        ("cache", "memory"),
    ]
    assert all(it["requests"] == 20 and not it["failed"] for it in document["variants"])
    assert {it["verdict"] for it in document["differences"]} == {"too few rounds"}
    assert all(
        it["max_rate"] is None and not it["rounds"][0]["probes"] for it in document["variants"]
    )
    assert "memory" in out
