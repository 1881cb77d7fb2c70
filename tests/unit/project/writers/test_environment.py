""".env.example and .env: none, one and two contributions."""

import pytest

from apiforge.errors import CatalogError
from apiforge.project.writers.environment import environment, write
from tests.unit.project.conftest import MakePlan

BARE = 'summary = "Nothing of its own"\n'
MEMORY = "features/cache/memory/feature.toml"


def lines(text: str) -> list[str]:
    return text.partition("random one.\n")[2].splitlines()


def test_no_setting(plan_of: MakePlan) -> None:
    changes = {"base/feature.toml": BARE, "features/database/sqlite/feature.toml": BARE}

    assert lines(write(plan_of(changes, auth="none"))[".env.example"]) == []


def test_one_feature(plan_of: MakePlan) -> None:
    changes = {"features/database/sqlite/feature.toml": BARE}

    assert lines(write(plan_of(changes, auth="none"))[".env.example"]) == [
        *("", "# The service itself", "APP_ENV=development", "PORT=8000")
    ]


def test_secrets_are_empty_in_the_example(plan_of: MakePlan) -> None:
    assert lines(write(plan_of())[".env.example"])[-3:] == [
        *("# Log in with a password", "# Secret: signs the tokens", "JWT_SIGNING_KEY=")
    ]


def test_each_secret_is_made_anew(plan_of: MakePlan) -> None:
    made = iter(["one", "two"])

    text = environment(plan_of(database="postgresql"), lambda: next(made))

    assert "POSTGRES_PASSWORD=one\n" in text
    assert "JWT_SIGNING_KEY=two\n" in text


def test_an_equal_setting_comes_once(plan_of: MakePlan) -> None:
    memory = 'summary = "x"\n[environment]\nPORT = "8000"\n'

    text = write(plan_of({MEMORY: memory}))[".env.example"]

    assert text.count("PORT=8000") == 1


def test_settings_that_differ_are_an_error(plan_of: MakePlan) -> None:
    plan = plan_of({MEMORY: 'summary = "x"\n[environment]\nPORT = "9000"\n'})

    with pytest.raises(CatalogError, match="the setting PORT is given twice and differs"):
        write(plan)


@pytest.mark.parametrize("value", ["two words", "a#b", "$HOME", 'say "x"'])
def test_what_a_shell_would_change_is_quoted(plan_of: MakePlan, value: str) -> None:
    memory = f"summary = 'x'\n[environment]\nGREETING = '{value}'\n"

    assert f"GREETING='{value}'\n" in write(plan_of({MEMORY: memory}))[".env.example"]
