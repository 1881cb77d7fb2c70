"""Where the requests of a load test come from, and what each of them carries."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from apiforge.catalog.document import Document
from apiforge.errors import UsageError
from apiforge.runs.description import scenario_from, write_scenario

_NAMES = re.compile(r"\{(?:env:([^{}]+)|basic:([^{}:]+):([^{}:]+))\}")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*(.*\S)\s*")
_DATA = re.compile(r"([A-Za-z_][A-Za-z0-9_-]*)=(.+?)(?::(once|turn))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceWishes:
    """What the command line says; None where it says nothing."""

    scenario: Path | None = None
    openapi: str | None = None
    locustfile: Path | None = None
    headers: tuple[str, ...] = ()
    bearer: str | None = None
    data: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A scenario, a locustfile, or neither: one address, again and again.

    A scenario made from an OpenAPI description is a text, until it is written `into` a folder.
    `headers` may hold `{env:NAME}`; `data` are tables as `[data.NAME]` of a scenario.
    """

    scenario: Path | None = None
    text: str | None = None
    locustfile: Path | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def is_single(self) -> bool:
        return self.scenario is None and self.text is None and self.locustfile is None

    def into(self, folder: Path) -> "Source":
        """The same, with a scenario that was made as a file in this folder."""
        if self.text is None:
            return self
        file = folder.absolute() / "scenario.toml"
        write_scenario(self.text, file)
        return replace(self, scenario=file, text=None)

    def environment(self, known: Mapping[str, str]) -> dict[str, str]:
        """The values of the names that are asked for as `{env:NAME}`; UsageError for missing."""
        # Not from the text of the file: its comments may well explain {env:NAME}.
        document = self.scenario and Document.read(self.scenario, error=UsageError).values
        if self.text is not None:
            document = tomllib.loads(self.text)
        text = json.dumps([document, dict(self.headers)], default=str)
        names = sorted({name for found in _NAMES.findall(text) for name in found if name})
        missing = [name for name in names if not known.get(name)]
        if missing:
            who = "the scenario needs" if self.scenario else "the headers need"
            raise UsageError(
                f"{who} {' and '.join(missing)}",
                hint="set it in the environment or in the project's .env",
            )
        return {name: known[name] for name in names}


def make_source(
    wishes: SourceWishes,
    project: Path | None,
    *,
    url: str | None = None,
    known: Mapping[str, str] = MappingProxyType({}),
) -> Source:
    """What is asked for, else the `project`'s scenario; UsageError for what cannot be.

    A description's scenario is made for the server at `url`, with what is `known` of log-ins.
    """
    if wishes.locustfile is not None:
        _check_alone(wishes)
        return Source(locustfile=_existing(wishes.locustfile, "--locustfile"))
    headers = _headers(wishes.headers, wishes.bearer)
    data = dict(_data(text) for text in wishes.data)
    if wishes.openapi is not None:
        if wishes.scenario is not None:
            raise UsageError("--openapi cannot be used with --scenario", hint="give one of them")
        text = scenario_from(wishes.openapi, url=url, headers=headers, known=known)
        return Source(text=text, headers=headers, data=data)
    scenario = project if wishes.scenario is None else _existing(wishes.scenario, "--scenario")
    if wishes.data and scenario is None:
        raise UsageError("--data fills a scenario", hint="give a PROJECT, or --scenario FILE")
    return Source(
        scenario=scenario,
        headers=headers,
        data=data,
    )


def _check_alone(wishes: SourceWishes) -> None:
    told = {
        "--scenario": wishes.scenario,
        "--openapi": wishes.openapi,
        "--header": wishes.headers,
        "--bearer": wishes.bearer,
        "--data": wishes.data,
    }
    for option, value in told.items():
        if value:
            raise UsageError(
                f"{option} cannot be used with --locustfile",
                hint="a locustfile says by itself what its users send",
            )


def _existing(file: Path, option: str) -> Path:
    if not file.is_file():
        raise UsageError(f"{option} {file}: there is no such file", hint="name one that exists")
    return file.absolute()


def _headers(texts: Sequence[str], bearer: str | None) -> dict[str, str]:
    found = {}
    for text in texts:
        match = _HEADER.fullmatch(text)
        if match is None:
            # Not shown as typed: it may be a secret whose name was forgotten.
            raise UsageError(
                "--header is not NAME: VALUE", hint='write it as "X-API-Key: {env:API_KEY}"'
            )
        found[match[1]] = match[2]
    if bearer is not None:
        found["Authorization"] = f"Bearer {bearer}"
    return found


def _data(text: str) -> tuple[str, dict[str, str]]:
    match = _DATA.fullmatch(text)
    if match is None:
        raise UsageError(
            f"--data {text!r} is not NAME=FILE",
            hint="write users=users.csv, or users=users.csv:once for each row once",
        )
    file = _existing(Path(match[2]), f"--data {match[1]}")
    return match[1], {"file": str(file), **({"mode": match[3]} if match[3] else {})}
