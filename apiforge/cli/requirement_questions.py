"""What an API is for, asked in numbers that people know."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from apiforge.cli.prompts import Option, Terminal, ask, choose_one
from apiforge.errors import UsageError
from apiforge.project import requirements
from apiforge.project.proposals import GOALS, Goal, outage
from apiforge.project.requirements import Requirements

_LEVELS = ("99%", "99.5%", "99.9%", "99.95%", "99.99%")
_ANOTHER = "another"
_THOUSANDS = {"": 1, "k": 1_000, "m": 1_000_000}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """How one requirement is asked for; `shown` is how its value looks in an answer."""

    label: str
    text: str
    shown: Callable[[float], str]
    read: Callable[[str], float]


def ask_goal(terminal: Terminal, default: Goal) -> Goal:
    """What usually comes with it is proposed in the questions that follow."""
    options = [Option(name=goal.name, summary=goal.summary) for goal in GOALS]
    name = choose_one(terminal, "What is it for?", options, chosen=default.name)
    return next(goal for goal in GOALS if goal.name == name)


def ask_requirement(terminal: Terminal, key: str, usual: Requirements) -> float | str:
    """One of them, checked as its flag is; `usual` has its default."""
    if key == "availability":
        return _ask_availability(terminal, usual.availability)
    question = QUESTIONS[key]
    default = question.shown(getattr(usual, key))

    def check(text: str) -> float:
        checked: float = requirements.check(key, question.read(text))
        return checked

    return ask(terminal, question.text, default=default, check=check)


def described(key: str, value: float | str) -> str:
    """A requirement as the summary shows it."""
    return value if isinstance(value, str) else QUESTIONS[key].shown(value)


def label(key: str) -> str:
    """What a requirement is called beside its value."""
    return QUESTIONS[key].label if key in QUESTIONS else key


def _ask_availability(terminal: Terminal, default: str) -> str:
    levels = sorted({*_LEVELS, default}, key=lambda it: float(it.rstrip("%")))
    options = [Option(name=it, summary=f"at most {outage(it)} away") for it in levels]
    chosen = choose_one(
        terminal,
        "How much of the time must it be there?",
        [*options, Option(name=_ANOTHER, summary="a percentage of your own")],
        chosen=default,
    )
    if chosen != _ANOTHER:
        return chosen

    def check(text: str) -> str:
        percentage: str = requirements.check("availability", text)
        return percentage

    return ask(terminal, "Which percentage of the time?", default=default, check=check)


def _read_number(text: str) -> float:
    match = re.fullmatch(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(\.[0-9]+)?([km]?)", text.lower())
    if match is None or not (match[1] or match[2]):
        raise UsageError(f"{text!r} is no number", hint="write it as in 250, 0.5, 10,000 or 10k")
    value = float(match[1].replace(",", "") + (match[2] or "")) * _THOUSANDS[match[3]]
    return int(value) if value.is_integer() else value


def _read_share(text: str) -> float:
    """A percentage if it has the sign or cannot be a share: 90 is 90%, 0.9 too, and 1 is all."""
    value = _read_number(text.removesuffix("%").strip())
    return value / 100 if text.endswith("%") or value > 1 else value


def _read_times(text: str) -> float:
    return _read_number(text.removesuffix("x").strip())


def _exact(value: float) -> str:
    """Not rounded for the eye, because it is read again as an answer."""
    return f"{value:,}".removesuffix(".0")


QUESTIONS: Mapping[str, Question] = {
    "expected_users": Question(
        label="people", text="How many people will use it?", shown=_exact, read=_read_number
    ),
    "peak_rate": Question(
        label="requests/s",
        text="How many requests per second at the peak?",
        shown=_exact,
        read=_read_number,
    ),
    "read_share": Question(
        label="reads",
        text="How many of the requests only read?",
        shown=lambda value: f"{_exact(round(value * 100, 10))}%",
        read=_read_share,
    ),
    "growth_per_year": Question(
        label="growth",
        text="How many times as much load a year from now?",
        shown=lambda value: f"{_exact(value)}x",
        read=_read_times,
    ),
}
ORDER = (*QUESTIONS, "availability")
