"""What builds, runs and checks a generated project elsewhere passes the tools for such files."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.generated.conftest import MakeProject

Script = Callable[[Path], list[str]]
TOOLS = Path(sys.executable).parent
CHOICES = {
    "sqlite": ["--database", "sqlite", "--cache", "memory", "--auth", "jwt"],
    "postgresql": ["--database", "postgresql", "--cache", "none", "--auth", "none"],
}
BUILTIN = {
    "compose.yaml": "vendor.compose-spec",
    ".github/workflows/ci.yml": "vendor.github-workflows",
    ".github/workflows/load-test.yml": "vendor.github-workflows",
    ".gitlab-ci.yml": "vendor.gitlab-ci",
    "renovate.json": "vendor.renovate",
}


@pytest.fixture(params=CHOICES.values(), ids=CHOICES)
def project(request: pytest.FixtureRequest, make_project: MakeProject) -> Path:
    return make_project(*request.param)


def tool(project: Path, *command: str) -> None:
    done = subprocess.run(
        [str(TOOLS / command[0]), *command[1:]],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def compose(project: Path) -> Any:
    return yaml.safe_load((project / "compose.yaml").read_text())


def test_image_has_no_lint_and_no_misconfiguration(project: Path) -> None:
    tool(project, "hadolint", "--failure-threshold", "info", "Dockerfile")
    tool(project, "trivy", "config", "--quiet", "--skip-check-update", "--exit-code", "1", ".")


@pytest.mark.parametrize("file", BUILTIN)
def test_files_fit_their_schemas(project: Path, file: str) -> None:
    tool(project, "check-jsonschema", "--builtin-schema", BUILTIN[file], file)


def test_workflow_is_safe(project: Path) -> None:
    tool(project, "zizmor", "--offline", "--no-progress", ".github")


def test_image_starts_as_nobody_and_hears_sigterm(project: Path) -> None:
    lines = (project / "Dockerfile").read_text().splitlines()

    assert re.search(r":\d+\.\d+\.\d+-", next(it for it in lines if it.startswith("ARG PYTHON")))
    assert [it for it in lines if it.startswith("USER")] == ["USER 10001:10001"]
    assert 'CMD ["python", "-m", "app", "serve"]' in lines
    assert any(it.startswith("HEALTHCHECK") for it in lines)


def test_little_gets_into_the_image(project: Path) -> None:
    """No secret and no data: everything is left out but what is named."""
    lines = (project / ".dockerignore").read_text().split()
    copied = [
        word
        for line in (project / "Dockerfile").read_text().splitlines()
        if line.startswith("COPY") and "--from" not in line
        for word in line.split()[1:-1]
    ]

    assert lines[0] == "*"
    assert {word.removeprefix("./") for word in copied} <= {it[1:] for it in lines if it[0] == "!"}
    assert ".env" not in copied


def test_every_container_is_limited_and_watched(project: Path) -> None:
    services = compose(project)["services"]
    service = services["app"]

    for container in services.values():
        limits = container["deploy"]["resources"]["limits"]
        assert set(limits) == {"cpus", "memory"}
    for name in ("app", "migrate"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
    assert all("healthcheck" in services[name] for name in services if name != "migrate")
    assert service["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert int(service["stop_grace_period"].removesuffix("s")) > 5 + 20


def test_workflow_starts_the_servers_that_the_tests_need(project: Path) -> None:
    job = yaml.safe_load((project / ".github/workflows/ci.yml").read_text())["jobs"]["test"]
    beside = {name for name in compose(project)["services"] if name not in ("app", "migrate")}

    assert set(job.get("services", {})) == beside
    assert [step["run"] for step in job["steps"] if "run" in step][-2:] == [
        "make lint",
        "make test",
    ]


def github_script(project: Path) -> list[str]:
    workflow = yaml.safe_load((project / ".github/workflows/load-test.yml").read_text())
    steps = workflow["jobs"]["load-test"]["steps"]
    return [step["run"] for step in steps if "run" in step]


def gitlab_script(project: Path) -> list[str]:
    job = yaml.safe_load((project / ".gitlab-ci.yml").read_text())["load-test"]
    return list(job["script"])


@pytest.mark.parametrize("script", [github_script, gitlab_script])
def test_load_test_of_a_pipeline_is_a_command_that_there_is(
    make_project: MakeProject, tmp_path: Path, script: Script
) -> None:
    """What it installs is a variable; nothing answers here, which is another thing than a usage
    error, and is only found out once all options are understood."""
    install, *commands = script(make_project(*CHOICES["sqlite"]))
    shell = " && ".join(commands).replace("loadtest .", "loadtest --url http://127.0.0.1:9")

    done = subprocess.run(
        ["sh", "-c", shell],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{TOOLS}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert install == 'python -m pip install --quiet "$APIFORGE_PACKAGE"'
    assert done.returncode == 5, done.stderr


def test_documents_are_linked_and_there(project: Path) -> None:
    readme = (project / "README.md").read_text()
    linked = re.findall(r"\]\((docs/[^)]+)\)", readme)

    assert {Path(link).stem for link in linked} >= {"architecture", "development", "operations"}
    for link in linked:
        assert (project / link).is_file(), link
    for document in (project / "docs").glob("*.md"):
        for name in re.findall(r"`docs/(\w+\.md)`", document.read_text()):
            assert (project / "docs" / name).is_file() or name == "metrics.md", name
