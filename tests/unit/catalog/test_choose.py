"""Choosing values of an axis."""

from pathlib import Path

import pytest

from apiforge.catalog.load import load_catalog
from apiforge.catalog.model import Catalog
from apiforge.errors import UsageError
from tests.miniature import write_templates


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    changes = {"features/auth/api-key/feature.toml": 'summary = "Keys"\n'}
    return load_catalog([write_templates(tmp_path, changes)])


def test_what_is_not_asked_for_has_its_default(catalog: Catalog) -> None:
    assert catalog.choose({}) == {
        "database": ("sqlite",),
        "cache": ("memory",),
        "auth": ("jwt",),
        "deploy": ("compose",),
    }


def test_values_come_once_and_in_the_catalogues_order(catalog: Catalog) -> None:
    chosen = catalog.choose({"auth": ("api-key", "jwt", "api-key")})

    assert chosen["auth"] == ("jwt", "api-key")


def test_no_value_is_none(catalog: Catalog) -> None:
    assert catalog.choose({"auth": ()})["auth"] == ("none",)


@pytest.mark.parametrize(
    ("asked", "message", "hint"),
    [
        pytest.param(
            {"database": ("postgresq",)},
            "no database called 'postgresq'",
            "did you mean postgresql? choose one of: sqlite, postgresql",
            id="near miss",
        ),
        pytest.param(
            {"cache": ("rediss",)},
            "no cache called 'rediss'",
            "choose one of: memory, none",
            id="unknown value",
        ),
        pytest.param(
            {"database": ("none",)},
            "no database called 'none'",
            "choose one of: sqlite, postgresql",
            id="axis without none",
        ),
        pytest.param(
            {"auth": ("none", "jwt")},
            "auth cannot be none and jwt at once",
            "leave out auth none, or jwt",
            id="none and another",
        ),
        pytest.param(
            {"database": ("sqlite", "postgresql")},
            "database takes one value, not sqlite and postgresql",
            "choose one of: sqlite, postgresql",
            id="two values",
        ),
        pytest.param(
            {"databse": ("sqlite",)},
            "no axis called 'databse'",
            "did you mean database? choose one of: database, cache, auth, deploy",
            id="unknown axis",
        ),
    ],
)
def test_what_cannot_be_chosen_is_refused(
    catalog: Catalog, asked: dict[str, tuple[str, ...]], message: str, hint: str
) -> None:
    with pytest.raises(UsageError) as caught:
        catalog.choose(asked)

    assert (caught.value.message, caught.value.hint) == (message, hint)
