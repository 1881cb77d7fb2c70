"""README.md: what the project is, how to start, and where everything is."""

import json
import shlex
from collections.abc import Iterator
from urllib.parse import quote

from apiforge.project.naming import project_of
from apiforge.project.plan import Plan
from apiforge.project.references import in_order
from apiforge.project.resources import Resource
from apiforge.project.writers import samples

_URL = "http://127.0.0.1:8000"
_START = """\
## Start

{needs}

```sh
make run        # installs what is missing, migrates the database, serves {url}
make test       # the tests
make load       # a load test, judged against the targets in apiforge.toml (needs apiforge)
```

`make help` lists the rest. The interactive documentation is at {url}/docs."""
_LOGIN = """\
Calls need a token. Make a user, then log in:

```sh
make user EMAIL=you@example.org     # asks for a password
TOKEN=$(curl -s {url}{path} -H 'Content-Type: application/json' \\
  -d '{{"email": "you@example.org", "password": "YOUR PASSWORD"}}' \\
  | python3 -c 'import json, sys; print(json.load(sys.stdin)["{token}"])')
```"""
_OPERATIONS = (
    ("GET", "", "a page of {plural}: `limit`, `cursor`, `sort`, filters"),
    ("POST", "", "make one"),
    ("GET", "/{id}", "read one"),
    ("PUT", "/{id}", "replace one"),
    ("PATCH", "/{id}", "change some fields of one"),
    ("DELETE", "/{id}", "delete one"),
)
_CONFIGURED = """\
Settings are environment variables; `.env` is read too and never committed. `.env.example` has them
all. A secret is 32 random bytes, and `make run` makes those that are missing.
"""
_WHERE = """\
## Where things are

| where | what |
|---|---|
| `app/resources/` | one folder for each resource: endpoints, schemas, service, repository, table |
| `app/components.py` | the parts of the service, in start-up order |
| `app/settings.py` | every setting |
| `migrations/` | how the database became what it is |
| `tests/` | the tests, run by `make test` |
| `loadtests/scenario.toml` | what a load test does how often; change it freely |
| `apiforge.toml` | what this project was made from, its requirements and its targets |

`docs/` tells more: [how it is built](docs/architecture.md),
[how to work on it](docs/development.md), [how to run it](docs/operations.md)."""
_DEPLOY = """\
## Run it elsewhere

Install `requirements.lock`, set `APP_ENV=production` and the secrets in the environment, then

```sh
python -m app migrate
python -m app serve
```

In production the service refuses to start with an empty or short secret. `/livez` says whether the
process lives, `/readyz` whether everything it needs answers."""


def write(plan: Plan) -> dict[str, str]:
    """The one file."""
    return {"README.md": "\n\n".join(_sections(plan)) + "\n"}


def _sections(plan: Plan) -> Iterator[str]:
    project = project_of(plan.specification)
    resources = plan.specification.resources
    names = _listed([resource.plural for resource in resources])
    yield f"# {project.title}"
    yield f"An HTTP API for {names}, written with FastAPI."
    yield _START.format(url=_URL, needs=_needs(plan))
    yield "## Try it"
    logins = [feature.login for feature in plan.features if feature.login is not None]
    for login in logins[:1]:
        yield _LOGIN.format(url=_URL, path=login["path"], token=login["token"])
    yield _calls(in_order(resources)[0], authorized=bool(logins))
    yield "\n".join(("## Endpoints", "", *_endpoints(resources)))
    yield "\n".join(("## What was chosen", "", *_chosen(plan)))
    yield _WHERE
    yield "\n".join(("## Settings", "", _CONFIGURED, *_settings(plan)))
    yield _DEPLOY + _compose(plan)


def _needs(plan: Plan) -> str:
    having = [feature for feature in plan.features if feature.services]
    if not having:
        return "Python 3.11 or newer and `make` are all this needs."
    servers = _listed([service.name for feature in having for service in feature.services])
    first = (f"- {step}" for feature in having for step in feature.next_steps)
    lead = f"This needs Python 3.11 or newer, `make` and a running server ({servers}). First:"
    return "\n".join((lead, "", *first))


def _calls(resource: Resource, *, authorized: bool) -> str:
    token = ' -H "Authorization: Bearer $TOKEN"' if authorized else ""
    data = shlex.quote(json.dumps(samples.body(resource), ensure_ascii=False))
    url = _URL + _path(resource)
    return "\n".join(
        (
            "```sh",
            f"curl {shlex.quote(url)}{token} -H 'Content-Type: application/json' \\",
            f"  -d {data}",
            f"curl {shlex.quote(url + '?limit=10')}{token}",
            "```",
        )
    )


def _path(resource: Resource) -> str:
    return f"/api/v1/{quote(resource.plural)}"


def _endpoints(resources: tuple[Resource, ...]) -> Iterator[str]:
    yield "| method | path | does |"
    yield "|---|---|---|"
    for resource in resources:
        for method, suffix, does in _OPERATIONS:
            meaning = does.replace("{plural}", resource.plural)
            yield f"| {method} | `/api/v1/{resource.plural}{suffix}` | {meaning} |"


def _chosen(plan: Plan) -> Iterator[str]:
    yield "| | value | what it is |"
    yield "|---|---|---|"
    for axis in plan.axes:
        for value in plan.specification.choices[axis.name]:
            yield f"| {axis.name} | {value} | {axis.summary(value)} |"


def _settings(plan: Plan) -> Iterator[str]:
    yield "| name | at first | of |"
    yield "|---|---|---|"
    for feature in plan.features:
        for name, value in feature.environment.items():
            yield f"| `{name}` | `{value}` | {feature.summary} |"
        for name, purpose in feature.secrets.items():
            yield f"| `{name}` | a secret | {purpose} |"


def _compose(plan: Plan) -> str:
    if not any("compose" in feature.writes for feature in plan.features):
        return ""
    return "\n\nOr in containers, with the servers it needs: `docker compose up --build`."


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
