"""compose.yaml: the service in a container, and the servers it needs beside it."""

from collections.abc import Mapping

from apiforge.catalog.model import Service
from apiforge.project import yaml
from apiforge.project.naming import project_of
from apiforge.project.plan import Plan
from apiforge.project.writers.union import union

PLANNED = "deploy/plan.env"
"""What `apiforge plan --write` writes; it need not be there."""
_PORT = "8000"
_READY = (
    "import os, urllib.request as request; "
    "request.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/readyz', timeout=3)"
)
_PROBING = {"interval": "5s", "timeout": "5s", "retries": 12, "start_period": "10s"}
# 5 s of draining, 20 s for what is under way, and some to spare.
_HARDENED = {
    "init": True,
    "read_only": True,
    "tmpfs": ["/tmp"],
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges:true"],
    "stop_grace_period": "35s",
}
_HEADING = """\
# Everything on this machine: docker compose up --build
# Settings and secrets come from .env, sizes from deploy/plan.env where there is one; what differs
# in a container stands under `environment`.
"""


def write(plan: Plan) -> dict[str, str]:
    """The one file."""
    return {"compose.yaml": _HEADING + yaml.document(compose(plan))}


def compose(plan: Plan) -> dict[str, object]:
    """The file's content, by the Compose specification."""
    services = union(plan.features, lambda it: {s.name: s for s in it.services}, what="the service")
    environment = union(plan.features, lambda it: it.container.environment, what="the setting")
    mounts = list(
        dict.fromkeys(it for feature in plan.features for it in feature.container.volumes)
    )
    shared: dict[str, object] = {
        "image": project_of(plan.specification).slug,
        "env_file": [".env", {"path": PLANNED, "required": False}],
        "environment": {**environment, "HOST": "0.0.0.0", "PORT": _PORT},
        **({"volumes": mounts} if mounts else {}),
        **_HARDENED,
        **_limits(cpus="2.0", memory="1G"),
    }
    document: dict[str, object] = {
        "name": project_of(plan.specification).slug,
        "services": {
            **_own_services(shared, services),
            **{name: _service(service) for name, service in services.items()},
        },
    }
    volumes = _volumes([*mounts, *(it for service in services.values() for it in service.volumes)])
    return {**document, "volumes": volumes} if volumes else document


def _own_services(
    shared: Mapping[str, object], services: Mapping[str, Service]
) -> dict[str, object]:
    """The generated service, and its migration: once before it, however many of it there are."""
    started = {name: {"condition": _condition(it)} for name, it in services.items()}
    migrated = {"migrate": {"condition": "service_completed_successfully"}}
    return {
        "migrate": {
            "build": ".",
            **shared,
            "command": ["python", "-m", "app", "migrate"],
            **({"depends_on": started} if started else {}),
        },
        "app": {
            "build": ".",
            **shared,
            "ports": [f"127.0.0.1:${{PORT:-{_PORT}}}:{_PORT}"],
            "healthcheck": {"test": ["CMD", "python", "-c", _READY], **_PROBING},
            "restart": "unless-stopped",
            "depends_on": {**started, **migrated},
        },
    }


def _service(service: Service) -> dict[str, object]:
    content: dict[str, object] = {"image": service.image}
    if service.command:
        content["command"] = list(service.command)
    for key in ("environment", "ports", "volumes"):
        stated = getattr(service, key)
        if stated:
            content[key] = dict(stated) if isinstance(stated, Mapping) else list(stated)
    if service.healthcheck:
        content["healthcheck"] = {**_PROBING, **service.healthcheck}
    return {**content, "restart": "unless-stopped", **_limits(cpus="2.0", memory="2G")}


def _limits(*, cpus: str, memory: str) -> dict[str, object]:
    return {"deploy": {"resources": {"limits": {"cpus": cpus, "memory": memory}}}}


def _condition(service: Service) -> str:
    return "service_healthy" if service.healthcheck else "service_started"


def _volumes(mounts: list[str]) -> dict[str, object]:
    """The named ones among these; a path of the host needs no declaration."""
    names = [mount.partition(":")[0] for mount in mounts]
    return {name: {} for name in dict.fromkeys(names) if not name.startswith((".", "/", "~"))}
