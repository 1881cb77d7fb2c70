"""How the client connects: safely, and as the URL says."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from app.database.connection import connect
from app.database.settings import DatabaseSettings
from app.environment import ConfigurationError


def settings(url: str, **others: str) -> DatabaseSettings:
    return DatabaseSettings.model_validate({"database_url": url, **others})


def test_what_is_acknowledged_is_durable() -> None:
    options = settings("mongodb://db/app").options()

    assert (options["w"], options["journal"]) == ("majority", True)
    assert options["readConcernLevel"] == "majority"


def test_what_the_url_says_counts() -> None:
    options = settings("mongodb://db/app?W=2&connectTimeoutMS=5").options()

    assert not {"w", "connectTimeoutMS"} & options.keys()


@pytest.mark.parametrize(
    "name", ["connectTimeoutMS", "serverSelectionTimeoutMS", "waitQueueTimeoutMS"]
)
def test_server_is_not_waited_for_longer_than_asked(name: str) -> None:
    assert DatabaseSettings(database_wait_seconds=0.5).options()[name] == 500


@pytest.mark.parametrize(
    ("tls", "expected"),
    [
        ("off", {}),
        ("required", {"tls": True, "tlsAllowInvalidCertificates": True}),
        ("verified", {"tls": True, "tlsCAFile": "ca.pem"}),
    ],
)
def test_connections_are_encrypted_as_asked(tls: str, expected: dict[str, object]) -> None:
    options = settings("mongodb://db/app", database_tls=tls, database_tls_ca="ca.pem").options()

    assert {name: options[name] for name in options if name.startswith("tls")} == expected


def test_missing_authorities_are_a_mistake_of_the_settings(tmp_path: Path) -> None:
    absent = str(tmp_path / "none.pem")

    with pytest.raises(ConfigurationError, match=r"none\.pem"):
        connect(settings("mongodb://db/app", database_tls="verified", database_tls_ca=absent))


def test_password_is_that_of_the_url_or_its_own() -> None:
    stated = settings("mongodb://app:p%40ss@db/app", database_password="other")
    apart = settings("mongodb://app@db/app", database_password="p@ss/")

    assert stated.url == "mongodb://app:p%40ss@db/app"
    assert apart.url == "mongodb://app:p%40ss%2F@db/app"


def test_other_database_has_the_same_users() -> None:
    assert settings("mongodb://db/app").named("app_test").database_url == (
        "mongodb://db/app_test?authSource=app"
    )


@pytest.mark.parametrize("url", ["postgresql://db/app", "mongodb://db", "mongodb://db/"])
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        settings(url)
