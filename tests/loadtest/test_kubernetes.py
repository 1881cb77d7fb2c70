"""The Jobs of docs/kubernetes are what Kubernetes takes, and what its hardening guides ask for."""

import subprocess
import sys
from pathlib import Path

PROGRAMS = Path(sys.executable).parent
MANIFEST = Path(__file__).parents[2] / "docs/kubernetes/loadtest.yaml"


def test_manifest_is_valid() -> None:
    command = [str(PROGRAMS / "kubernetes-validate"), "--strict", str(MANIFEST)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_manifest_passes_the_scanner() -> None:
    command = [str(PROGRAMS / "trivy"), "config", "--quiet", "--skip-check-update"]
    severities = ["--severity", "MEDIUM,HIGH,CRITICAL", "--exit-code", "1"]
    done = subprocess.run(
        [*command, *severities, str(MANIFEST.parent)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
