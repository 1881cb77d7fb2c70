"""The description at /openapi.json is true: schemathesis, with every check, finds nothing.

`SCHEMATHESIS_SECONDS` in the environment makes each run last that long instead of a few examples.
"""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from apiforge import paths
from tests.generated.conftest import Boot, Live, MakeProject, login

RESOURCES = (
    "category: name:string(60)! parent:ref(category)?",
    "product: name:string sku:string(32)! price:decimal(10,2) share:decimal(18,18)?#"
    " stock:integer=0 size:bigint# weight:float?# released:date? seen_at:datetime?"
    " status:enum(draft|live)=draft"
    " active:boolean=true key:uuid?! email:email?# home:url?# meta:json? note:text?"
    " category:ref(category)?",
)
# Every pair of values stands in one of them.
PROJECTS = {
    "sqlite": ["--database", "sqlite", "--cache", "none", "--auth", "none"],
    "sqlite-memory-login": ["--database", "sqlite", "--cache", "memory", "--auth", "jwt"],
    "sqlite-redis": ["--database", "sqlite", "--cache", "redis", "--auth", "none"],
    "postgresql-login": ["--database", "postgresql", "--cache", "none", "--auth", "jwt"],
    "postgresql-memory": ["--database", "postgresql", "--cache", "memory", "--auth", "none"],
    "postgresql-redis-login": ["--database", "postgresql", "--cache", "redis", "--auth", "jwt"],
}
EXAMPLES = 3
CONFIGURATION = "base/files/schemathesis.toml"
DEFAULTS: dict[str, set[str | int]] = {
    "positive_data_acceptance": {"2xx", "3xx", 401, 403, 404, 409, 429, "5xx"},
    "negative_data_rejection": {400, 401, 403, 404, 405, 406, 409, 415, 422, 428, 429, "5xx"},
}


@pytest.mark.parametrize("flags", PROJECTS.values(), ids=PROJECTS)
def test_nothing_is_found(
    flags: list[str], make_project: MakeProject, boot: Boot, tmp_path: Path
) -> None:
    resources = [word for text in RESOURCES for word in ("--resource", text)]
    project = make_project(*flags, *resources)
    with boot(project) as live:
        login(live)
        schemathesis(live, project / "schemathesis.toml", "/openapi.json", tmp_path)


def test_lists_refuse_nothing_but_cursors(
    make_project: MakeProject, boot: Boot, tmp_path: Path
) -> None:
    resources = [word for text in RESOURCES for word in ("--resource", text)]
    project = make_project(*PROJECTS["sqlite"], *resources)
    with boot(project) as live:
        run_lists_without_cursors(live, project, tmp_path)


def test_the_configuration_accepts_no_more_than_it_must() -> None:
    configured = tomllib.loads((paths.templates() / CONFIGURATION).read_text())
    (lists,) = configured["operations"]

    assert set(configured) == {"checks", "operations"}
    assert set(lists) == {"include-operation-id-regex", "checks"}
    assert set(lists["checks"]) == {"positive_data_acceptance"}
    assert accepted(configured["checks"], "positive_data_acceptance") <= {412}
    assert accepted(configured["checks"], "negative_data_rejection") <= {412}
    assert accepted(lists["checks"], "positive_data_acceptance") <= {412, 422}


def accepted(checks: dict[str, dict[str, list[str | int]]], name: str) -> set[str | int]:
    """The statuses beyond those that schemathesis accepts by itself."""
    assert set(checks[name]) == {"expected-statuses"}
    return set(checks[name]["expected-statuses"]) - DEFAULTS[name]


def run_lists_without_cursors(live: Live, project: Path, directory: Path) -> None:
    """With no cursor described no 422 is accepted: all else that a list refuses is foreseen."""
    described = live.client.get("/openapi.json").json()
    for path in described["paths"].values():
        for operation in path.values():
            parameters = operation.get("parameters", [])
            operation["parameters"] = [one for one in parameters if one["name"] != "cursor"]
    strict = directory / "strict.toml"
    configured = (project / "schemathesis.toml").read_text()
    strict.write_text(configured.partition("[[operations]]")[0])
    file = directory / "openapi.json"
    file.write_text(json.dumps(described))
    lists = ("--include-operation-id-regex", "^list_", "--url", str(live.client.base_url))
    schemathesis(live, strict, str(file), directory, *lists)


def schemathesis(
    live: Live, configuration: Path, description: str, directory: Path, *options: str
) -> None:
    seconds = os.environ.get("SCHEMATHESIS_SECONDS")
    bound = ["--max-time", seconds] if seconds else ["--max-examples", str(EXAMPLES)]
    location = description if options else f"{live.client.base_url}{description}"
    token = live.client.headers.get("Authorization")
    command = [
        *(str(Path(sys.executable).with_name("schemathesis")), "--no-color"),
        *("--config-file", str(configuration), "run", location, *options, *bound),
        *("--checks", "all", "--continue-on-failure", "--warnings", "off"),
        *("--generation-database", "none"),
        *(("--header", f"Authorization: {token}") if token else ()),
    ]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    log = live.log.read_text()[-3000:]
    assert done.returncode == 0, f"{done.stdout[-12000:]}\n{done.stderr[-3000:]}\n{log}"
    assert " passed" in done.stdout
