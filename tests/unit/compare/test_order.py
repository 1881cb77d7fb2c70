"""What a comparison is asked for: axis, variants, labels, addresses; and what cannot be."""

from pathlib import Path

import pytest

from apiforge.compare.order import Wishes, make_order, specification_of
from apiforge.errors import UsageError
from tests.unit.compare.comparisons import CATALOG, make_order_of

SPEC = """
[project]
name = "shop"
[choices]
cache = "memory"
[resources.book]
title = "string(80)"
[requirements]
peak_rate = 70
rows = 300
[loadtest]
targets = ["p95<90ms"]
"""


def labels(*values: str) -> tuple[str, ...]:
    return make_order_of(values).labels


def test_the_same_value_twice_has_two_labels() -> None:
    assert labels("postgresql", "sqlite", "postgresql") == ("postgresql", "sqlite", "postgresql-2")


def test_each_round_begins_with_another_variant() -> None:
    order = make_order_of(["sqlite", "postgresql", "sqlite"])

    rounds = [[it.label for it in order.rotated(number)] for number in range(4)]

    assert rounds[0] == ["sqlite", "postgresql", "sqlite-2"]
    assert rounds[1] == ["postgresql", "sqlite-2", "sqlite"]
    assert rounds[3] == rounds[0]


def test_the_example_has_no_cache_between_the_requests_and_its_databases() -> None:
    order = make_order_of(["sqlite", "postgresql"])

    choices = specification_of(order, order.variants[1]).choices

    assert choices == {"cache": ("none",), "database": ("postgresql",)}


def test_caches_are_compared_by_the_same_code() -> None:
    order = make_order_of([], values={"cache": ("none", "memory")})

    assert order.axis == "cache"
    assert specification_of(order, order.variants[1]).choices == {"cache": ("memory",)}


def test_a_specification_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_text(SPEC)
    order = make_order_of(
        ["sqlite", "postgresql"], spec=tmp_path / "shop.toml", rate=None, rows=None
    )

    assert (order.rate, order.rows) == (70.0, 300)
    assert [target.text for target in order.targets] == ["p95<90ms"]
    assert specification_of(order, order.variants[0]).choices["cache"] == ("memory",)


def test_a_project_brings_its_own_scenario(tmp_path: Path) -> None:
    (tmp_path / "apiforge.toml").write_text(SPEC)
    (tmp_path / "loadtests").mkdir()
    (tmp_path / "loadtests" / "scenario.toml").write_text("# edited")

    order = make_order_of(["sqlite", "postgresql"], project=tmp_path)

    assert order.scenario == "# edited"


def test_an_address_is_of_one_variant() -> None:
    order = make_order_of(
        ["postgresql", "postgresql"], addresses=("postgresql-2=postgresql://me:secret@there/db",)
    )

    assert [it.address for it in order.variants] == [None, "postgresql://me:secret@there/db"]
    assert "secret" not in str(order.fingerprint())


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [
        pytest.param({"values": {}}, "nothing to compare", id="nothing"),
        pytest.param(
            {"values": {"database": ("sqlite", "postgresql"), "cache": ("none", "redis")}},
            "--databases and --caches cannot be compared at once",
            id="two axes",
        ),
        pytest.param({"values": {"database": ("sqlite",)}}, "one value", id="one value"),
        pytest.param(
            {"values": {"database": ("sqlite", "postgres")}},
            "no database called 'postgres'",
            id="unknown",
        ),
        pytest.param({"rate": 0.0}, "--rate 0 is not a rate", id="no rate"),
        pytest.param({"targets": ("p95<fast",)}, "is not a target", id="no target"),
        pytest.param({"addresses": ("postgresql",)}, "a variant and an address", id="no address"),
        pytest.param(
            {"addresses": ("mysql=mysql://x/y",)}, "no variant called 'mysql'", id="no variant"
        ),
        pytest.param(
            {"values": {"cache": ("none", "memory")}, "addresses": ("none=redis://x/0",)},
            "--database-url is for --databases",
            id="address of a cache",
        ),
        pytest.param({"project": Path("/nowhere")}, "no project in /nowhere", id="no project"),
        pytest.param(
            {"project": Path(), "spec": Path("x.toml")}, "cannot both be compared", id="two sources"
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(wishes: dict[str, object], expected: str) -> None:
    with pytest.raises(UsageError, match=expected):
        make_order_of(["sqlite", "postgresql"], **wishes)


def test_a_password_in_a_wrong_address_is_not_repeated() -> None:
    with pytest.raises(UsageError) as refused:
        make_order_of(["sqlite", "postgresql"], addresses=("postgresql:hunter2@there",))

    assert "hunter2" not in refused.value.message + (refused.value.hint or "")


def test_wishes_are_complete_without_targets() -> None:
    wishes = Wishes(
        project=None,
        spec=None,
        values={"database": ("sqlite", "postgresql")},
        addresses=(),
        rate=None,
        duration=20.0,
        rounds=5,
        rows=None,
    )

    order = make_order(wishes, CATALOG, seed=1)

    assert (order.rate, order.rows, len(order.targets)) == (50.0, 10_000, 4)
