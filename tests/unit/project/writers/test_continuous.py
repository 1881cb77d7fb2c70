""".github/workflows/ci.yml: no and one server beside the tests."""

from typing import Any

import yaml

from apiforge.project.writers.continuous import write
from tests.unit.project.conftest import MakePlan


def job(plan_of: MakePlan, **choices: str) -> Any:
    return yaml.safe_load(write(plan_of(**choices))[".github/workflows/ci.yml"])["jobs"]["test"]


def test_no_server(plan_of: MakePlan) -> None:
    assert {"env", "services"}.isdisjoint(job(plan_of))


def test_server_gets_the_secret_that_the_tests_get(plan_of: MakePlan) -> None:
    made = job(plan_of, database="postgresql")

    secret = made["env"]["POSTGRES_PASSWORD"]
    server = made["services"]["postgresql"]
    assert server["env"] == {"POSTGRES_PASSWORD": secret}
    assert server["options"].startswith('--health-cmd "pg_isready" ')
    assert [step["run"] for step in made["steps"][1:]] == ["make install", "make lint", "make test"]
