"""A scenario made from an OpenAPI description: fetched, made, written as a project's own is."""

import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from apiforge.errors import ApiforgeError, TargetUnreachable, UsageError
from apiforge.loadtest.secrecy import shown
from apiforge.openapi.description import read_description
from apiforge.openapi.scenario import make_scenario
from apiforge.project import toml

_PATIENCE = 10.0
_HEADER = """\
# What a load test asks of the service described in {origin}. Edit it as your users behave.
#
# A request is chosen by its weight. Values in braces are made anew for each request:
#   {{pool.id}} the id of a row, {{pool.own}} of one that the test made itself, {{pool.made}} the
#   same, each taken once; of rows within other rows {{pool.path}}, {{pool.own_path}} and
#   {{pool.made_path}}, their whole paths; {{data:NAME.column}} of a row of a file (--data),
#   {{unique:n}} {{text:n}} {{integer:a,b}} {{float:a,b}} {{decimal:p,s}} {{boolean}} {{date}}
#   {{datetime}} {{uuid}} {{email}} {{url}} {{choice:a|b|c}} {{json}} {{env:NAME}}
#   {{basic:USER:PASSWORD}}
#
# try_first: before the clock starts each request is sent once, and those that are refused are left
# out, and named. left_out: what could not be made from the description.

"""


def scenario_from(
    source: str, *, url: str | None, headers: Mapping[str, str], known: Mapping[str, str]
) -> str:
    """The text of a scenario.toml for the description in a file or at an address; `headers` are
    sent anyway, `known` is the environment. UsageError for what is no description, or leaves
    nothing to ask; TargetUnreachable for an address that does not answer."""
    text = _fetched(source) if "://" in source else _read(source)
    origin = shown(source)
    has_path = urlsplit(url or "").path.strip("/")
    made = make_scenario(
        read_description(text, origin=origin),
        prefix="" if has_path else None,
        given=list(headers),
        known=known,
    )
    if not made.document["requests"]:
        reasons = "; ".join(made.left_out[:3]) or "it describes no operation"
        raise UsageError(
            f"nothing can be asked of what {origin} describes: {reasons}",
            hint="set what its log-in needs, or give --header or --bearer",
        )
    return _HEADER.format(origin=origin) + toml.document(made.document)


def write_scenario(text: str, file: Path) -> None:
    """Into a file; ApiforgeError where that cannot be."""
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ApiforgeError(f"cannot write {file}: {error.strerror}") from error


def _read(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise UsageError(f"--openapi {file}: {reason}", hint="name a file or an address") from error


def _fetched(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise UsageError(
            f"--openapi {shown(url)} is no address", hint="it begins with http:// or https://"
        )
    request = urllib.request.Request(url, headers={"Accept": "application/json, */*"})
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:
            return str(answer.read().decode("utf-8"))
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise TargetUnreachable(
            f"--openapi {shown(url)} cannot be fetched: {reason}",
            hint="is the server running? a file will do as well",
        ) from error
