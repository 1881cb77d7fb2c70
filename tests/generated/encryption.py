"""What the tests of encrypted databases share: whom to trust, and a service that connects."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import trustme

from tests.generated.instances import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorities:
    """One that has issued the server's certificate, and the files of it and of another one."""

    own: trustme.CA
    trusted: Path
    foreign: Path

    @classmethod
    def made_in(cls, folder: Path) -> Self:
        own, other = trustme.CA(), trustme.CA()
        made = cls(own=own, trusted=folder / "own.pem", foreign=folder / "other.pem")
        own.cert_pem.write_to_path(made.trusted)
        other.cert_pem.write_to_path(made.foreign)
        return made


def issue(authority: trustme.CA, file: Path) -> None:
    """A certificate for 127.0.0.1, and for no other name, with its key."""
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(file)
    file.chmod(0o644)


def migrate(site: Site, url: str, tls: str, authority: Path | None = None) -> tuple[int, str]:
    """The exit code, and what is told."""
    environment = {"DATABASE_URL": url, "DATABASE_TLS": tls}
    if authority is not None:
        environment["DATABASE_TLS_CA"] = str(authority)
    done = site.command("migrate", **environment)
    return done.returncode, done.stdout + done.stderr
