"""Connections to a MongoDB that takes none but encrypted ones; the service verifies whose."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import trustme

from apiforge.catalog.model import Catalog
from apiforge.servers import mongodb
from apiforge.servers.directory import throw_away_directory
from apiforge.servers.ports import LOOPBACK, free_port, is_answering
from apiforge.servers.process import Command, last_lines, start
from tests.generated.conftest import MakeProject
from tests.generated.encryption import Authorities, issue, migrate
from tests.generated.instances import open_site

FLAGS = ("--database", "mongodb", "--cache", "none", "--auth", "none", "--monitoring", "none")
READY_WITHIN = 60.0


@contextmanager
def encrypted_server(authority: trustme.CA) -> Iterator[str]:
    """The URL of a server with a certificate for 127.0.0.1, and for no other name."""
    with throw_away_directory() as directory:
        file, port = directory / "server.pem", free_port()
        issue(authority, file)
        log = directory / "server.log"
        arguments = arguments_of(file, port, directory / "data")
        command = Command(arguments=arguments, directory=directory, environment=os.environ, log=log)
        with start(command):
            deadline = time.monotonic() + READY_WITHIN
            while not is_answering(LOOPBACK, port):
                assert time.monotonic() < deadline, last_lines(log)
                time.sleep(0.1)
            yield f"mongodb://{LOOPBACK}:{port}/app?directConnection=true"


def arguments_of(certificate: Path, port: int, data: Path) -> list[str]:
    """A server without users: only the encryption is looked at."""
    program, file = mongodb.find(), str(certificate)
    data.mkdir()
    if program.stands_in_for:
        options = ["--tls-cert-file", file, "--tls-key-file", file, "--storage-path", str(data)]
        return [str(program.programs / "secantusd-py"), "--port", str(port), *options]
    options = ["--tlsMode", "requireTLS", "--tlsCertificateKeyFile", file, "--dbpath", str(data)]
    return [str(program.programs / "mongod"), "--port", str(port), *options]


def test_tls_is_used_and_verified_as_the_setting_says(
    make_project: MakeProject, catalog: Catalog, tmp_path: Path
) -> None:
    """One test for all settings: starting the server is what takes long."""
    known = Authorities.made_in(tmp_path)
    with (
        encrypted_server(known.own) as url,
        open_site(make_project(*FLAGS), catalog, migrates=False) as site,
    ):
        assert migrate(site, url, "off")[0] == 1
        for authority in (known.foreign, None):
            code, told = migrate(site, url, "verified", authority)
            assert code == 1
            assert "certificate" in told.lower()
        code, told = migrate(site, url.replace(LOOPBACK, "localhost"), "verified", known.trusted)
        assert code == 1
        assert "Hostname mismatch" in told
        assert migrate(site, url, "verified", known.trusted) == (0, "migrated: 0001\n")
        assert migrate(site, url, "required") == (0, "migrated: nothing\n")
