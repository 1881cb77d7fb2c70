"""Connections to a database that takes none but encrypted ones; the service verifies whose."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import trustme

from apiforge.catalog.model import Catalog
from apiforge.servers import mariadb
from apiforge.servers.directory import throw_away_directory
from apiforge.servers.mysqld import run_kind
from tests.generated.conftest import MakeProject
from tests.generated.encryption import Authorities, issue, migrate
from tests.generated.instances import open_site

FLAGS = ("--database", "mariadb", "--cache", "none", "--auth", "none", "--monitoring", "none")


@contextmanager
def encrypted_server(authority: trustme.CA) -> Iterator[str]:
    """The URL of a MariaDB with a certificate for 127.0.0.1, and for no other name."""
    with throw_away_directory() as directory:
        file = directory / "server.pem"
        issue(authority, file)
        settings = {"ssl_cert": str(file), "ssl_key": str(file), "require_secure_transport": "ON"}
        kind = replace(mariadb.KIND, settings={**mariadb.KIND.settings, **settings})
        with run_kind(kind, mariadb.find(), directory) as at:
            yield f"mariadb://{at.user}:{at.password}@{at.host}:{at.port}/{at.database}"


def test_tls_is_used_and_verified_as_the_setting_says(
    make_project: MakeProject, catalog: Catalog, tmp_path: Path
) -> None:
    """One test for all settings: starting the server is what takes long."""
    known = Authorities.made_in(tmp_path)
    with (
        encrypted_server(known.own) as url,
        open_site(make_project(*FLAGS), catalog, migrates=False) as site,
    ):
        code, told = migrate(site, url, "off")
        assert code != 0
        assert "Access denied" in told or "secure_transport" in told
        code, told = migrate(site, url, "verified", known.foreign)
        assert code != 0
        assert "CERTIFICATE_VERIFY_FAILED" in told
        code, told = migrate(site, url.replace("127.0.0.1", "localhost"), "verified", known.trusted)
        assert code != 0
        assert "Hostname mismatch" in told
        assert migrate(site, url, "verified", known.trusted) == (0, "")
        assert migrate(site, url, "required") == (0, "")
