""".github/workflows/ci.yml: lint and tests on every change, with the servers that they need."""

import re
from collections.abc import Mapping

from apiforge.catalog.model import Service
from apiforge.project import yaml
from apiforge.project.plan import Plan
from apiforge.project.writers.union import union

_SECRET = re.compile(r"\$\{(\w+)\}")
_MADE_UP = "only-for-these-tests"
_HEAD = """\
# The same targets as on a laptop: make lint test.
name: CI
on:
  push:
    branches: [main]
  pull_request:
permissions:
  contents: read
concurrency:
  group: ${{ github.workflow }}-${{ github.ref }}
  cancel-in-progress: true
jobs:
  test:
    runs-on: ubuntu-24.04
    timeout-minutes: 20
    # In a container the servers beside it have the names that they have in compose.yaml.
    container: python:3.13-bookworm
"""
_STEPS = """\
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
        with:
          persist-credentials: false
      - run: make install
      - run: make lint
      - run: make test
"""


def write(plan: Plan) -> dict[str, str]:
    """The one file."""
    job = _job(plan)
    text = yaml.document(job) if job else ""
    indented = "".join(f"    {line}\n" for line in text.splitlines())
    return {".github/workflows/ci.yml": _HEAD + indented + _STEPS}


def _job(plan: Plan) -> dict[str, object]:
    services = union(plan.features, lambda it: {s.name: s for s in it.services}, what="the service")
    if not services:
        return {}
    environment = union(plan.features, lambda it: it.container.environment, what="the setting")
    stated = [text for service in services.values() for text in service.environment.values()]
    secrets = [name for text in stated for name in _SECRET.findall(text)]
    return {
        "env": {**environment, **dict.fromkeys(secrets, _MADE_UP)},
        "services": {name: _service(service) for name, service in services.items()},
    }


def _service(service: Service) -> dict[str, object]:
    environment = {name: _SECRET.sub(_MADE_UP, text) for name, text in service.environment.items()}
    content: dict[str, object] = {"image": service.image}
    if environment:
        content["env"] = environment
    if service.healthcheck:
        content["options"] = _options(service.healthcheck)
    return content


def _options(healthcheck: Mapping[str, object]) -> str:
    """Docker's own options: `["CMD-SHELL", "pg_isready"]` → `--health-cmd "pg_isready" …`."""
    test = healthcheck.get("test")
    words = [str(word) for word in test][1:] if isinstance(test, list | tuple) else [str(test)]
    command = " ".join(words).replace('"', '\\"')
    probing = "--health-interval 5s --health-timeout 5s --health-retries 12"
    return f'--health-cmd "{command}" {probing}'
