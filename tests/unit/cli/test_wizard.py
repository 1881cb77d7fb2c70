"""What the wizard asks, with a terminal that answers from a list."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from apiforge.catalog.load import load_catalog
from apiforge.catalog.model import Catalog
from apiforge.cli.answers import Answers
from apiforge.cli.keys import Menu
from apiforge.cli.prompts import Option
from apiforge.cli.wizard import complete
from apiforge.project.requirements import Requirements
from tests.miniature import AXES, write_templates

EDGE = """
[edge]
question = "What stands in front?"
default = ["none"]
"""
REQUIREMENTS: dict[str, float | str] = {
    "expected_users": 10_000,
    "peak_rate": 50,
    "read_share": 0.9,
    "growth_per_year": 2.0,
    "availability": "99.9%",
}
CHOICES = {
    "database": ("sqlite",),
    "cache": ("memory",),
    "auth": ("none",),
    "deploy": ("none",),
}
THING = ("thing: name:text",)


class Script:
    """Answers in order; what is missing takes the proposal. Keeps the options it was shown."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.shown: list[dict[str, str]] = []

    def line(self, prompt: str, *, prefill: str, default: str = "") -> str:
        return (self.answers.pop(0) if self.answers else "") or default

    def pick(
        self, options: Sequence[Option], chosen: Sequence[str], *, many: bool
    ) -> tuple[str, ...]:
        self.shown.append({option.name: option.summary for option in options})
        answer = self.answers.pop(0) if self.answers else ""
        return tuple(answer.split()) or tuple(chosen)


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    """The miniature, with a value and an axis that no code has heard of."""
    changes = {
        "axes.toml": AXES + EDGE,
        "features/cache/valkey/feature.toml": 'summary = "Valkey, shared"\n',
        "features/cache/memory/feature.toml": 'summary = "Memory"\n[limits]\nreplicas = 1\n',
        "features/edge/proxy/feature.toml": 'summary = "A proxy"\n',
    }
    return load_catalog([write_templates(tmp_path / "templates", changes)])


def answers(
    *,
    choices: dict[str, tuple[str, ...]] | None = None,
    resources: tuple[str, ...] = THING,
    requirements: dict[str, float | str] | None = None,
    spec: Path | None = None,
) -> Answers:
    return Answers(
        name="shop",
        spec=spec,
        choices=CHOICES if choices is None else choices,
        resources=resources,
        requirements=REQUIREMENTS if requirements is None else requirements,
    )


def test_a_new_axis_is_asked_and_a_new_value_offered(catalog: Catalog) -> None:
    stated = {axis: values for axis, values in CHOICES.items() if axis != "cache"}
    script = Script("valkey", "proxy")

    said = complete(answers(choices=stated), catalog, script)

    assert script.shown[:2] == [
        {"memory": "Memory", "valkey": "Valkey, shared", "none": "Every answer is made anew"},
        {"proxy": "A proxy", "none": "nothing of the kind"},
    ]
    assert said.choices == {**CHOICES, "cache": ("valkey",), "edge": ("proxy",)}
    assert said.command() == (
        "apiforge new shop --database sqlite --auth none --deploy none --cache valkey --edge proxy "
        "--resource 'thing: name:text' --expected-users 10000 --peak-rate 50 --read-share 0.9 "
        "--growth 2 --availability 99.9% --yes"
    )


def test_a_new_value_is_proposed_where_it_bears_more(catalog: Catalog) -> None:
    stated = {axis: values for axis, values in CHOICES.items() if axis != "cache"}
    requirements = {**REQUIREMENTS, "availability": "99.99%"}

    said = complete(answers(choices=stated, requirements=requirements), catalog, Script())

    assert said.choices["cache"] == ("valkey",)


def test_what_a_file_states_is_not_asked(catalog: Catalog, tmp_path: Path) -> None:
    file = tmp_path / "spec.toml"
    file.write_text(
        '[choices]\ndatabase = "sqlite"\ncache = "none"\nauth = ["none"]\nedge = "none"\n'
        '[resources.thing]\nname = "text"\n'
        '[requirements]\navailability = "99%"\nrows = 7\nexpected_users = 2000\nread_share = 0.5\n'
    )
    script = Script("trial", "", "1.5")

    said = complete(answers(choices={}, resources=(), requirements={}, spec=file), catalog, script)

    assert said.requirements == {"peak_rate": 10, "growth_per_year": 1.5}
    assert said.choices == {"deploy": ("compose",)}
    assert said.specification().requirements == Requirements(
        expected_users=2000,
        peak_rate=10,
        read_share=0.5,
        rows=7,
        growth_per_year=1.5,
        availability="99%",
    )


def test_nothing_open_asks_nothing(catalog: Catalog) -> None:
    script = Script()
    given = answers(choices={**CHOICES, "edge": ("none",)})

    assert complete(given, catalog, script) is given
    assert script.shown == []


def test_resources_can_be_replaced_and_taken_away(catalog: Catalog) -> None:
    script = Script("a: x:text", "b: x:text", "-c", "-a", "b: y:text")

    said = complete(answers(choices={**CHOICES, "edge": ("none",)}, resources=()), catalog, script)

    assert said.resources == ("b: y:text",)


def test_refusing_is_an_interruption(catalog: Catalog) -> None:
    with pytest.raises(KeyboardInterrupt):
        complete(answers(), catalog, Script("none", "stop"))


@pytest.mark.parametrize(
    ("text", "share"),
    [("90%", 0.9), ("90", 0.9), ("0.9", 0.9), ("1", 1.0), ("29%", 0.29), ("0.5%", 0.005)],
)
def test_a_share_is_read_as_it_is_meant(catalog: Catalog, text: str, share: float) -> None:
    stated = {key: value for key, value in REQUIREMENTS.items() if key != "read_share"}
    given = answers(choices={**CHOICES, "edge": ("none",)}, requirements=stated)

    said = complete(given, catalog, Script("product", text))

    assert said.requirements["read_share"] == share


@pytest.mark.parametrize(
    ("text", "rate"),
    [("10,000", 10_000), ("1.5k", 1500), ("2m", 2_000_000), (".5", 0.5), ("12.50", 12.5)],
)
def test_a_number_is_read_as_people_write_it(catalog: Catalog, text: str, rate: float) -> None:
    stated = {key: value for key, value in REQUIREMENTS.items() if key != "peak_rate"}
    given = answers(choices={**CHOICES, "edge": ("none",)}, requirements=stated)

    said = complete(given, catalog, Script("product", text))

    assert said.requirements["peak_rate"] == rate


@pytest.mark.parametrize("text", ["0,5", "1,0000", "-1", "0", "nan", "many", "1e400", "k"])
def test_a_wrong_number_is_asked_again(catalog: Catalog, text: str) -> None:
    stated = {key: value for key, value in REQUIREMENTS.items() if key != "peak_rate"}
    given = answers(choices={**CHOICES, "edge": ("none",)}, requirements=stated)

    said = complete(given, catalog, Script("product", text, "70"))

    assert said.requirements["peak_rate"] == 70


def menu(*ticked: str) -> Menu:
    options = [Option(name="a"), Option(name="b"), Option(name="none", alone=True)]
    return Menu(options=options, many=True, pointer=0, ticked=list(ticked))


def test_what_stands_alone_unticks_the_others() -> None:
    shown = menu("a", "b")
    shown.move(-1)
    shown.tick()

    assert shown.answer == ("none",)


def test_another_unticks_what_stands_alone() -> None:
    shown = menu("none")
    shown.tick()

    assert shown.answer == ("a",)


def test_nothing_ticked_takes_what_is_pointed_at() -> None:
    shown = menu("a")
    shown.tick()
    shown.move(1)

    assert shown.answer == ("b",)
