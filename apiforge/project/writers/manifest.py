"""apiforge.toml: the specification, as `apiforge new --spec` and `apiforge loadtest` read it."""

from collections.abc import Iterator
from dataclasses import fields

from apiforge.project import toml
from apiforge.project.plan import Plan
from apiforge.project.requirements import MEANINGS
from apiforge.project.specification import FILE_NAME


def write(plan: Plan) -> dict[str, str]:
    """The one file."""
    return {FILE_NAME: "\n\n".join(_tables(plan)) + "\n"}


def _tables(plan: Plan) -> Iterator[str]:
    specification = plan.specification
    yield "\n".join(
        (
            "# What this project was made from. `apiforge loadtest` reads it, and",
            "# `apiforge new OTHER --spec apiforge.toml` makes the same again.",
            toml.document(
                {"project": {"name": specification.name, "apiforge": specification.apiforge}}
            ).rstrip(),
        )
    )
    yield toml.document({"choices": _choices(plan)}).rstrip()
    for resource in specification.resources:
        stated = {field.name: field.text for field in resource.fields}
        # A resource without fields is still a resource: its heading alone says so.
        heading = f"[resources.{toml.key(resource.name)}]"
        yield "\n".join((heading, *(toml.assignment(*pair) for pair in stated.items())))
    yield "\n".join(_requirements(plan))
    yield toml.document({"loadtest": {"targets": list(specification.targets)}}).rstrip()


def _choices(plan: Plan) -> dict[str, object]:
    choices: dict[str, object] = {}
    for axis in plan.axes:
        chosen = plan.specification.choices[axis.name]
        choices[axis.name] = list(chosen) if axis.many else chosen[0]
    return choices


def _requirements(plan: Plan) -> Iterator[str]:
    yield "[requirements]"
    requirements = plan.specification.requirements
    assignments = {
        field.name: toml.assignment(field.name, getattr(requirements, field.name))
        for field in fields(requirements)
    }
    width = max(len(assignment) for assignment in assignments.values())
    for name, assignment in assignments.items():
        meaning = MEANINGS[name]
        yield f"{assignment:{width}}  # {meaning}" if meaning else assignment
