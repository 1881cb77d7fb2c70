"""What was asked of a load test, completed from the project and checked before anything starts."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast, get_args
from urllib.parse import urlsplit

from apiforge.catalog.document import Document
from apiforge.catalog.load import load_catalog
from apiforge.catalog.model import Feature
from apiforge.errors import UsageError, choose_one_of
from apiforge.loadtest.luggage import check_luggage
from apiforge.loadtest.meeting import Meeting
from apiforge.loadtest.samples import needed
from apiforge.loadtest.secrecy import shown
from apiforge.loadtest.targets import Target, TargetError, parse
from apiforge.loadtest.workload import Arrivals
from apiforge.paths import templates
from apiforge.project.requirements import Requirements
from apiforge.runs.generators import GeneratorWishes, make_meeting
from apiforge.runs.shape import Shape, ShapeWishes, for_locustfile, make_shape
from apiforge.runs.source import Source, SourceWishes, make_source
from apiforge.servers.environment import read_environment
from apiforge.servers.service import GENERATED
from apiforge.servers.subject import EXAMPLE, Subject, chosen_features, open_subject

METRICS_TOKEN = "METRICS_TOKEN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the command line says; None where it says nothing."""

    project: Path | None
    url: str | None
    rows: int | None
    targets: tuple[str, ...]
    arrivals: str
    warmup: float
    timeout: float
    load: ShapeWishes
    generators: GeneratorWishes = field(default_factory=GeneratorWishes)
    source: SourceWishes = field(default_factory=SourceWishes)
    abort_after: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A load test that can start: against `url`, or against the project it starts itself."""

    subject: Subject | None
    source: Source
    features: tuple[Feature, ...]
    url: str | None
    load: Shape
    rows: int
    targets: tuple[Target, ...]
    arrivals: Arrivals
    warmup: float
    timeout: float
    workers: int
    environment: Mapping[str, str]  # for {env:…} of the scenario, when the server already runs
    metrics_token: str | None = None  # for its /metrics, then
    abort_after: float | None = None  # seconds measured before a lost test may end early
    keep_awake: bool | None = None  # the processors; None: where their host is busy
    meeting: Meeting | None = None  # where generators of other machines are waited for

    @property
    def project(self) -> Subject:
        """The project; only where there is one."""
        if self.subject is None:
            raise ValueError("a load test of an address alone has no project")
        return self.subject

    @property
    def folder(self) -> Path | None:
        """The project's folder, if there is one."""
        return None if self.subject is None else self.subject.folder

    @property
    def name(self) -> str:
        """What is tested, in a word or an address."""
        return shown(self.url or "") if self.subject is None else self.subject.name


def make_order(wishes: Wishes) -> Order:
    """The order these wishes make; UsageError for what cannot be."""
    url = None if wishes.url is None else _checked_url(wishes.url)
    meeting = make_meeting(wishes.generators, url)
    _check_combination(wishes, url)
    subject = _subject(wishes.project, url)
    known = dict(os.environ) if subject is None else _known(subject)
    scenario = None if subject is None else subject.scenario
    source = make_source(wishes.source, scenario, url=url, known=known)
    if meeting is not None:
        check_luggage(source.scenario, source.locustfile, source.data)
    required = Requirements.of(_table(subject, "requirements"))
    settings = _table(subject, "loadtest")
    settings.allow("targets")
    targets = merge_targets(settings.texts("targets"), wishes.targets)
    return Order(
        subject=subject,
        source=source,
        features=_features(subject) if subject is not None and url is None else (),
        url=url,
        load=_load(
            wishes,
            source,
            targets=targets,
            peak_rate=required.peak_rate,
            is_stated=subject is not None,
        ),
        rows=required.rows if wishes.rows is None else wishes.rows,
        targets=targets,
        arrivals=_checked_arrivals(wishes.arrivals),
        warmup=wishes.warmup,
        timeout=wishes.timeout,
        workers=wishes.generators.expected or wishes.generators.workers,
        keep_awake=wishes.generators.keep_awake,
        meeting=meeting,
        environment=_environment(subject, source, starts_it=url is None),
        metrics_token=None if subject is None else known.get(METRICS_TOKEN),
        abort_after=wishes.abort_after,
    )


def _check_combination(wishes: Wishes, url: str | None) -> None:
    if url is not None and wishes.rows is not None:
        raise UsageError(
            "--rows cannot be used with --url",
            hint="it is for the throw-away database of a project that apiforge starts itself",
        )
    if wishes.source.openapi is not None and url is None:
        raise UsageError(
            "--openapi is for a server that runs", hint="say where with --url http://127.0.0.1:8000"
        )


def _load(
    wishes: Wishes,
    source: Source,
    *,
    targets: Sequence[Target],
    peak_rate: float,
    is_stated: bool,
) -> Shape:
    """Load that suits its source, and lasts as long as the targets need to be judged."""
    wished = wishes.load if source.locustfile is None else for_locustfile(wishes.load)
    if wished.spawn_rate is not None and source.locustfile is None:
        raise UsageError("--spawn-rate is for --locustfile", hint="others come with the warm-up")
    load = make_shape(
        wished,
        peak_rate,
        is_stated=is_stated,
        requests=max(map(_requests, targets), default=0),
        longest_span=max((one.span or 0 for one in targets), default=0),
    )
    if wishes.abort_after is not None and load.is_search:
        raise UsageError(
            "--abort-on-fail cannot be used with --profile breakpoint",
            hint="a search goes on to higher rates until a target is missed",
        )
    return load


def _requests(target: Target) -> int:
    """What it needs of the whole test."""
    return 0 if target.endpoint or target.span else needed(target)


def _subject(project: Path | None, url: str | None) -> Subject | None:
    if project is None and url is not None:
        return None
    return open_subject(project or Path())


def _table(subject: Subject | None, name: str) -> Document:
    if subject is None:
        return Document(file="", values={}, error=UsageError)
    return subject.settings.table(name)


def _features(subject: Subject) -> tuple[Feature, ...]:
    return tuple(chosen_features(subject, load_catalog([templates()])))


def _checked_arrivals(arrivals: str) -> Arrivals:
    for known in get_args(Arrivals):
        if arrivals == known:
            return cast(Arrivals, known)
    hint = choose_one_of(arrivals, get_args(Arrivals))
    raise UsageError(f"no arrivals called {arrivals!r}", hint=hint)


def _checked_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_complete = parts.scheme in {"http", "https"} and bool(parts.hostname)
        is_complete = is_complete and parts.port != 0
    except ValueError:
        is_complete = False
    if not is_complete or any(character.isspace() for character in url):
        raise UsageError(
            f"--url {url!r} is not the address of an HTTP server",
            hint="write it in full: http://127.0.0.1:8000/",
        )
    return url


def merge_targets(stated: Sequence[str], asked: Sequence[str]) -> tuple[Target, ...]:
    """Those of the project; one asked for replaces that of its metric, endpoint and span."""
    found: dict[tuple[str, str | None, int | None], Target] = {}
    for origin, texts in (("[loadtest] targets", stated), ("--target", asked)):
        for text in texts:
            try:
                target = parse(text)
            except TargetError as error:
                raise UsageError(f"{origin}: {error}", hint=error.hint) from error
            found[target.metric, target.endpoint, target.span] = target
    return tuple(found.values())


def _known(subject: Subject) -> dict[str, str]:
    """What the owner of a server that runs already has set."""
    return {**read_environment(subject.folder / ".env"), **os.environ}


def _environment(subject: Subject | None, source: Source, *, starts_it: bool) -> dict[str, str]:
    """For a server that runs already; nothing yet for one that we start, but what is missing."""
    if subject is None or not starts_it:
        return source.environment(dict(os.environ) if subject is None else _known(subject))
    given = {**read_environment(subject.folder / EXAMPLE), **os.environ}
    source.environment(dict.fromkeys([*given, *GENERATED], "made later"))
    return {}
