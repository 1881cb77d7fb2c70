"""What a project on each database brings to show that it is right: style, types, its own tests.

How much of it these cover, tests/generated/test_quality.py shows; and all of this without a server.
"""

from contextlib import ExitStack
from pathlib import Path

import pytest

from apiforge.servers.directory import throw_away_directory
from apiforge.servers.environment import start_servers
from tests.contract.databases import catalog
from tests.generated.conftest import new_project
from tests.generated.environments import share_environment
from tests.generated.making import make


@pytest.mark.on_server
def test_lint_and_own_tests_are_green(database: str, tmp_path: Path) -> None:
    project = new_project(tmp_path, "--database", database, "--cache", "none")
    share_environment(project)
    features = [it for it in catalog().axis("database").features if it.value == database]
    make(project, "lint")
    with throw_away_directory() as directory, ExitStack() as running:
        addresses = start_servers(features, directory, running)
        make(project, "test", PYTEST_ADDOPTS="--no-cov", **addresses)
