"""Reading the templates' manifests."""

from pathlib import Path

import pytest

from apiforge import paths
from apiforge.catalog.load import load_catalog
from apiforge.catalog.model import Limits
from apiforge.errors import CatalogError
from tests.miniature import AXES, write_templates


def test_axes_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    catalog = load_catalog([write_templates(tmp_path)])

    assert [axis.name for axis in catalog.axes] == ["database", "cache", "auth", "deploy"]


def test_the_default_is_listed_first_and_none_last(tmp_path: Path) -> None:
    changes = {"features/cache/a-rival/feature.toml": 'summary = "Another"\n'}
    catalog = load_catalog([write_templates(tmp_path, changes)])

    assert catalog.axis("cache").values == ("memory", "a-rival", "none")


def test_a_fallback_is_listed_after_the_default(tmp_path: Path) -> None:
    axes = AXES.replace('["memory"]', '["memory"]\nfallback = ["missing", "zeta"]')
    changes = {
        "axes.toml": axes,
        "features/cache/a-rival/feature.toml": 'summary = "Another"\n',
        "features/cache/zeta/feature.toml": 'summary = "Proposed"\n',
    }
    catalog = load_catalog([write_templates(tmp_path, changes)])

    assert catalog.axis("cache").values == ("memory", "zeta", "a-rival", "none")


def test_limits_are_read(tmp_path: Path) -> None:
    manifest = 'summary = "x"\n[limits]\nreplicas = 1\nwrites_per_second = 500\n'
    changes = {"features/cache/a-rival/feature.toml": manifest}
    cache = load_catalog([write_templates(tmp_path, changes)]).axis("cache")

    assert cache.limits("a-rival") == Limits(replicas=1, writes_per_second=500)
    assert cache.limits("none") == Limits()


def test_the_database_cannot_be_none(tmp_path: Path) -> None:
    catalog = load_catalog([write_templates(tmp_path)])

    assert catalog.axis("database").values == ("sqlite", "postgresql")


def test_a_manifest_is_read_whole(tmp_path: Path) -> None:
    catalog = load_catalog([write_templates(tmp_path)])

    postgresql = catalog.axis("database").features[1]
    assert postgresql.layers == ("database/_sql",)
    assert postgresql.next_steps == ("docker compose up -d postgresql",)
    assert postgresql.secrets == {"POSTGRES_PASSWORD": "the password of the database"}
    (service,) = postgresql.services
    assert service.name == "postgresql"
    assert service.healthcheck == {"test": ["CMD-SHELL", "pg_isready"]}


def test_a_second_root_adds_a_value(tmp_path: Path) -> None:
    first = write_templates(tmp_path / "first")
    added = tmp_path / "second" / "features" / "cache" / "valkey"
    added.mkdir(parents=True)
    (added / "feature.toml").write_text('summary = "Valkey"\n')

    catalog = load_catalog([first, tmp_path / "second"])

    assert catalog.axis("cache").values == ("memory", "valkey", "none")


def test_one_value_in_two_roots_names_both(tmp_path: Path) -> None:
    first = write_templates(tmp_path / "first")
    added = tmp_path / "second" / "features" / "cache" / "memory"
    added.mkdir(parents=True)

    with pytest.raises(CatalogError) as caught:
        load_catalog([first, tmp_path / "second"])

    assert str(first / "features" / "cache" / "memory") in caught.value.message
    assert str(added) in caught.value.message


@pytest.mark.parametrize(
    ("manifest", "expected"),
    [
        pytest.param('summary = "x"\nlayer = []', "unknown key 'layer'", id="unknown key"),
        pytest.param("", "'summary' is missing: it must be a string", id="missing key"),
        pytest.param("summary = 3", "'summary' must be a string", id="wrong type"),
        pytest.param(
            'summary = "x"\ndependencies = [1]',
            "'dependencies' must be a list of strings",
            id="wrong item",
        ),
        pytest.param(
            'summary = "x"\n[services.s]\nimages = ""',
            "unknown key 'services.s.images'",
            id="unknown key of a service",
        ),
        pytest.param(
            'summary = "x"\n[environment]\nTOKEN = ""',
            "TOKEN in [environment] is empty",
            id="empty",
        ),
        pytest.param(
            'summary = "x"\n[limits]\nreplica = 1',
            "unknown key 'limits.replica'",
            id="unknown limit",
        ),
        pytest.param(
            'summary = "x"\n[limits]\nreplicas = 0',
            "'limits.replicas' must be a whole number, at least 1",
            id="wrong limit",
        ),
        pytest.param('summary = "x', "is not valid TOML", id="no TOML"),
        pytest.param(
            'summary = "x"\nrequires = ["databse"]', "no axis called 'databse'", id="unknown axis"
        ),
        pytest.param(
            'summary = "x"\nlayers = ["cache/_x"]', "no layer called 'cache/_x'", id="unknown layer"
        ),
    ],
)
def test_a_wrong_manifest_is_named(tmp_path: Path, manifest: str, expected: str) -> None:
    root = write_templates(tmp_path, {"features/cache/memory/feature.toml": manifest})

    with pytest.raises(CatalogError) as caught:
        load_catalog([root])

    assert str(root / "features/cache/memory/feature.toml") in caught.value.message
    assert expected in caught.value.message


def test_a_folder_without_a_manifest_is_named(tmp_path: Path) -> None:
    root = write_templates(tmp_path)
    (root / "features/cache/empty").mkdir()

    with pytest.raises(CatalogError, match=r"cannot read .*cache/empty/feature\.toml"):
        load_catalog([root])


def test_a_default_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    axes = '[database]\nquestion = "?"\ndefault = ["oracle"]\nnone = false\n'
    root = write_templates(tmp_path, {"axes.toml": axes})

    with pytest.raises(CatalogError, match="the default 'oracle' of database does not exist"):
        load_catalog([root])


def test_a_layer_comes_before_its_value_and_once(tmp_path: Path) -> None:
    catalog = load_catalog([write_templates(tmp_path)])

    features = catalog.features(catalog.choose({"auth": ("none",)}))

    names = [feature.name for feature in features]
    assert names == ["base", "database/_sql", "database/sqlite", "cache/memory", "deploy/compose"]


def test_our_own_templates_load() -> None:
    catalog = load_catalog([paths.templates()])

    assert [axis.name for axis in catalog.axes] == [
        *("database", "cache", "auth", "monitoring", "deploy")
    ]
