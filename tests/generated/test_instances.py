"""What tests start is gone with them, however they end."""

import os
import subprocess
import sys
from pathlib import Path

from apiforge.servers.ports import LOOPBACK
from tests.fake_project import make_project
from tests.servers.processes import eventually, is_alive

ROOT = Path(__file__).parents[2]
TESTS = """
import os, sys, time
from pathlib import Path
from tests.generated.instances import Site
project = Path(sys.argv[1])
with Site(project=project, directory=project, environment=os.environ).instance() as instance:
    print(instance.process.pid, flush=True)
    time.sleep(600)
"""


def test_instance_ends_when_its_tests_are_killed(tmp_path: Path) -> None:
    project = make_project(tmp_path / "fake").folder
    (project / ".venv" / "bin").mkdir(parents=True)
    (project / ".venv" / "bin" / "python").symlink_to(sys.executable)
    own = {"HOST": LOOPBACK, "DATABASE_URL": "sqlite:///fake.db"}
    user = {"LOAD_USER_EMAIL": "load@example.com", "LOAD_USER_PASSWORD": "secret"}
    with subprocess.Popen(
        [sys.executable, "-c", TESTS, str(project)],
        cwd=ROOT,
        env={**os.environ, **own, **user},
        stdout=subprocess.PIPE,
        text=True,
    ) as tests:
        assert tests.stdout is not None
        pid = int(tests.stdout.readline())
        assert is_alive(pid)
        tests.kill()

    assert eventually(lambda: not is_alive(pid))
