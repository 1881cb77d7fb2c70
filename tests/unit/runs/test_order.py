from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from apiforge.errors import UsageError
from apiforge.runs.order import Order, Wishes, make_order, merge_targets
from apiforge.runs.shape import ShapeWishes
from apiforge.runs.source import Source
from tests.fake_project import make_project

USUAL = Wishes(
    project=None,
    url=None,
    rows=None,
    targets=(),
    arrivals="constant",
    warmup=5.0,
    timeout=10.0,
    load=ShapeWishes(),
)


def order(**values: Any) -> Order:
    return make_order(replace(USUAL, **values))


def texts(made: Order) -> list[str]:
    return [target.text for target in made.targets]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path / "fake").folder


def test_project_states_rate_rows_and_targets(project: Path) -> None:
    made = order(project=project)
    assert (made.load.rate, made.rows, made.name) == (40.0, 30, "fake")
    assert texts(made) == ["errors<1%"]


def test_command_line_comes_before_the_project(project: Path) -> None:
    made = order(project=project, load=ShapeWishes(rate=7.0), rows=3)
    assert (made.load.rate, made.rows) == (7.0, 3)


def test_current_directory_is_the_project_where_nothing_is_named(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    assert order().folder == project


def test_url_alone_has_no_project_and_usual_numbers() -> None:
    made = order(url="http://127.0.0.1:1/x?y=z")
    assert (made.folder, made.load.rate, texts(made)) == (None, 50.0, [])
    assert made.name == "http://127.0.0.1:1/x?y=z"


def test_url_with_a_project_logs_in_as_the_environment_says(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / ".env").write_text("LOAD_USER_EMAIL=a@b.example\nLOAD_USER_PASSWORD=of-the-file\n")
    monkeypatch.setenv("LOAD_USER_PASSWORD", "of-the-shell")
    made = order(project=project, url="http://127.0.0.1:1")
    assert made.environment == {
        "LOAD_USER_EMAIL": "a@b.example",
        "LOAD_USER_PASSWORD": "of-the-shell",
    }


def test_url_with_a_project_and_no_log_in_names_what_is_missing(project: Path) -> None:
    with pytest.raises(UsageError, match="LOAD_USER_EMAIL and LOAD_USER_PASSWORD") as raised:
        order(project=project, url="http://127.0.0.1:1")
    assert raised.value.hint == "set it in the environment or in the project's .env"


def test_name_the_scenario_asks_for_and_nobody_gives_is_refused(project: Path) -> None:
    scenario = project / "loadtests" / "scenario.toml"
    scenario.write_text(scenario.read_text().replace("{text:20}", "{env:SHOP_NAME}"))
    with pytest.raises(UsageError, match="SHOP_NAME"):
        order(project=project)


@pytest.mark.parametrize(
    "url", ["", "127.0.0.1:8000", "ftp://host/", "http://", "http://a b/", "http://h:port/", "/x"]
)
def test_what_is_no_address_of_a_server_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="--url") as raised:
        order(url=url)
    assert raised.value.hint == "write it in full: http://127.0.0.1:8000/"


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan"), float("inf")])
def test_what_is_no_rate_is_refused(rate: float) -> None:
    with pytest.raises(UsageError, match="--rate"):
        order(url="http://127.0.0.1:1", load=ShapeWishes(rate=rate))


def test_unknown_arrivals_list_the_choices() -> None:
    with pytest.raises(UsageError, match="no arrivals called 'poison'") as raised:
        order(url="http://127.0.0.1:1", arrivals="poison")
    assert "choose one of: constant, poisson" in str(raised.value.hint)


def test_rows_are_only_for_a_project_that_we_start(project: Path) -> None:
    with pytest.raises(UsageError, match="--rows"):
        order(project=project, url="http://127.0.0.1:1", rows=5)


def test_folder_without_a_project_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"it has no apiforge\.toml") as raised:
        order(project=tmp_path)
    assert raised.value.hint == "make one with: apiforge new NAME"


def test_choice_this_version_does_not_know_is_refused(tmp_path: Path) -> None:
    project = make_project(tmp_path / "fake", database="papyrus").folder
    with pytest.raises(UsageError, match="this version of apiforge has no database 'papyrus'"):
        order(project=project)


def test_project_that_does_not_name_its_database_is_refused(project: Path) -> None:
    settings = project / "apiforge.toml"
    settings.write_text(settings.read_text().replace('database = "sqlite"', ""))
    with pytest.raises(UsageError, match="does not say which database"):
        order(project=project)


def test_target_of_the_same_metric_and_endpoint_replaces_the_stated_one() -> None:
    stated = ["p95<200ms", "errors<1%", "GET /a: p95<1s"]
    merged = merge_targets(stated, ["GET /a: p95<2s", "p95<=1ms", "max<3s"])
    assert [target.text for target in merged] == [
        "p95<=1ms",
        "errors<1%",
        "GET /a: p95<2s",
        "max<3s",
    ]


@pytest.mark.parametrize(
    ("stated", "asked", "origin"),
    [(["p95<fast"], [], r"\[loadtest\] targets"), ([], ["p95<fast"], "--target")],
    ids=["of the project", "of the command line"],
)
def test_wrong_target_is_refused_where_it_stands(
    stated: list[str], asked: list[str], origin: str
) -> None:
    with pytest.raises(UsageError, match=f"^{origin}"):
        merge_targets(stated, asked)


def test_scenario_gets_the_names_it_asks_for_and_no_others(tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.toml"
    scenario.write_text(
        '# {env:NAME} is a name.\nbody = {a = "{env:ONE}", b = "x{env:TWO}{env:ONE}"}'
    )
    known = {"ONE": "1", "TWO": "2", "SECRET": "3"}
    assert Source(scenario=scenario).environment(known) == {"ONE": "1", "TWO": "2"}
