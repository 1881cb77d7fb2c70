"""`--against`: a project beside a commit of its own, both started for every round."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fake_project import FakeProject, make_project
from tests.loadtest.agreement import REPORTS, forms_agree
from tests.result_schema import follows_schema

GIT = ("git", "-c", "user.name=x", "-c", "user.email=x@example.com")
LOAD = ("--rate", "50", "--duration", "1s", "--warmup", "0s", "--target", "p50<60s")


@pytest.fixture
def project(tmp_path: Path) -> FakeProject:
    """Committed when it was slow, and made faster since."""
    made = make_project(tmp_path / "fake")
    application = made.folder / "app" / "__main__.py"
    quick = application.read_text()
    application.write_text(quick.replace("def do_GET(self):", "def do_GET(self):\n        wait()"))
    with application.open("a") as file:
        file.write("\n")
    slow = "import time\n\n\ndef wait():\n    time.sleep(0.03)\n\n" + application.read_text()
    application.write_text(slow)
    for command in (("init", "-q"), ("add", "."), ("commit", "-qm", "slow")):
        subprocess.run([*GIT, *command], cwd=made.folder, check=True)
    application.write_text(quick)
    return made


def test_both_sides_run_in_turned_rounds(project: FakeProject) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "apiforge", "loadtest", *LOAD),
            *("--against", "HEAD", "--repeat", "2", *REPORTS),
        ],
        cwd=project.folder,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    result = forms_agree(project.folder)
    assert follows_schema(result)
    found = result["baseline"]
    assert found["answer"] == "too few rounds"
    assert f"Too few rounds, compared with {found['run']}" in done.stdout
    assert len(found["rounds"]) == 2
    assert all(one["baseline"]["p50"] > 30 > one["observed"]["p50"] for one in found["rounds"])
    told = [line for line in done.stderr.splitlines() if line.startswith("round ")]
    assert told[:4] == [
        "round 1 of 2: fake",
        f"round 1 of 2: {found['run']}",
        f"round 2 of 2: {found['run']}",
        "round 2 of 2: fake",
    ]
    trees = subprocess.check_output(["git", "worktree", "list"], cwd=project.folder, text=True)
    assert len(trees.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--repeat", "5"), "--repeat needs --against"),
        (("--against", "nothing"), "neither a project's folder nor a commit"),
        (("--against", "HEAD", "--url", "http://127.0.0.1:9"), "cannot be used with --url"),
        (("--against", "HEAD", "--profile", "breakpoint"), "cannot be used with --profile"),
        (("--against", "HEAD", "--baseline", "latest"), "cannot be used with --against"),
    ],
)
def test_impossible_rounds_are_refused(
    project: FakeProject, arguments: tuple[str, ...], told: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "apiforge", "loadtest", ".", *arguments],
        cwd=project.folder,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2, done.stderr
    assert told in done.stderr
    assert not (project.folder / "seeded").exists()
