"""Somebody's own locustfile runs unchanged, and is judged by our rules, not by Locust's."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from apiforge.errors import UsageError
from tests.loadtest.conftest import Serve, load_test

ORDINARY = """
import logging
import client  # one of its own, beside it
from locust import FastHttpUser, HttpUser, SequentialTaskSet, User, constant, events, task

seen = []

@events.test_start.add_listener
def begin(environment, **_):
    print("this must not stand between our messages")
    seen.append(environment.host)

class Shopper(HttpUser):
    wait_time = constant(0.02)
    weight = 3

    def on_start(self):
        assert seen, "test_start comes first"
        self.client.get("/", name="log in")

    @task(3)
    def browse(self):
        for number in client.NUMBERS:
            self.client.get(f"/?item={number}", name="/item/[id]")

    @task
    def check(self):
        with self.client.get("/error", name="not an error", catch_response=True) as answer:
            answer.success()
        with self.client.get("/", name="no good", catch_response=True) as answer:
            answer.failure("it says nothing")

class Walker(FastHttpUser):
    wait_time = constant(0.02)

    @task
    class Steps(SequentialTaskSet):
        @task
        def first(self):
            self.client.get("/?first")

        @task
        def second(self):
            self.client.get("/?second")

class Talker(User):
    fixed_count = 1
    wait_time = constant(0.05)

    @task
    def talk(self):
        self.environment.events.request.fire(
            request_type="WS", name="talk", response_time=1.2345, response_length=0,
            exception=None, context={},
        )
"""
SIMPLE = """
from locust import {kind}, constant, task

class Caller({kind}):
    wait_time = constant(0.01)

    @task
    def call(self):
        {call}
"""
DURATION = 1.0


def run(folder: Path, address: str, text: str, *judged_by: str, **settings: Any) -> dict[str, Any]:
    file = folder / "locustfile.py"
    file.write_text(text)
    settings = {"users": 6, "duration": DURATION, "timeout": 1.0, **settings}
    return load_test(None, *judged_by, base_url=address, locustfile=str(file), **settings)


@pytest.mark.parametrize("workers", [1, 2])
def test_an_ordinary_locustfile_runs_unchanged(serve: Serve, tmp_path: Path, workers: int) -> None:
    (tmp_path / "client.py").write_text("NUMBERS = (1, 2)\n")

    document = run(tmp_path, serve(), ORDINARY, "errors<50%", workers=workers)

    endpoints = {one["name"]: one for one in document["endpoints"]}
    assert set(endpoints) == {
        *("GET log in", "GET /item/[id]", "GET not an error", "GET no good"),
        *("GET /?first", "GET /?second", "WS talk"),
    }
    assert document["verdict"]["status"] == "pass"
    assert endpoints["GET not an error"]["failures"] == 0
    assert endpoints["GET no good"]["failures"] == endpoints["GET no good"]["requests"]
    assert endpoints["WS talk"]["latency_ms"]["max"] == 1.234
    # 1 Talker; 3 : 1 of the others, whoever runs them.
    assert endpoints["GET log in"]["requests"] == 4
    assert document["run"]["users"] == 6
    assert document["run"]["locustfile"] == "locustfile.py"
    assert {"endpoint": "GET no good", "error": "it says nothing"}.items() <= document["errors"][
        0
    ].items()


@pytest.mark.parametrize("kind", ["HttpUser", "FastHttpUser"])
def test_a_server_that_hangs_fails_though_few_requests_do(
    serve: Serve, tmp_path: Path, kind: str
) -> None:
    text = SIMPLE.format(kind=kind, call='self.client.get("/")')

    document = run(tmp_path, serve("--hang-after", "1"), text, "errors<50%", duration=2.0)

    assert document["verdict"]["status"] == "fail"
    assert document["verdict"]["reasons"][0].startswith("6 of 6 users were still waiting")
    assert document["summary"]["unfinished"] == 6
    # Until the end of the window, and the timeout after it.
    assert document["summary"]["latency_ms"]["max"] > 1500


def test_a_client_of_its_own_that_hangs_is_seen(serve: Serve, tmp_path: Path) -> None:
    call = "import gevent.event; gevent.event.Event().wait()"

    document = run(tmp_path, serve(), SIMPLE.format(kind="User", call=call), timeout=0.2)

    assert document["verdict"]["status"] == "fail"
    assert document["errors"] == [
        {"endpoint": "User Caller", "error": "no answer within 0.2 s", "count": 6}
    ]


def test_a_client_of_its_own_that_sleeps_is_not_taken_for_hanging(
    serve: Serve, tmp_path: Path
) -> None:
    fire = "self.environment.events.request.fire(request_type='X', name='y', response_time=1.0,"
    call = f"{fire} response_length=0); import time; time.sleep(60)"

    document = run(tmp_path, serve(), SIMPLE.format(kind="User", call=call), timeout=0.2)

    assert document["summary"]["requests"] == 6
    assert document["summary"]["failures"] == 0


def test_an_answer_after_the_timeout_has_failed(serve: Serve, tmp_path: Path) -> None:
    text = SIMPLE.format(kind="HttpUser", call='self.client.get("/slow")')

    document = run(tmp_path, serve("--delay", "0.3"), text, timeout=0.2)

    assert document["errors"][0]["error"] == "no answer within 0.2 s"
    assert document["summary"]["failures"] == document["summary"]["requests"]
    assert document["summary"]["latency_ms"]["min"] >= 200


def test_a_task_that_raises_is_a_failure_with_its_line(serve: Serve, tmp_path: Path) -> None:
    text = SIMPLE.format(kind="HttpUser", call="{}['id']")

    document = run(tmp_path, serve(), text)

    assert document["verdict"]["status"] == "fail"
    [error] = document["errors"]
    assert (error["endpoint"], error["error"]) == (
        "User Caller",
        "KeyError: 'id' (locustfile.py:9)",
    )


def test_a_locustfile_that_ends_the_test_makes_it_invalid(serve: Serve, tmp_path: Path) -> None:
    text = SIMPLE.format(kind="HttpUser", call="self.environment.runner.quit()")

    document = run(tmp_path, serve(), text)

    assert document["verdict"]["status"] == "invalid"
    assert "the locustfile itself ended the test" in document["verdict"]["reasons"][0]
    assert not document["run"]["interrupted"]


def test_a_task_that_computes_makes_the_test_invalid(serve: Serve, tmp_path: Path) -> None:
    call = "import time; end = time.monotonic() + 0.2\n        while time.monotonic() < end: pass"
    text = SIMPLE.format(kind="HttpUser", call=f'self.client.get("/"); {call}')
    (tmp_path / "locustfile.py").write_text(text)
    settings = {"base_url": serve(), "locustfile": str(tmp_path / "locustfile.py")}

    document = load_test(None, "p95<100ms", users=4, duration=2.0, **settings)

    assert document["verdict"]["status"] == "invalid"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("\nclass :\n", ":2: SyntaxError: invalid syntax", id="syntax"),
        pytest.param(
            "from locust import HttpUser\nclass A(HttpUser):\n  pass",
            ": the users of class A have no @task",
            id="no tasks",
        ),
        pytest.param(
            "from locust import LoadTestShape\nclass Mine(LoadTestShape):\n  def tick(self): pass",
            ": the class Mine shapes the load by itself",
            id="shape",
        ),
    ],
)
def test_what_is_wrong_with_a_locustfile_is_one_line(
    tmp_path: Path, serve: Serve, text: str, told: str
) -> None:
    with pytest.raises(UsageError) as error:
        run(tmp_path, serve(), text)

    assert error.value.message.startswith(f"{tmp_path / 'locustfile.py'}{told}")
    assert "\n" not in error.value.message


def test_the_command_says_so_and_exits_2(tmp_path: Path, serve: Serve) -> None:
    (tmp_path / "locustfile.py").write_text("import nowhere\n")
    command = [sys.executable, "-m", "apiforge", "loadtest", "--url", serve()]

    ended = subprocess.run(
        [*command, "--locustfile", "locustfile.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 2
    assert "locustfile.py:1: ModuleNotFoundError" in ended.stderr
    assert "Traceback" not in ended.stderr
