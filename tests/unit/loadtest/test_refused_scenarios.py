"""Scenarios that cannot be replayed, and servers that do not let them be prepared."""

from pathlib import Path

import pytest
from replay import Scenario, ScenarioError

from tests.unit.loadtest.shop import POOLS, SHOP, load


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no \\[\\[requests\\]\\]"),
        ("[[requests]]\npath = '/{products.id}'", "no placeholder called {products.id}"),
        ("[[requests]]\npath = '/{txt:5}'", "no placeholder called {txt:5}"),
        ("[[requests]]\npath = '/{integer:a}'", "{integer:a}"),
        ("[[requests]]\npath = '/{env:MISSING}'", "environment variable MISSING is not set"),
        ("[[requests]]\nname = 'x'", "x: no path"),
        ("[[requests]]\npath = '/'\nwieght = 2", "unknown key 'wieght'"),
        ("[[requests]]\npath = '/'\nmade = 'x'", "no pool called 'x'"),
        ("[[requests]]\npath = '/'\npages = {depth = 3}", "pages needs"),
        ("[[requests]]\npath = '/'\n[[requests]]\npath = '/'", "two requests have the same name"),
        (POOLS + "[[requests]]\npath = '/{products.made}'", "otherwise must name"),
        ("[pools.x]\n[[requests]]\npath = '/'", "pool 'x' has no path"),
        ("[headers]\nA = 'ten €'\n[[requests]]\npath = '/'", "header A: its value holds"),
        ("[[requests]]\npath = '/'\nheaders = {A = \"a\\nB: b\"}", "header A: its value holds"),
        (
            "[[requests]]\npath = '/'\nheaders = {'A B' = 'a'}",
            "'A B' cannot be the name",
        ),
        ("requests = [", "scenario.toml"),
    ],
)
def test_wrong_scenario_is_refused(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=message):
        load(text, tmp_path)


def test_missing_scenario_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="No such file"):
        Scenario.load(tmp_path / "nowhere.toml", {})


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (401, b"{}", "the log-in answered 401"),
        (200, b"{}", "holds no 'token'"),
        (200, b"<html>", "holds no 'token'"),
    ],
)
def test_refused_log_in_is_said(status: int, body: bytes, message: str, tmp_path: Path) -> None:
    scenario = load(SHOP, tmp_path, EMAIL="a")

    with pytest.raises(ScenarioError, match=message):
        scenario.prepare(lambda request: (status, body))


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [(200, b'{"items": []}', "answered no rows"), (404, b"{}", "answered 404, no list")],
)
def test_empty_pool_is_said(status: int, body: bytes, message: str, tmp_path: Path) -> None:
    scenario = load(POOLS + "[[requests]]\npath = '/{products.id}'", tmp_path)

    with pytest.raises(ScenarioError, match=message):
        scenario.prepare(lambda request: (status, body))
