"""One load test: the target found or started, the workload run against it, the result document."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict
from urllib.parse import urlsplit

from apiforge.errors import TargetUnreachable
from apiforge.loadtest.awake import kept_awake
from apiforge.loadtest.breakpoint import judge_breakpoint
from apiforge.loadtest.child import Hire, hire_here
from apiforge.loadtest.crew import OnProgress, Warn
from apiforge.loadtest.meeting import open_meeting
from apiforge.loadtest.outlook import Outlook
from apiforge.loadtest.probing import search_breakpoint
from apiforge.loadtest.runner import run
from apiforge.loadtest.samples import judgeable
from apiforge.loadtest.secrecy import hide, secrets_of, shown
from apiforge.loadtest.summary import summarize
from apiforge.loadtest.workload import Workload
from apiforge.runs.fingerprint import fingerprint
from apiforge.runs.order import METRICS_TOKEN, Order
from apiforge.runs.profiles import SMOKE
from apiforge.runs.scrape import watch_server
from apiforge.servers.ports import is_answering
from apiforge.servers.service import Tell, run_service

REACHABLE_WITHIN = 3.0  # seconds: whoever starts a server and us at once need not sleep between
PORTS = {"http": 80, "https": 443}


class Means(TypedDict):
    """What every run is given: whom to tell, whom to warn, and who makes the load."""

    on_progress: OnProgress
    warn: Warn
    hire: Hire


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where the load goes, and the values its scenario asks for."""

    url: str
    environment: Mapping[str, str]
    metrics_token: str | None = None
    service_workers: int | None = None  # None: somebody else started it


@contextmanager
def open_target(order: Order, *, log: Path, tell: Tell) -> Iterator[Target]:
    """A target that answers, while the context lasts: the server at --url, or the project started.

    TargetUnreachable if it does not. What the project and its servers say goes into `log`.
    """
    if order.url is not None:
        tell(f"looking for {shown(order.url)}")
        _require_answer(order.url)
        yield Target(
            url=order.url,
            environment=order.environment,
            metrics_token=order.metrics_token,
        )
        return
    features = list(order.features)
    with run_service(order.project, features, rows=order.rows, log=log, tell=tell) as service:
        known = service.environment
        yield Target(
            url=service.url,
            environment=order.source.environment({**os.environ, **known}),
            metrics_token=known.get(METRICS_TOKEN),
            service_workers=int(known.get("WORKERS", "1")),
        )


def _require_answer(url: str) -> None:
    parts = urlsplit(url)
    port = parts.port or PORTS[parts.scheme]
    deadline = time.monotonic() + REACHABLE_WITHIN
    while not is_answering(parts.hostname or "", port):
        if time.monotonic() > deadline:
            raise TargetUnreachable(
                f"nothing answers at {shown(url)}",
                hint="is the server running, and the port right?",
            )
        time.sleep(0.1)


@contextmanager
def open_generators(order: Order, *, tell: Tell) -> Iterator[Hire]:
    """Those who make the load: on this machine, or once all have joined that are expected."""
    if order.meeting is None:
        yield hire_here
        return
    with open_meeting(order.meeting, tell) as hub:
        yield hub.hire


def measure(
    order: Order,
    target: Target,
    *,
    run_id: str,
    on_progress: OnProgress,
    warn: Warn,
    hire: Hire = hire_here,
) -> dict[str, Any]:
    """Run the load test to its end, or to an interrupt; the result document."""
    watched = None if order.subject is None else target.url
    workload = _workload(order, target)
    watching = watch_server(watched, token=target.metrics_token)
    with kept_awake(order.keep_awake) as is_awake, watching as server:
        document = _measured(
            order, workload, {"on_progress": on_progress, "warn": warn, "hire": hire}
        )
    document["run"] |= {
        "id": run_id,
        "name": order.name,
        "service_workers": target.service_workers,
        "rows": order.rows if order.url is None else None,
        "joined": 0 if order.meeting is None else order.meeting.expected,
        **fingerprint(workload),
    }
    document["machine"]["kept_awake"] = is_awake
    document["server"] = server.observed(document["started"], len(document["series"]))
    # Again, since there are new words in it now: a name may be an address with a password.
    return hide(document, secrets_of(workload))


def _measured(order: Order, workload: Workload, means: Means) -> dict[str, Any]:
    if order.load.is_search:
        return _breakpoint(order, workload, means)
    targets = order.targets
    if order.load.profile == SMOKE:
        targets = tuple(judgeable(targets, order.load.rate, order.load.duration))
    outlook = None
    if order.abort_after is not None:
        outlook = Outlook(targets, workload, grace=order.abort_after)
    document = summarize(run(workload, outlook=outlook, **means), targets)
    if order.load.profile is not None:
        document["run"]["profile"] = order.load.profile
    return document


def _breakpoint(order: Order, workload: Workload, means: Means) -> dict[str, Any]:
    seconds, required = order.load.duration, order.load.required
    found = search_breakpoint(workload, order.targets, seconds=seconds, **means)
    document = summarize(found.recording, [target.over_all for target in order.targets])
    document["run"] |= {"profile": order.load.profile, "breakpoint": found.as_json()}
    verdict = judge_breakpoint(found, document["verdict"], required=required)
    return {**document, "verdict": verdict}


def _by_second(order: Order) -> tuple[str, ...]:
    """The endpoints judged by the second: over a span, or while the test goes on."""
    aborts = order.abort_after is not None
    found = [one.endpoint for one in order.targets if one.endpoint and (one.span or aborts)]
    return tuple(dict.fromkeys(found))


def _workload(order: Order, target: Target) -> Workload:
    parts = urlsplit(target.url)
    is_single = order.source.is_single
    scenario, locustfile = order.source.scenario, order.source.locustfile
    return Workload(
        base_url=f"{parts.scheme}://{parts.netloc}" if is_single else target.url,
        scenario=None if scenario is None else str(scenario),
        locustfile=None if locustfile is None else str(locustfile),
        url=target.url if is_single else None,
        rate=order.load.rate,
        users=order.load.users,
        think_time=order.load.think_time,
        spawn_rate=order.load.spawn_rate,
        stages=order.load.stages,
        arrivals=order.arrivals,
        warmup=order.warmup,
        duration=order.load.duration,
        timeout=order.timeout,
        workers=order.workers,
        environment=target.environment,
        headers=order.source.headers,
        data=order.source.data,
        by_second=_by_second(order),
    )
