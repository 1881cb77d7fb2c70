"""Log-ins, headers and rows of data of a scenario, against a server that looks at each of them."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.loadtest.conftest import load_test
from tests.loadtest.servers.tokens import SECRET, TokenServer, token_server

CLIENT_CREDENTIALS = """
[login]
path = "{url}/token"
headers = {{Authorization = "Basic {{basic:CLIENT_ID:CLIENT_SECRET}}"}}
form = {{grant_type = "client_credentials"}}
[[requests]]
path = "/closed"
"""
ROWS = """
[data.users]
file = "users.csv"
mode = "once"
[[requests]]
name = "open"
path = "/open/{data:users.name}"
"""
ENVIRONMENT = {"CLIENT_ID": "me", "CLIENT_SECRET": SECRET}


@pytest.fixture
def server() -> Iterator[TokenServer]:
    with token_server() as running:
        yield running


def write(folder: Path, text: str) -> str:
    file = folder / "scenario.toml"
    file.write_text(text)
    return str(file)


def test_a_log_in_is_renewed_before_its_token_is_too_old(
    server: TokenServer, tmp_path: Path
) -> None:
    scenario = write(tmp_path, CLIENT_CREDENTIALS.format(url=server.url))

    document = load_test(
        None,
        base_url=server.url,
        scenario=scenario,
        environment=ENVIRONMENT,
        duration=3.0,
        rate=20.0,
    )

    assert document["summary"]["requests"] == 60
    assert document["summary"]["failures"] == 0
    assert [one["name"] for one in document["endpoints"]] == ["GET /closed"]
    # Three seconds of tokens that live one: more than three log-ins, and none is counted.
    assert len(server.tokens) >= 4


def test_a_log_in_that_cannot_be_renewed_is_told_of(server: TokenServer, tmp_path: Path) -> None:
    scenario = write(tmp_path, CLIENT_CREDENTIALS.format(url=server.url) + "weight = 1\n")

    def refuse(_progress: object) -> None:
        server.refuses = True

    document = load_test(
        None,
        on_progress=refuse,
        base_url=server.url,
        scenario=scenario,
        environment=ENVIRONMENT,
        duration=3.0,
        rate=20.0,
    )

    assert document["verdict"]["status"] == "fail"
    assert document["generator"]["warnings"] == [
        "the log-in could not be renewed: the log-in answered 503"
    ]


@pytest.mark.parametrize("workers", [1, 2])
def test_rows_are_used_once_and_running_out_is_said(
    server: TokenServer, tmp_path: Path, workers: int
) -> None:
    names = [f"name{number}" for number in range(30)]
    (tmp_path / "users.csv").write_text("\n".join(["name", *names, ""]))
    scenario = write(tmp_path, ROWS)

    document = load_test(
        None, base_url=server.url, scenario=scenario, duration=3.0, workers=workers
    )

    asked = Counter(path for path in server.paths if path.startswith("/open"))
    assert document["verdict"]["status"] == "invalid"
    assert "the 30 rows of users.csv were used up" in document["verdict"]["reasons"][0]
    assert not document["run"]["interrupted"]
    assert set(asked) == {f"/open/{name}" for name in names}
    assert set(asked.values()) == {1}


def test_headers_of_the_command_line_are_sent_and_stay_secret(
    server: TokenServer, tmp_path: Path
) -> None:
    (tmp_path / "rows.jsonl").write_text('{"name": "one"}\n')
    (tmp_path / "s.toml").write_text('[[requests]]\npath = "/open/{data:rows.name}"\n')
    command = [sys.executable, "-m", "apiforge", "loadtest", "--url", server.url]
    command += ["--scenario", "s.toml", "--data", "rows=rows.jsonl", "--json", "result.json"]
    command += ["--header", "X-API-Key: {env:MY_OWN}", "--bearer", "{env:MINE}"]

    ended = subprocess.run(
        [*command, "--duration", "1s", "--warmup", "0s", "--target", "p50<60s", "--html", "r.html"],
        cwd=tmp_path,
        env={**os.environ, "MY_OWN": "f1rst-s3cret", "MINE": "s3cond-s3cret"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    sent = server.headers[-1]
    assert (sent["X-API-Key"], sent["Authorization"]) == ("f1rst-s3cret", "Bearer s3cond-s3cret")
    assert set(server.paths) == {"/", "/open/one"}
    told = ended.stdout + ended.stderr + (tmp_path / "r.html").read_text()
    document = (tmp_path / "result.json").read_text()
    assert json.loads(document)["endpoints"][0]["name"] == "GET /open/{data:rows.name}"
    assert "s3cret" not in told + document


def test_a_header_that_cannot_be_sent_exits_2_and_is_not_repeated(
    server: TokenServer, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "apiforge", "loadtest", "--url", server.url]

    ended = subprocess.run(
        [*command, "--header", "X-API-Key: {env:MINE}"],
        cwd=tmp_path,
        env={**os.environ, "MINE": "s3cret€"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 2, ended.stderr
    assert "header X-API-Key: its value holds a character" in " ".join(ended.stderr.split())
    assert "s3cret" not in ended.stdout + ended.stderr
    assert server.paths == []


def test_what_is_missing_exits_2_and_is_named(server: TokenServer, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("name\none\n")
    (tmp_path / "s.toml").write_text('[[requests]]\npath = "/open/{data:rows.nmae}"\n')
    command = [sys.executable, "-m", "apiforge", "loadtest", "--url", server.url]

    ended = subprocess.run(
        [*command, "--scenario", "s.toml", "--data", "rows=rows.csv"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 2
    assert "row 1 has no column 'nmae'; it has: name" in ended.stderr
