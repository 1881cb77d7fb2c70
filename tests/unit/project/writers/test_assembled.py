"""The modules of the service that list what was chosen: none, one and two contributions."""

import pytest

from apiforge.errors import CatalogError
from apiforge.project.writers import components, resources, settings
from tests.unit.project.conftest import MakePlan

BARE = 'summary = "Nothing of its own"\n'
WITHOUT_DATABASE = {"features/database/sqlite/feature.toml": BARE}
WITHOUT_SETTINGS = {**WITHOUT_DATABASE, "base/feature.toml": BARE}
NOTHING = {"cache": "none", "auth": "none", "deploy": "none"}


def test_no_component(plan_of: MakePlan) -> None:
    assert components.components(plan_of(WITHOUT_DATABASE, **NOTHING)) == (
        '"""The parts of this service, in start-up order."""\n'
        "\n"
        "from app.component import Component\n"
        "\n"
        "COMPONENTS: tuple[type[Component], ...] = ()\n"
    )


def test_one_component(plan_of: MakePlan) -> None:
    assert components.components(plan_of(**NOTHING)) == (
        '"""The parts of this service, in start-up order."""\n'
        "\n"
        "from app.component import Component\n"
        "from app.database.driver import SqliteDatabase\n"
        "\n"
        "COMPONENTS: tuple[type[Component], ...] = (SqliteDatabase,)\n"
    )


def test_two_components_in_start_up_order(plan_of: MakePlan) -> None:
    text = components.components(plan_of(auth="none"))

    assert text.endswith(
        "from app.cache.backend import MemoryCache\n"
        "from app.component import Component\n"
        "from app.database.driver import SqliteDatabase\n"
        "\n"
        "COMPONENTS: tuple[type[Component], ...] = (SqliteDatabase, MemoryCache)\n"
    )


def test_two_components_of_one_name_are_an_error(plan_of: MakePlan) -> None:
    manifest = 'summary = "x"\ncomponents = ["app.other.SqliteDatabase"]\n'
    plan = plan_of({"features/cache/memory/feature.toml": manifest})

    with pytest.raises(CatalogError, match=r"SqliteDatabase is also in app\.database\.driver"):
        components.components(plan)


def test_no_settings(plan_of: MakePlan) -> None:
    assert settings.settings(plan_of(WITHOUT_SETTINGS, **NOTHING)) == (
        '"""Every setting of this service."""\n'
        "\n"
        "from dataclasses import dataclass\n"
        "\n"
        "\n"
        "@dataclass(frozen=True, kw_only=True, slots=True)\n"
        "class Settings:\n"
        '    """Read from the environment and from `.env`; one field for each part."""\n'
    )


def test_one_setting(plan_of: MakePlan) -> None:
    text = settings.settings(plan_of(WITHOUT_DATABASE, **NOTHING))

    assert "from dataclasses import dataclass, field\n\nfrom app.environment import " in text
    assert text.endswith(
        '    """Read from the environment and from `.env`; one field for each part."""\n'
        "\n"
        "    service: ServiceSettings = field(default_factory=ServiceSettings)\n"
    )


def test_settings_are_called_after_the_axis_or_the_value(plan_of: MakePlan) -> None:
    keys = 'summary = "Keys"\nsettings = "app.auth.api_key.settings.ApiKeySettings"\n'
    text = settings.settings(
        plan_of({"features/auth/api-key/feature.toml": keys}, auth="jwt api-key")
    )

    fields = [line.split(":")[0].strip() for line in text.splitlines() if "= field(" in line]
    assert fields == ["service", "database", "cache", "jwt", "api_key"]


def test_two_settings_of_one_name_are_an_error(plan_of: MakePlan) -> None:
    manifest = 'summary = "x"\nsettings = "app.database.settings.Sql"\n'
    plan = plan_of({"features/database/_sql/feature.toml": manifest})

    with pytest.raises(CatalogError, match="another feature has the settings 'database'"):
        settings.settings(plan)


def test_no_resource() -> None:
    assert resources.routers(()).endswith(
        "from fastapi import APIRouter\n\nROUTERS: tuple[APIRouter, ...] = ()\n"
    )


def test_one_resource(plan_of: MakePlan) -> None:
    written = resources.write(plan_of(texts=("order: name:text",), auth="none"))

    assert written["app/resources/__init__.py"] == (
        '"""What this service serves, one router for each resource."""\n'
        "\n"
        "from fastapi import APIRouter\n"
        "\n"
        "from app.resources.orders.endpoints import router as orders_router\n"
        "\n"
        "ROUTERS: tuple[APIRouter, ...] = (orders_router,)\n"
    )
    assert written["app/database/tables.py"] == (
        '"""Every table of this service."""\n'
        "\n"
        "from app.resources.orders.table import TABLE as orders_table\n"
        "\n"
        "TABLES = (orders_table,)\n"
    )


def test_seeds_come_after_what_they_refer_to(plan_of: MakePlan) -> None:
    plan = plan_of(texts=("product: category:ref(category)", "category: name:text"))

    written = resources.write(plan)

    assert "(categories_seed, products_seed)" in written["app/resources/seeds.py"]
    assert "(products_router, categories_router)" in written["app/resources/__init__.py"]


def test_a_features_tables_do_not_collide_with_the_owners(plan_of: MakePlan) -> None:
    written = resources.write(plan_of(texts=("user: name:text", "auth_user: name:text")))

    assert written["app/database/tables.py"].count(" as users_table\n") == 1
    assert (
        "TABLES = (users_table, app_auth_users_table, auth_users_table)\n"
        in written["app/database/tables.py"]
    )
