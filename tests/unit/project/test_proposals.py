"""What is proposed for which requirements, and what is warned of."""

import pytest

from apiforge import paths
from apiforge.catalog.load import load_catalog
from apiforge.catalog.model import Axis, Catalog, Feature, Limits
from apiforge.project.proposals import (
    GOALS,
    Proposal,
    contradictions,
    needs_of,
    number,
    outage,
    propose,
    usual_requirements,
)
from apiforge.project.requirements import Requirements

ONE_REPLICA = Limits(replicas=1)
ONE_MACHINE = Limits(machines=1)
A_FILE = Limits(replicas=1, writes_per_second=500)
NO_LIMITS = Limits()

SMALL = Requirements()
FAST = Requirements(peak_rate=600)
STEADY = Requirements(availability="99.99%")
WRITING = Requirements(peak_rate=225, read_share=0, growth_per_year=2.0)
WRITING_MUCH = Requirements(peak_rate=260, read_share=0, growth_per_year=2.0)


def axis(name: str, many: bool = False, none: bool = True, **values: Limits) -> Axis:
    """An axis whose first value is the default."""
    features = tuple(
        Feature(name=f"{name}/{value}", folder=paths.templates(), summary=value, limits=limits)
        for value, limits in values.items()
    )
    default = (next(iter(values)),)
    return Axis(name=name, question="?", default=default, many=many, none=none, features=features)


DATABASE = axis("database", none=False, sqlite=A_FILE, postgresql=NO_LIMITS, oracle=NO_LIMITS)
CACHE = axis("cache", memory=ONE_REPLICA, redis=NO_LIMITS)
MEMORY_ONLY = axis("cache", memory=ONE_REPLICA)
DEPLOY = axis("deploy", many=True, compose=ONE_MACHINE, kubernetes=NO_LIMITS)
COMPOSE_ONLY = axis("deploy", many=True, compose=ONE_MACHINE)
UNHEARD_OF = axis("edge", nginx=NO_LIMITS)


@pytest.mark.parametrize(
    ("requirements", "replicas", "machines", "writes"),
    [
        pytest.param(SMALL, 1, 1, 10, id="defaults"),
        pytest.param(Requirements(peak_rate=250), 1, 1, 50, id="just one replica"),
        pytest.param(Requirements(peak_rate=251), 2, 1, 50.2, id="just two"),
        pytest.param(STEADY, 2, 2, 10, id="availability"),
        pytest.param(Requirements(peak_rate=600, availability="99.95%"), 3, 2, 120, id="both"),
        pytest.param(Requirements(growth_per_year=0.5), 1, 1, 5, id="shrinking is not trusted"),
        pytest.param(Requirements(read_share=1), 1, 1, 0, id="only reads"),
    ],
)
def test_needs_come_from_a_year_ahead(
    requirements: Requirements, replicas: int, machines: int, writes: float
) -> None:
    needs = needs_of(requirements)

    assert (needs.replicas, needs.machines, needs.writes) == (replicas, machines, writes)


@pytest.mark.parametrize(
    ("asked", "requirements", "values", "reason"),
    [
        pytest.param(
            DATABASE, SMALL, ["sqlite"], "bears 100 requests/s, 10 of them writes", id="small"
        ),
        pytest.param(
            DATABASE,
            FAST,
            ["postgresql"],
            "sqlite serves 1 replica; 1,200 requests/s, a year from now, need 3",
            id="fast",
        ),
        pytest.param(
            DATABASE,
            STEADY,
            ["postgresql"],
            "sqlite serves 1 replica; 99.99% needs 2, on different machines",
            id="steady",
        ),
        pytest.param(
            DATABASE, WRITING, ["sqlite"], "bears 450 requests/s, 450 of them writes", id="writes"
        ),
        pytest.param(CACHE, SMALL, ["memory"], "with 1 replica nothing need be shared", id="cache"),
        pytest.param(
            CACHE,
            FAST,
            ["redis"],
            "memory serves 1 replica; 1,200 requests/s, a year from now, need 3",
            id="shared cache",
        ),
        pytest.param(
            MEMORY_ONLY,
            STEADY,
            ["none"],
            "memory serves 1 replica; 99.99% needs 2, on different machines",
            id="no shared cache exists",
        ),
        pytest.param(
            DEPLOY, SMALL, ["compose"], "99.9% can be kept on 1 machine", id="one machine"
        ),
        pytest.param(
            DEPLOY,
            STEADY,
            ["kubernetes"],
            "compose runs on 1 machine; 99.99% needs 2",
            id="machines",
        ),
        pytest.param(
            COMPOSE_ONLY,
            STEADY,
            ["compose"],
            "nothing here bears more, but compose runs on 1 machine; 99.99% needs 2",
            id="nothing better exists",
        ),
        pytest.param(
            UNHEARD_OF,
            FAST,
            ["nginx"],
            "the usual choice; nothing you asked for speaks against it",
            id="an axis without a reason of its own",
        ),
    ],
)
def test_a_proposal_bears_the_requirements(
    asked: Axis, requirements: Requirements, values: list[str], reason: str
) -> None:
    assert propose(asked, requirements) == Proposal(values=tuple(values), reason=reason)


@pytest.mark.parametrize(
    ("asked", "chosen", "requirements", "warnings"),
    [
        pytest.param(DATABASE, "sqlite", SMALL, [], id="none"),
        pytest.param(DATABASE, "postgresql", FAST, [], id="borne"),
        pytest.param(CACHE, "none", FAST, [], id="doing without"),
        pytest.param(
            DATABASE,
            "sqlite",
            WRITING_MUCH,
            [
                "database: sqlite serves 1 replica; 520 requests/s, a year from now, need 2; "
                "postgresql bears it",
                "database: sqlite bears about 500 writes/s; a year from now 520 come; "
                "postgresql bears it",
            ],
            id="sqlite cannot write so much",
        ),
        pytest.param(
            CACHE,
            "memory",
            STEADY,
            [
                "cache: memory serves 1 replica; 99.99% needs 2, on different machines; "
                "redis bears it"
            ],
            id="memory is not shared",
        ),
        pytest.param(
            MEMORY_ONLY,
            "memory",
            FAST,
            ["cache: memory serves 1 replica; 1,200 requests/s, a year from now, need 3"],
            id="nothing to advise",
        ),
        pytest.param(
            UNHEARD_OF,
            "nginx",
            Requirements(expected_users=1, peak_rate=12),
            ["12 requests/s from 1 person are 12 each"],
            id="a busy person",
        ),
        pytest.param(
            UNHEARD_OF,
            "nginx",
            Requirements(availability="100%"),
            ["availability: nothing is there 100% of the time; 99.99% is already hard"],
            id="always",
        ),
    ],
)
def test_contradictions_are_named(
    asked: Axis, chosen: str, requirements: Requirements, warnings: list[str]
) -> None:
    assert contradictions([asked], {asked.name: (chosen,)}, requirements) == tuple(warnings)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog([paths.templates()])


def test_our_defaults_contradict_nothing(catalog: Catalog) -> None:
    assert contradictions(catalog.axes, catalog.choose({}), Requirements()) == ()


@pytest.mark.parametrize("name", ["database", "cache"])
def test_our_manifests_say_what_is_not_shared(catalog: Catalog, name: str) -> None:
    asked = catalog.axis(name)

    (warning,) = contradictions([asked], {name: asked.default}, FAST)

    assert warning.startswith(f"{name}: {asked.default[0]} serves 1 replica; ")
    assert propose(asked, FAST).values != asked.default


def test_the_first_goal_comes_with_the_defaults() -> None:
    assert usual_requirements(GOALS[0]) == Requirements()


@pytest.mark.parametrize(
    ("people", "rate"), [pytest.param(3, 1, id="few"), pytest.param(40_000, 200, id="many")]
)
def test_people_make_a_rate(people: int, rate: int) -> None:
    usual = usual_requirements(GOALS[0], expected_users=people)

    assert (usual.expected_users, usual.peak_rate) == (people, rate)


@pytest.mark.parametrize(
    ("availability", "text"),
    [
        ("99%", "7 hours a month"),
        ("99.9%", "44 minutes a month"),
        ("99.999%", "26 seconds a month"),
    ],
)
def test_an_outage_is_told_in_time(availability: str, text: str) -> None:
    assert outage(availability) == text


@pytest.mark.parametrize(
    ("value", "text"), [(1200.0, "1,200"), (100.0, "100"), (0.5, "0.5"), (33.333, "33.33")]
)
def test_numbers_are_written_for_people(value: float, text: str) -> None:
    assert number(value) == text
