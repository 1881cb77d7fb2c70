"""From choices to layers."""

import pytest

from apiforge.errors import CatalogError, UsageError
from tests.unit.project.conftest import MakePlan

NEEDY = 'summary = "Needs another"\nrequires = ["database/postgresql"]\n'
RIVAL = 'summary = "Hates another"\nconflicts = ["cache"]\n'


def test_layers_come_in_the_order_of_the_axes(plan_of: MakePlan) -> None:
    names = [layer.name for layer in plan_of().layers]

    assert names == [
        "base",
        "database/_sql",
        "database/sqlite",
        "cache/memory",
        "auth/jwt",
        "auth/jwt+cache-memory",
        "deploy/compose",
    ]


def test_glue_is_left_out_without_its_other_half(plan_of: MakePlan) -> None:
    names = [layer.name for layer in plan_of(cache="none").layers]

    assert "auth/jwt" in names
    assert "auth/jwt+cache-memory" not in names


def test_glue_for_an_unknown_axis_is_an_error(plan_of: MakePlan) -> None:
    with pytest.raises(CatalogError, match=r"files\+cash-memory: no axis called 'cash'"):
        plan_of({"features/auth/jwt/files+cash-memory/x": ""})


def test_glue_for_a_value_that_is_gone_is_left_out(plan_of: MakePlan) -> None:
    plan = plan_of({"features/auth/jwt/files+cache-redis/x": ""})

    assert "auth/jwt+cache-redis" not in [layer.name for layer in plan.layers]


def test_a_features_own_tables_are_part_of_the_plan(plan_of: MakePlan) -> None:
    (table,) = plan_of().tables

    assert (table.table, table.package) == ("auth_users", "app/auth/users")


def test_a_wrong_table_of_a_feature_names_its_manifest(plan_of: MakePlan) -> None:
    manifest = 'summary = "x"\n[tables.a]\npackage = "p"\ntable = "t"\nfields = {b = "money"}\n'

    with pytest.raises(CatalogError, match=r"cache/memory/feature\.toml: resource 'a': field 'b'"):
        plan_of({"features/cache/memory/feature.toml": manifest})


def test_a_missing_requirement_is_refused(plan_of: MakePlan) -> None:
    with pytest.raises(UsageError) as caught:
        plan_of({"features/auth/needy/feature.toml": NEEDY}, auth="needy")

    assert caught.value.message == "auth/needy needs database/postgresql"
    assert caught.value.hint == "add --database postgresql, or leave out auth/needy"


def test_a_met_requirement_is_fine(plan_of: MakePlan) -> None:
    changes = {"features/auth/needy/feature.toml": NEEDY}
    plan = plan_of(changes, auth="needy", database="postgresql")

    assert plan.specification.choices["auth"] == ("needy",)


def test_a_conflict_is_refused(plan_of: MakePlan) -> None:
    with pytest.raises(UsageError) as caught:
        plan_of({"features/auth/rival/feature.toml": RIVAL}, auth="rival")

    assert caught.value.message == "auth/rival does not go with cache"
    assert caught.value.hint == "choose another cache, or leave out auth/rival"


def test_a_conflict_with_an_axis_is_none_without_it(plan_of: MakePlan) -> None:
    plan = plan_of({"features/auth/rival/feature.toml": RIVAL}, auth="rival", cache="none")

    assert plan.specification.choices["cache"] == ("none",)


def test_without_resources_there_is_an_example_of_two(plan_of: MakePlan) -> None:
    assert len(plan_of().specification.resources) == 2


def test_wrong_resources_are_refused(plan_of: MakePlan) -> None:
    with pytest.raises(UsageError, match="which is no resource"):
        plan_of(texts=("product: category:ref(category)",))
