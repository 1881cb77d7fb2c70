""".env.example, which is committed, and the text of .env, which holds the secrets and is not."""

import re
from collections.abc import Callable, Iterator

from apiforge.catalog.model import Feature
from apiforge.project.plan import Plan
from apiforge.project.writers.union import union

_HEADING = """\
# Settings of this service. `make run` makes .env from this file where there is none,
# and fills every empty value, which is a secret, with a random one.
"""
_PLAIN = re.compile(r"[^\s\"'#$\\`]+")


def write(plan: Plan) -> dict[str, str]:
    """The file without secrets."""
    return {".env.example": environment(plan, lambda: "")}


def environment(plan: Plan, make_secret: Callable[[], str]) -> str:
    """Every setting by feature; each secret gets a value from `make_secret`."""
    settings = union(plan.features, lambda it: it.environment, what="the setting")
    secrets = union(plan.features, lambda it: it.secrets, what="the secret")
    blocks = [_HEADING]
    for feature in plan.features:
        lines = [
            *_assignments(feature, settings),
            *_secrets(feature, secrets, make_secret),
        ]
        if lines:
            blocks.append("\n".join((f"# {feature.summary}", *lines)) + "\n")
    return "\n".join(blocks)


def _assignments(feature: Feature, left: dict[str, str]) -> Iterator[str]:
    for name in feature.environment:
        if name in left:
            yield f"{name}={_quoted(left.pop(name))}"


def _secrets(
    feature: Feature, left: dict[str, str], make_secret: Callable[[], str]
) -> Iterator[str]:
    for name in feature.secrets:
        if name in left:
            yield f"# Secret: {left.pop(name)}"
            yield f"{name}={make_secret()}"


def _quoted(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else f"'{value}'"
