"""Asks for what the flags of `apiforge new` left open: requirements, choices, resources."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from apiforge.catalog.document import Document
from apiforge.catalog.model import NONE, Axis, Catalog
from apiforge.cli.answers import Answers
from apiforge.cli.console import show_error
from apiforge.cli.prompts import (
    BOLD,
    YELLOW,
    Option,
    Terminal,
    choose,
    choose_one,
    in_columns,
    show,
)
from apiforge.cli.requirement_questions import (
    ORDER,
    ask_goal,
    ask_requirement,
    described,
    label,
)
from apiforge.cli.resource_questions import ask_resources
from apiforge.errors import UsageError
from apiforge.project.plan import Plan, make_plan
from apiforge.project.proposals import (
    GOALS,
    Goal,
    contradictions,
    propose,
    usual_requirements,
)
from apiforge.project.requirements import Requirements

MAKE, CHANGE, STOP = "make it", "change", "stop"

Ask: TypeAlias = Callable[[], Answers]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A question that the flags left open: what it is about, and how it is asked."""

    label: str
    about: str
    ask: Ask


def complete(answers: Answers, catalog: Catalog, terminal: Terminal) -> Answers:
    """The same answers with all that was open asked for, and agreed to.

    KeyboardInterrupt where it is not.
    """
    wizard = Wizard(answers=answers, catalog=catalog, terminal=terminal)
    steps = wizard.open_steps()
    if not steps:
        return answers
    show(f"{answers.name}: Enter takes what is proposed, Ctrl-C leaves and writes nothing.")
    if any(step.label in map(label, ORDER) for step in steps):
        show()
        wizard.goal = ask_goal(terminal, wizard.goal)
    for step in steps:
        show()
        wizard.answers = step.ask()
    return wizard.agreed(steps)


@dataclass(slots=True, kw_only=True)
class Wizard:
    """The answers so far, and what is asked about them."""

    answers: Answers
    catalog: Catalog
    terminal: Terminal
    goal: Goal = GOALS[0]

    def open_steps(self) -> list[Step]:
        """What neither a flag nor the file has said, in the order in which it is asked."""
        stated = self.answers.specification()
        steps = [
            Step(label=label(key), about="a requirement", ask=partial(self._requirement, key))
            for key in ORDER
            if key not in self.answers.requirements and key not in self._requirements_in_file()
        ]
        for axis in self.catalog.axes:
            if axis.name not in stated.choices:
                ask = partial(self._choice, axis)
                steps.append(Step(label=axis.name, about=axis.question, ask=ask))
        if not stated.resources:
            steps.append(Step(label="resources", about="what it serves", ask=self._resources))
        return steps

    def agreed(self, steps: Sequence[Step]) -> Answers:
        """Once the summary of the answers finds consent."""
        while True:
            answer = self._ask_for_consent()
            if answer == STOP:
                raise KeyboardInterrupt
            if answer == MAKE:
                return self.answers
            options = [Option(name=step.label, summary=step.about) for step in steps]
            name = choose_one(self.terminal, "Change what?", options, chosen=steps[0].label)
            show()
            self.answers = next(step for step in steps if step.label == name).ask()

    def _ask_for_consent(self) -> str:
        options = [
            Option(name=MAKE),
            Option(name=CHANGE, summary="an answer"),
            Option(name=STOP, summary="and write nothing"),
        ]
        show()
        try:
            self._show_summary(make_plan(self.answers.specification(), self.catalog))
        except UsageError as error:
            show_error(error)
            options.pop(0)
        return choose_one(self.terminal, "Is it right?", options, chosen=options[0].name)

    def _show_summary(self, plan: Plan) -> None:
        specification = plan.specification
        requirements = specification.requirements
        rows = {label(key): described(key, getattr(requirements, key)) for key in ORDER}
        rows |= {axis: ", ".join(values) for axis, values in specification.choices.items()}
        rows["resources"] = ", ".join(resource.name for resource in specification.resources)
        rows["into"] = str(self.answers.place)
        show(specification.name, style=BOLD)
        table = [Option(name=name, summary=value) for name, value in rows.items()]
        for lines in in_columns(table, indent=2):
            print("  " + "\n".join(lines), file=sys.stderr)
        for warning in contradictions(plan.axes, specification.choices, requirements):
            show(f"warning: {warning}", hanging="  ", style=YELLOW)
        show()

    def _requirements_in_file(self) -> set[str]:
        if self.answers.spec is None:
            return set()
        document = Document.read(self.answers.spec, error=UsageError)
        return set(document.table("requirements").values)

    def _requirement(self, key: str) -> Answers:
        said = self.answers.requirements
        people = self.answers.specification().requirements.expected_users
        knows_people = "expected_users" in {*said, *self._requirements_in_file()}
        usual = usual_requirements(self.goal, expected_users=people if knows_people else None)
        if key in said:
            usual = self._requirements()
        value = ask_requirement(self.terminal, key, usual)
        return replace(self.answers, requirements={**said, key: value})

    def _requirements(self) -> Requirements:
        return self.answers.specification().requirements

    def _choice(self, axis: Axis) -> Answers:
        proposal = propose(axis, self._requirements())
        values = choose(
            self.terminal,
            axis.question,
            [
                Option(name=value, summary=axis.summary(value), alone=value == NONE)
                for value in axis.values
            ],
            chosen=proposal.values,
            reason=proposal.reason,
            many=axis.many,
            check=axis.choose,
        )
        return replace(self.answers, choices={**self.answers.choices, axis.name: values})

    def _resources(self) -> Answers:
        texts = ask_resources(self.terminal, self.answers.resources)
        return replace(self.answers, resources=texts)
