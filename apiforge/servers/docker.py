"""A server in a container: the third place for one, after Python packages and PATH."""

import os
import re
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from apiforge.catalog.model import Feature, Service
from apiforge.errors import ApiforgeError
from apiforge.servers.ports import LOOPBACK, free_port
from apiforge.servers.process import Command, Process, last_lines, start
from apiforge.servers.server import Address, Program

ENGINE_WITHIN = 10.0
READY_WITHIN = 600.0
"""Pulling an image may take minutes."""
COMPOSE_FILES = "files+deploy-compose"
CHECK_EVERY = 1.0
CHECKS = 3
"""In a row: some images start their server once only to set it up."""
# Whatever ends the script ends the container, and removes it with its volumes.
SCRIPT = """
name=$1
shift
trap 'docker rm --force --volumes "$name" >/dev/null 2>&1' EXIT
trap 'exit 143' TERM INT
docker run --rm --name "$name" "$@" &
wait $!
"""
_SECRET = re.compile(r"\$\{\w+\}")


def has_engine() -> bool:
    """Is there a docker here, and does its engine answer?"""
    if shutil.which("docker") is None:
        return False
    command = ["docker", "version", "--format", "{{.Server.Version}}"]
    try:
        told = subprocess.run(command, capture_output=True, timeout=ENGINE_WITHIN, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return told.returncode == 0 and bool(told.stdout.strip())


def program_of(feature: Feature) -> Program:
    """What runs in the container, as its image's tag tells."""
    image = feature.services[0].image
    name = feature.facts.product if feature.facts else feature.value
    version = image.rpartition(":")[2]
    return Program(name=name, version=version, origin=f"the image {image}", programs=Path())


@contextmanager
def run_container(feature: Feature, directory: Path) -> Iterator[Address]:
    """The feature's server, from the image its manifest names, while the context lasts.

    It logs to NAME.log in `directory`; its data goes with the container.
    """
    service = feature.services[0]
    address = _address(feature)
    name = f"apiforge-{service.name}-{secrets.token_hex(6)}"
    filled = {key: _filled(text, address) for key, text in service.environment.items()}
    command = Command(
        arguments=["sh", "-c", SCRIPT, "sh", name, *_arguments(feature, address, filled)],
        directory=directory,
        environment={**os.environ, **filled},
        log=directory / f"{service.name}.log",
    )
    with start(command) as process:
        if not _is_ready(process, name, service):
            lines = last_lines(command.log)
            raise ApiforgeError(
                f"the container of {service.image} did not become ready:\n{lines}",
                hint=f"try it by hand: docker run --rm {service.image}",
            )
        yield address


def _address(feature: Feature) -> Address:
    """As the service finds it in compose, but on a port of this machine."""
    urls = [text for text in feature.container.environment.values() if "://" in text]
    url = urlsplit(urls[0])
    return Address(
        host=LOOPBACK,
        port=free_port(),
        user=unquote(url.username or "default"),
        password=secrets.token_urlsafe(24),
        database=url.path.strip("/"),
    )


def _arguments(feature: Feature, address: Address, environment: Mapping[str, str]) -> list[str]:
    """Of `docker run`; values of the environment stay out of the command line."""
    service = feature.services[0]
    inner = service.ports[0].rpartition(":")[2]
    published = f"{address.host}:{address.port}:{inner}"
    names = [word for name in environment for word in ("--env", name)]
    command = [_filled(word, address) for word in service.command]
    return ["--publish", published, *_mounts(feature), *names, service.image, *command]


def _mounts(feature: Feature) -> list[str]:
    """What compose.yaml mounts from the project stands in the feature's own folder."""
    files = feature.folder / COMPOSE_FILES
    own = [it for it in feature.services[0].volumes if it.startswith("./")]
    return [word for it in own for word in ("--volume", f"{files / it.removeprefix('./')}")]


def _is_ready(process: Process, name: str, service: Service) -> bool:
    """Until the check of its manifest succeeds several times; False once it has ended."""
    deadline, succeeded = time.monotonic() + READY_WITHIN, 0
    while succeeded < CHECKS:
        if process.exit_code() is not None or time.monotonic() > deadline:
            return False
        command = ["docker", "exec", name, *_check(service)]
        done = subprocess.run(command, capture_output=True, check=False)
        succeeded = succeeded + 1 if done.returncode == 0 else 0
        time.sleep(CHECK_EVERY)
    return True


def _check(service: Service) -> list[str]:
    """The command of its compose health check."""
    test = service.healthcheck.get("test", ["CMD", "true"])
    kind, *words = test if isinstance(test, list) else ["CMD-SHELL", str(test)]
    words = [word.replace("$$", "$") for word in words]
    return ["sh", "-c", *words] if kind == "CMD-SHELL" else words


def _filled(text: str, address: Address) -> str:
    """As compose reads it: a variable is a secret, and two dollars are one."""
    return _SECRET.sub(address.password, text).replace("$$", "$")
