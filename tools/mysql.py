"""Unpacks a MySQL beside the system, for the tests and for `apiforge`: Debian's own, of `sid`.

    python tools/mysql.py

No other suite of Debian has a MySQL, and no Python package. So its packages, and the libraries
that they need, are fetched by apt from the mirror that this machine is configured for, with lists
and a state of their own, and unpacked where `apiforge.servers.mysql` looks. Nothing is installed.
Exits 0 when it is there, 1 with the reason when it could not be had.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from apiforge.errors import MissingServer
from apiforge.servers import mysql

PACKAGE = "mysql-server-core"
SOURCES = Path("/etc/apt")
KEYRINGS = Path("/usr/share/keyrings")
LIBRARIES = "usr/lib/*-linux-gnu"
# What the packages need of the others to be installed, and a server never reads.
NEEDLESS = ("perl", "libperl", "gcc-", "libc-gconv")
WRAPPER = """\
#!/bin/sh
# Runs this MySQL with the libraries that were unpacked beside it.
exec "{loader}" --library-path "{libraries}:{private}" "{server}" "$@" \\
  --basedir="{root}/usr" --plugin-dir="{plugins}" \\
  --lc-messages-dir="{messages}" --character-sets-dir="{messages}/charsets"
"""


class NotHad(Exception):
    """Why there is no MySQL."""


def main() -> int:
    """Gets it unless there is one; returns the exit code."""
    try:
        print(f"mysql: {_found() or _get()}")
    except (NotHad, OSError, MissingServer) as error:
        print(f"mysql: not had: {error}", file=sys.stderr)
        return 1
    return 0


def _found() -> str:
    try:
        program = mysql.find()
    except MissingServer:
        return ""
    return f"{program.version}, {program.origin}"


def _get() -> str:
    if shutil.which("apt-get") is None:
        raise NotHad("apt-get is not here; " + mysql.HOW_TO_GET)
    target = mysql.unpacked()
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target.parent) as directory:
        place = Path(directory)
        place.chmod(0o755)
        for package in _download(place):
            _run(["dpkg-deb", "-x", str(package), str(place / "root")])
        ready = place / "ready"
        ready.mkdir(mode=0o755)
        (place / "root").rename(ready / "root")
        _wrap(ready, target)
        shutil.rmtree(target, ignore_errors=True)
        ready.rename(target)
    return _found()


def _download(place: Path) -> Iterator[Path]:
    """The packages, by a private apt that believes nothing to be installed."""
    for name in ("state/lists/partial", "cache/archives/partial"):
        (place / name).mkdir(parents=True)
    (place / "status").touch()
    lines = [f"deb [signed-by={key}] {mirror} sid main" for mirror, key in _mirrors()]
    (place / "sources.list").write_text("\n".join(lines) + "\n")
    settings = {
        "Dir::State": place / "state",
        "Dir::State::status": place / "status",
        "Dir::Cache": place / "cache",
        "Dir::Etc::sourcelist": place / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "APT::Sandbox::User": "",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
    }
    apt = ["apt-get", "-qq", *(f"-o{name}={value}" for name, value in settings.items())]
    _run([*apt, "update"])
    _run([*apt, "-y", "--no-install-recommends", "--download-only", "install", PACKAGE])
    for package in sorted((place / "cache" / "archives").glob("*.deb")):
        if not package.name.startswith(NEEDLESS):
            yield package


def _mirrors() -> Iterator[tuple[str, str]]:
    """Where this machine gets Debian from, and whose signature it wants there."""
    keyring = KEYRINGS / "debian-archive-keyring.gpg"
    for file in (SOURCES / "sources.list", *sorted((SOURCES / "sources.list.d").glob("*"))):
        for line in file.read_text(errors="replace").splitlines() if file.is_file() else ():
            words = [word for word in line.split() if not word.startswith("[")]
            if words[:1] in (["deb"], ["URIs:"]) and words[-1:] != words[:1]:
                mirror = words[1]
                if mirror.rstrip("/").endswith("/debian"):
                    yield mirror, str(keyring)
                    return
    raise NotHad(f"no mirror of Debian is named below {SOURCES}")


def _wrap(ready: Path, target: Path) -> None:
    """Writes `mysqld`, which will stand in `target`."""
    (libraries,) = (ready / "root").glob(LIBRARIES)
    loaders = sorted(libraries.glob("ld-linux*"))
    (plugins,) = (ready / "root").glob("usr/lib/mysql/plugin")
    if not loaders:
        raise NotHad("the packages brought no loader for their libraries")
    text = WRAPPER.format(
        loader=_moved(loaders[0], ready, target),
        libraries=_moved(libraries, ready, target),
        private=_moved(libraries / "mysql", ready, target),
        server=target / "root" / "usr" / "sbin" / "mysqld",
        root=target / "root",
        plugins=_moved(plugins, ready, target),
        messages=target / "root" / "usr" / "share" / "mysql",
    )
    wrapper = ready / "mysqld"
    wrapper.write_text(text)
    wrapper.chmod(0o755)


def _moved(path: Path, ready: Path, target: Path) -> str:
    return str(target / path.relative_to(ready))


def _run(command: Sequence[str]) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=600
    )
    if done.returncode != 0:
        lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise NotHad(f"{command[0]} failed: {lines[-1] if lines else done.returncode}")


if __name__ == "__main__":
    sys.exit(main())
