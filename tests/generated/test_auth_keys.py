"""`make` changes the key that a project signs with."""

import os
import subprocess

from apiforge.servers.service import FOREIGN
from tests.generated.conftest import MakeProject


def test_make_rotates_the_key_of_the_project(make_project: MakeProject) -> None:
    project = make_project("--auth", "jwt")
    shell = {name: text for name, text in os.environ.items() if name not in FOREIGN}

    def make(*words: str) -> subprocess.CompletedProcess[str]:
        command = ["make", "-s", *words]
        return subprocess.run(command, cwd=project, env=shell, capture_output=True, text=True)

    def settings() -> dict[str, str]:
        lines = (project / ".env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line and line[0] != "#")

    assert make(".env").returncode == 0
    old = settings()["JWT_SIGNING_KEY"]
    done = make("rotate-key")

    assert done.returncode == 0, done.stderr
    assert settings()["JWT_PREVIOUS_KEYS"] == old
    assert old not in done.stdout + done.stderr
    assert settings()["JWT_SIGNING_KEY"] != old
    assert "rotate-key" in make("help").stdout
    made = make("user", "EMAIL=grace@example.com", "ROLE=reader")
    assert "made the user grace@example.com" in made.stdout, made.stderr
    assert "there are: admin" in make("user", "EMAIL=grace@example.com", "ROLE=king").stderr
