"""What a load test sent, as digests: two runs can be compared where these are equal."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from apiforge.loadtest.luggage import tables_of_data
from apiforge.loadtest.modules import own_modules
from apiforge.loadtest.workload import Workload


def fingerprint(workload: Workload) -> dict[str, str | None]:
    """`scenario`: of the requests, wherever they come from; `data`: of the rows of its files and
    how they are used, None without any."""
    return {"scenario": _digest(_sent(workload)), "data": _data(workload)}


def _sent(workload: Workload) -> Iterable[bytes]:
    if workload.locustfile is not None:
        return [module.read_bytes() for module in own_modules(Path(workload.locustfile))]
    if workload.scenario is not None:
        return [Path(workload.scenario).read_bytes()]
    return [urlsplit(workload.target)._replace(scheme="", netloc="").geturl().encode()]


def _data(workload: Workload) -> str | None:
    tables = tables_of_data(workload.subject())
    parts = [
        part
        for name, (table, file) in sorted(tables.items())
        for part in (f"{name} {table.get('mode')}".encode(), file.read_bytes())
    ]
    return _digest(parts) if parts else None


def _digest(parts: Iterable[bytes]) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part)
    return whole.hexdigest()[:16]
