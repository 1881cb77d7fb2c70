"""No password or token reaches a result, whatever the service says back."""

import json

import pytest

from apiforge.loadtest.recording import Tally
from apiforge.loadtest.summary import summarize
from apiforge.loadtest.targets import parse
from apiforge.loadtest.workload import Workload
from tests.unit.loadtest.recordings import histogram, recording

PASSWORD = "correct horse/battery"


def result(workload: Workload, text: str) -> str:
    measured = recording(
        workload=workload,
        endpoints={text: Tally(requests=100, failures=1, times=histogram(*[10.0] * 100))},
        errors=[(text, f"said {text}", 1)],
    )
    targets = [parse("errors<0.1%"), parse(f"{text}: p95<1ms")]
    return json.dumps(summarize(measured, targets, name=text))


@pytest.mark.parametrize("told", [PASSWORD, "correct%20horse%2Fbattery"])
def test_values_of_the_scenario_that_are_secrets_are_hidden(told: str) -> None:
    environment = {"LOAD_USER_PASSWORD": PASSWORD, "LOAD_USER_EMAIL": "load@example.com"}
    workload = Workload(base_url="http://h", scenario="s.toml", environment=environment)
    written = result(workload, f"GET /echo?x={told}")
    assert told not in written
    assert "GET /echo?x=***" in written


@pytest.mark.parametrize(
    "url",
    [
        "http://me:correcthorse@127.0.0.1:1/",
        "http://127.0.0.1:1/?api_key=correcthorse&page=2",
        "http://127.0.0.1:1/?access%5Ftoken=correcthorse",
    ],
)
def test_secrets_in_an_address_are_hidden(url: str) -> None:
    written = result(Workload(url=url), f"GET {url}")
    assert "correcthorse" not in written
    assert "127.0.0.1:1/" in written


def test_verdict_and_numbers_are_never_changed() -> None:
    environment = {"TOKEN": "invalid", "KEY": "100000"}
    workload = Workload(base_url="http://h", scenario="s.toml", environment=environment)
    document = summarize(recording(workload=workload, lost_workers=["x"]), [parse("p95<1s")])
    assert document["verdict"]["status"] == "invalid"
    assert document["summary"]["requests"] == 100
