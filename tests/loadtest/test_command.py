"""`apiforge loadtest` as a user types it: real processes, real servers, exit codes and files.

Its generator may be late on a busy machine, which would rightly make a test invalid. What is late
depends on the tightest percentile target, so most tests here have a loose one.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from apiforge.loadtest.reports.formats import FORMATS
from tests.fake_project import FakeProject, make_project
from tests.loadtest.servers.serving import serving
from tests.result_schema import follows_schema
from tests.servers.processes import eventually, is_alive

LOOSE = ("--target", "p50<60s")
SHORT = ("--duration", "400ms", "--warmup", "0s", "--rate", "50", *LOOSE)
LONG = ("--duration", "10m", "--warmup", "0s", "--rate", "20", *LOOSE)
KEYS = {
    *("schema", "started", "target", "model", "run", "verdict", "summary", "endpoints", "errors"),
    *("series", "targets", "generator", "machine", "heatmap", "server"),
    *("blocks", "baseline"),
}


class Answers(BaseHTTPRequestHandler):
    """200 to everything but /missing."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *words: object) -> None:
        """Tests need no log."""


@pytest.fixture
def url() -> Iterator[str]:
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Answers)) as server:
        yield f"http://127.0.0.1:{server.server_port}"


def begin(
    folder: Path, *arguments: str, environment: dict[str, str] | None = None
) -> "subprocess.Popen[str]":
    """Start it as the leader of a process group, as a shell does."""
    return subprocess.Popen(
        [sys.executable, "-m", "apiforge", "loadtest", *arguments],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def loadtest(
    folder: Path, *arguments: str, environment: dict[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    with begin(folder, *arguments, environment=environment) as running:
        stdout, stderr = running.communicate(timeout=120)
        return subprocess.CompletedProcess(arguments, running.returncode, stdout, stderr)


def runs(folder: Path) -> list[Path]:
    return sorted((folder / ".apiforge" / "runs").glob("*-*"))


def stored(folder: Path) -> dict[str, Any]:
    (run,) = runs(folder)
    document: dict[str, Any] = json.loads((run / "result.json").read_text())
    assert follows_schema(document)
    return document


class TestUrl:
    def test_met_targets_exit_0_with_a_summary_and_a_stored_report(
        self, tmp_path: Path, url: str
    ) -> None:
        done = loadtest(tmp_path, "--url", url, *SHORT)
        assert done.returncode == 0, done.stderr
        (run,) = runs(tmp_path)
        assert done.stdout.startswith("PASS")
        assert f".apiforge/runs/{run.name}/report.html" in done.stdout
        assert (run / "report.html").read_text().startswith("<!doctype html>")
        assert stored(tmp_path)["run"]["id"] == run.name

    def test_json_on_stdout_is_all_there_is(self, tmp_path: Path, url: str) -> None:
        done = loadtest(tmp_path, "--url", url, *SHORT, "--json", "-")
        document = json.loads(done.stdout)
        assert set(document) == KEYS
        assert document["summary"]["requests"] == 20
        assert document == stored(tmp_path)

    def test_missed_target_exits_3(self, tmp_path: Path, url: str) -> None:
        done = loadtest(tmp_path, "--url", url, *SHORT, "--target", "p50<1us")
        assert done.returncode == 3
        assert "p50<1us" in done.stdout

    def test_without_targets_errors_are_judged(self, tmp_path: Path, url: str) -> None:
        done = loadtest(tmp_path, "--url", f"{url}/missing", *SHORT[:-2])
        assert stored(tmp_path)["targets"][0]["text"] == "errors<1%"
        assert done.returncode in {3, 4}, done.stdout

    def test_nothing_there_exits_5_and_leaves_nothing(self, tmp_path: Path) -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            address = f"http://127.0.0.1:{unused.getsockname()[1]}/"
            done = loadtest(tmp_path, "--url", address, *SHORT)
        assert done.returncode == 5
        assert done.stderr.splitlines()[-2:] == [
            f"error: nothing answers at {address}",
            "hint: is the server running, and the port right?",
        ]
        assert runs(tmp_path) == []

    def test_files_go_where_they_are_wanted(self, tmp_path: Path, url: str) -> None:
        files = [word for form in FORMATS for word in (f"--{form}", f"r.{form}")]
        done = loadtest(tmp_path, "--url", url, *SHORT, *files, "--out", "results/first")
        assert done.returncode == 0, done.stderr
        result = (tmp_path / "results" / "first" / "result.json").read_text()
        document = json.loads(result)
        written = {form: (tmp_path / f"r.{form}").read_text() for form in FORMATS}
        assert written == {form: make(document) for form, make in FORMATS.items()}
        assert runs(tmp_path) == []

    def test_progress_goes_to_stderr_line_by_line(self, tmp_path: Path, url: str) -> None:
        done = loadtest(tmp_path, "--url", url, *SHORT)
        assert done.stderr.splitlines()[0] == f"looking for {url} ..."
        assert "\x1b" not in done.stderr + done.stdout


class TestProject:
    def test_it_is_installed_seeded_tested_and_stopped(self, project: FakeProject) -> None:
        done = loadtest(project.folder, *SHORT)
        assert done.returncode == 0, done.stderr + done.stdout
        rows, _, address = project.seeded.partition(" rows in ")
        directory = Path(address.removeprefix("sqlite:///")).parent
        assert rows == "30"
        assert not directory.exists()
        assert not is_alive(project.serving[0])
        assert not (project.folder / "real.db").exists()
        names = [endpoint["name"] for endpoint in stored(project.folder)["endpoints"]]
        assert names == ["GET /api/v1/products/{id}", "POST /api/v1/products"]

    def test_steps_are_told_on_stderr(self, project: FakeProject) -> None:
        done = loadtest(project.folder, *SHORT, "--rows", "12345")
        assert done.stderr.splitlines()[:4] == [
            "installing its dependencies ...",
            "migrating the database ...",
            "seeding 12,345 rows ...",
            "waiting until it is ready ...",
        ]

    def test_rate_and_targets_come_from_its_settings(self, tmp_path: Path) -> None:
        project = make_project(tmp_path / "fake", targets='["p50<60s", "max<1us"]')
        done = loadtest(tmp_path, "fake", "--duration", "1s", "--warmup", "0s")
        assert done.returncode == 3, done.stdout
        document = stored(project.folder)
        assert document["run"]["rate"] == 40.0
        assert [target["met"] for target in document["targets"]] == [True, False]

    def test_postgresql_is_private_and_gone_afterwards(self, tmp_path: Path) -> None:
        project = make_project(tmp_path / "fake", database="postgresql")
        done = loadtest(tmp_path, "fake", *SHORT)
        assert done.returncode == 0, done.stderr
        assert "starting a private PostgreSQL ..." in done.stderr
        address = project.seeded.partition(" rows in ")[2]
        assert address.startswith("postgresql://postgres:")
        port = int(address.rpartition(":")[2].partition("/")[0])
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0

    @pytest.mark.parametrize(
        ("mode", "told"),
        [
            ("broken migration", "migrating the database failed with exit code 1"),
            ("crash", "it ended with exit code 1"),
        ],
    )
    def test_one_that_does_not_start_exits_5_with_its_last_words(
        self, project: FakeProject, mode: str, told: str
    ) -> None:
        done = loadtest(project.folder, *SHORT, environment={"FAKE_MODE": mode})
        words = {"broken migration": "relation does not exist", "crash": "no such setting: WORKERZ"}
        (run,) = runs(project.folder)
        assert done.returncode == 5
        assert done.stderr.splitlines()[-3:] == [
            f"error: fake did not start: {told}",
            words[mode],
            f"hint: the whole log: {run / 'service.log'}",
        ]

    def test_failed_installation_exits_5(self, tmp_path: Path) -> None:
        project = make_project(tmp_path / "fake", install="echo no network; exit 1;")
        done = loadtest(tmp_path, "fake", *SHORT)
        assert done.returncode == 5
        assert "no network" in done.stderr
        assert not (project.folder / "seeded").exists()

    def test_running_one_is_tested_with_its_scenario(self, project: FakeProject) -> None:
        with begin(project.folder, *LONG) as other:
            assert eventually(project.is_serving)
            pid, port = project.serving
            environ = Path(f"/proc/{pid}/environ").read_text().split("\0")
            known = {
                name: value
                for name, _, value in (entry.partition("=") for entry in environ)
                if name.startswith("LOAD_USER_")
            }
            address = f"http://127.0.0.1:{port}"
            arguments = ("fake", "--url", address, *SHORT)
            done = loadtest(project.folder.parent, *arguments, environment=known)
            other.send_signal(signal.SIGINT)
            other.communicate()
        assert done.returncode == 0, done.stderr + done.stdout
        assert "PASS" in done.stdout


class TestSecrets:
    @pytest.mark.parametrize("path", ["/", "/missing"])
    def test_secrets_of_an_address_are_in_no_report(
        self, tmp_path: Path, url: str, path: str
    ) -> None:
        secret = "c0rrect-h0rse-battery"
        address = f"{url.replace('//', f'//me:{secret}@')}{path}?api_key={secret}2"
        files = [word for form in FORMATS for word in (f"--{form}", f"r.{form}")]
        done = loadtest(tmp_path, "--url", address, *SHORT, *files)
        assert done.returncode in {0, 3, 4}, done.stderr
        written = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert len(written) > len(FORMATS)
        assert [path.name for path in written if secret in path.read_text()] == []
        assert secret not in done.stdout + done.stderr
