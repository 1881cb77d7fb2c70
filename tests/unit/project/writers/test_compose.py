"""compose.yaml: no, one and two servers beside the service."""

from typing import Any

import pytest
import yaml

from apiforge.errors import CatalogError
from apiforge.project.writers.compose import write
from tests.unit.project.conftest import MakePlan

REDIS = """
summary = "Redis"
[services.redis]
image = "redis:7-alpine"
command = ["redis-server", "--save", ""]
"""


def compose(plan_of: MakePlan, changes: dict[str, str] | None = None, **choices: str) -> Any:
    return yaml.safe_load(write(plan_of(changes, **choices))["compose.yaml"])


def test_no_server(plan_of: MakePlan) -> None:
    document = compose(plan_of)

    assert list(document["services"]) == ["migrate", "app"]
    assert document["volumes"] == {"data": {}}
    app = document["services"]["app"]
    assert app["env_file"] == [".env", {"path": "deploy/plan.env", "required": False}]
    assert app["environment"] == {
        "DATABASE_URL": "sqlite:////data/service.db",
        "HOST": "0.0.0.0",
        "PORT": "8000",
    }
    assert app["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert "/readyz" in app["healthcheck"]["test"][-1]


def test_one_server(plan_of: MakePlan) -> None:
    document = compose(plan_of, database="postgresql")

    assert list(document["services"]) == ["migrate", "app", "postgresql"]
    assert document["volumes"] == {"postgresql": {}}
    assert document["services"]["migrate"]["depends_on"] == {
        "postgresql": {"condition": "service_healthy"}
    }
    postgresql = document["services"]["postgresql"]
    assert postgresql["ports"] == ["127.0.0.1:5432:5432"]
    assert postgresql["environment"] == {"POSTGRES_PASSWORD": "${POSTGRES_PASSWORD}"}
    assert postgresql["healthcheck"]["test"] == ["CMD-SHELL", "pg_isready"]


def test_two_servers(plan_of: MakePlan) -> None:
    changes = {"features/cache/redis/feature.toml": REDIS}

    document = compose(plan_of, changes, database="postgresql", cache="redis")

    assert list(document["services"]) == ["migrate", "app", "postgresql", "redis"]
    assert document["services"]["redis"]["command"] == ["redis-server", "--save", ""]
    assert document["services"]["app"]["depends_on"] == {
        "postgresql": {"condition": "service_healthy"},
        "redis": {"condition": "service_started"},
        "migrate": {"condition": "service_completed_successfully"},
    }


def test_one_server_described_twice_is_an_error(plan_of: MakePlan) -> None:
    changes = {"features/cache/redis/feature.toml": REDIS.replace("redis]", "postgresql]")}

    with pytest.raises(CatalogError, match="the service postgresql is given twice and differs"):
        compose(plan_of, changes, database="postgresql", cache="redis")


def test_it_is_called_as_compose_allows(plan_of: MakePlan) -> None:
    document = yaml.safe_load(write(plan_of(name="My_Shop-"))["compose.yaml"])

    assert document["name"] == "my-shop"
