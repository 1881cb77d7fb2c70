"""What we generate keeps our own rules: style, types, and its own tests with their coverage.

The same on each database is for tests/contract/test_own_tests.py to show.
"""

import pytest

from tests.generated.conftest import MakeProject
from tests.generated.making import make
from tests.generated.test_pairs import RESOURCES

CHOICES = {
    "full": ["--database", "sqlite", "--cache", "memory", "--auth", "jwt"],
    "redis": ["--database", "sqlite", "--cache", "redis", "--auth", "none"],
    "bare": [
        *("--database", "sqlite", "--cache", "none", "--auth", "none"),
        *("--monitoring", "none", "--deploy", "none"),
    ],
}


@pytest.mark.parametrize("flags", CHOICES.values(), ids=CHOICES)
def test_lint_and_own_tests_are_green(flags: list[str], make_project: MakeProject) -> None:
    resources = [word for text in RESOURCES for word in ("--resource", text)]
    project = make_project(*flags, *resources)
    make(project, "lint")
    make(project, "test")
