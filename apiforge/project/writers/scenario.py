"""loadtests/: what a load test does how often, and the modules that replay it."""

from apiforge import paths
from apiforge.project import scenario
from apiforge.project.plan import Plan

_REPLAYING = (
    *("replay.py", "operation.py", "login.py", "pools.py", "rows.py"),
    *("fillers.py", "placeholders.py"),
)


def write(plan: Plan) -> dict[str, str]:
    """The scenario of the project's own resources, and our replaying modules beside it."""
    logins = [feature.login for feature in plan.features if feature.login is not None]
    text = scenario.scenario(
        plan.specification.resources,
        read_share=plan.specification.requirements.read_share,
        login=logins[0] if logins else None,
    )
    replaying = {f"loadtests/{name}": _ours(name) for name in _REPLAYING}
    return {"loadtests/scenario.toml": text, **replaying}


def _ours(name: str) -> str:
    return (paths.loadtests() / name).read_text(encoding="utf-8")
