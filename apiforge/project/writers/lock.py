"""requirements.lock and requirements-dev.lock: the union of the features' tested closures."""

from collections.abc import Iterable
from pathlib import Path

from apiforge.catalog.model import Feature
from apiforge.project.plan import Plan
from apiforge.project.writers.pyproject import package_of
from apiforge.project.writers.union import union

_HEADING = """\
# {what}, in the versions this project was tested with.
# Ranges are in pyproject.toml. Install with: pip install -r {name}
"""


def write(plan: Plan) -> dict[str, str]:
    """One file to run the project, and one to work on it."""
    runtime = pins(plan.features, ("lock.txt",))
    dev = pins(plan.features, ("lock.txt", "lock-dev.txt"))
    return {
        "requirements.lock": _text("requirements.lock", "What the service needs", runtime),
        "requirements-dev.lock": _text(
            "requirements-dev.lock", "What working on the service needs", dev
        ),
    }


def pins(features: Iterable[Feature], files: Iterable[str]) -> list[str]:
    """Every pin of these lock files once, sorted by package; two versions are an error."""
    names = tuple(files)
    joined = union(
        features,
        lambda feature: dict(pin for name in names for pin in _stated(feature.folder / name)),
        what="the pin of",
    )
    return [joined[package] for package in sorted(joined)]


def _stated(file: Path) -> Iterable[tuple[str, str]]:
    if not file.is_file():
        return
    for line in file.read_text(encoding="utf-8").splitlines():
        pin = line.strip()
        if pin and not pin.startswith("#"):
            # One package may be pinned once for each marker.
            package, _, marker = pin.partition(";")
            yield f"{package_of(package)} {marker.strip()}".strip(), pin


def _text(name: str, what: str, stated: list[str]) -> str:
    return _HEADING.format(what=what, name=name) + "".join(f"{pin}\n" for pin in stated)
