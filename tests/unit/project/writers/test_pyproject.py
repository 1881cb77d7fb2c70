"""pyproject.toml and the locks: none, one and two contributions."""

import tomllib
from typing import Any

import pytest

from apiforge.errors import CatalogError
from apiforge.project.writers import lock, pyproject
from tests.unit.project.conftest import MakePlan

NOTHING = {"cache": "none", "auth": "none", "deploy": "none"}
BARE = 'summary = "Nothing of its own"\n'
SQL = "features/database/_sql/feature.toml"
MEMORY = "features/cache/memory/feature.toml"


def written(plan_of: MakePlan, changes: dict[str, str], **choices: str) -> dict[str, Any]:
    return tomllib.loads(pyproject.write(plan_of(changes, **choices))["pyproject.toml"])


def test_no_dependency(plan_of: MakePlan) -> None:
    document = written(plan_of, {"base/feature.toml": BARE, SQL: BARE}, **NOTHING)

    assert document["project"]["dependencies"] == []
    assert document["dependency-groups"]["dev"] == []


def test_one_dependency(plan_of: MakePlan) -> None:
    document = written(plan_of, {"base/feature.toml": BARE}, **NOTHING)

    assert document["project"]["dependencies"] == ["sqlalchemy>=2.1"]


def test_dependencies_are_sorted_and_come_once(plan_of: MakePlan) -> None:
    memory = 'summary = "x"\ndependencies = ["sqlalchemy>=2.1", "Anyio>=4"]\n'

    document = written(plan_of, {MEMORY: memory})

    assert document["project"]["dependencies"] == [
        *("Anyio>=4", "fastapi>=0.120", "sqlalchemy>=2.1", "uvicorn[standard]>=0.30")
    ]
    assert document["dependency-groups"]["dev"] == ["pytest>=8", "ruff>=0.14"]


def test_extras_are_joined(plan_of: MakePlan) -> None:
    memory = 'summary = "x"\ndependencies = ["sqlalchemy[asyncio, aiomysql]>=2.1"]\n'

    document = written(plan_of, {MEMORY: memory})

    assert document["project"]["dependencies"][1] == "sqlalchemy[aiomysql,asyncio]>=2.1"


def test_two_constraints_for_one_package_name_both_manifests(plan_of: MakePlan) -> None:
    plan = plan_of({MEMORY: 'summary = "x"\ndependencies = ["SQLAlchemy >=2.0"]\n'})

    with pytest.raises(CatalogError) as caught:
        pyproject.write(plan)

    assert "the dependency sqlalchemy is given twice and differs" in caught.value.message
    assert "database/_sql/feature.toml" in caught.value.message
    assert "cache/memory/feature.toml" in caught.value.message


@pytest.mark.parametrize(
    ("name", "slug"), [("shop", "shop"), ("My_Shop--2-", "my-shop-2"), ("A", "a")]
)
def test_the_project_is_called_as_packages_may_be(plan_of: MakePlan, name: str, slug: str) -> None:
    text = pyproject.write(plan_of(name=name))["pyproject.toml"]

    assert tomllib.loads(text)["project"]["name"] == slug


def test_a_feature_adds_to_the_tools(plan_of: MakePlan) -> None:
    memory = """
        summary = "x"
        [tool.mypy]
        files = ["app", "tests"]
        plugins = ["pydantic.mypy"]
        [[tool.mypy.overrides]]
        module = ["asyncpg.*"]
        ignore_missing_imports = true
    """

    mypy = written(plan_of, {MEMORY: memory})["tool"]["mypy"]

    assert mypy["strict"] is True
    assert mypy["files"] == ["app", "tests"]
    assert mypy["plugins"] == ["pydantic.mypy"]
    assert mypy["overrides"] == [{"module": ["asyncpg.*"], "ignore_missing_imports": True}]


def test_a_feature_cannot_contradict_the_tools(plan_of: MakePlan) -> None:
    plan = plan_of({MEMORY: 'summary = "x"\n[tool.mypy]\nstrict = false\n'})

    with pytest.raises(CatalogError, match=r"memory/feature\.toml: tool\.mypy\.strict is False"):
        pyproject.write(plan)


def pins(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("#")]


def test_no_lock(plan_of: MakePlan) -> None:
    changes = {"base/lock.txt": "", "base/lock-dev.txt": "# nothing\n"}
    plan = plan_of(changes, database="postgresql", **NOTHING)

    assert [pins(text) for text in lock.write(plan).values()] == [[], []]


def test_one_lock(plan_of: MakePlan) -> None:
    files = lock.write(plan_of(database="postgresql"))

    runtime = ["fastapi==0.165.0", "uvicorn==0.40.0 ; python_version >= '3.11'"]
    assert pins(files["requirements.lock"]) == runtime
    assert pins(files["requirements-dev.lock"]) == sorted([*runtime, "pytest==9.2.0"])


def test_locks_are_joined(plan_of: MakePlan) -> None:
    changes = {"features/cache/memory/lock.txt": "SQLAlchemy==2.1.0\nfastapi==0.165.0\n"}
    changes["features/database/sqlite/lock.txt"] = "SQLAlchemy==2.1.0\n"

    files = lock.write(plan_of(changes))

    assert pins(files["requirements.lock"])[:2] == ["fastapi==0.165.0", "SQLAlchemy==2.1.0"]


def test_one_package_may_differ_by_marker(plan_of: MakePlan) -> None:
    both = "a==1 ; python_version < '3.12'\na==2 ; python_version >= '3.12'\n"

    files = lock.write(plan_of({"base/lock.txt": both}, database="postgresql"))

    assert pins(files["requirements.lock"]) == both.splitlines()


def test_two_versions_of_one_package_name_both_manifests(plan_of: MakePlan) -> None:
    plan = plan_of({"features/cache/memory/lock.txt": "fastapi==0.164.0\n"})

    with pytest.raises(CatalogError) as caught:
        lock.write(plan)

    assert "the pin of fastapi is given twice and differs" in caught.value.message
    assert "base/feature.toml" in caught.value.message
    assert "cache/memory/feature.toml" in caught.value.message
