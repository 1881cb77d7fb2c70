"""A miniature catalogue, and plans made from it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from apiforge.catalog.load import load_catalog
from apiforge.project.plan import Plan, make_plan
from apiforge.project.resources import parse_resource
from apiforge.project.specification import Specification
from tests.miniature import write_templates

MakePlan = Callable[..., Plan]


@pytest.fixture
def plan_of(tmp_path: Path) -> MakePlan:
    """A plan for these choices; `changes` are to the miniature templates."""

    def make(
        changes: dict[str, str] | None = None,
        *,
        name: str = "shop",
        texts: tuple[str, ...] = (),
        **choices: str,
    ) -> Plan:
        root = write_templates(tmp_path / "templates", changes)
        specification = Specification(
            name=name,
            apiforge="1.2.3",
            choices={axis: tuple(value.split()) for axis, value in choices.items()},
            resources=tuple(parse_resource(text) for text in texts),
        )
        return make_plan(specification, load_catalog([root]))

    return make
