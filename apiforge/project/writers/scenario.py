"""loadtests/: what a load test does how often, and the module that replays it."""

from apiforge import paths
from apiforge.project import scenario
from apiforge.project.plan import Plan


def write(plan: Plan) -> dict[str, str]:
    """The scenario of the project's own resources, and our replaying module beside it."""
    logins = [feature.login for feature in plan.features if feature.login is not None]
    text = scenario.scenario(
        plan.specification.resources,
        read_share=plan.specification.requirements.read_share,
        login=logins[0] if logins else None,
    )
    replay = (paths.loadtests() / "replay.py").read_text(encoding="utf-8")
    return {"loadtests/scenario.toml": text, "loadtests/replay.py": replay}
