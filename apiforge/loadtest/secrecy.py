"""Keeps passwords and tokens out of a result, and so out of every report that is made of it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from apiforge.loadtest.workload import Workload

HIDDEN = "***"
_SECRET_NAME = re.compile("pass|secret|token|key|signature|credential|auth|cookie", re.IGNORECASE)
_PLACEHOLDER_NAME = re.compile(r"[:{]([^{}:]+)(?=[:}])")
_SHORTEST = 6
"""Shorter values would be found in every other word."""


def secrets_of(workload: Workload) -> list[str]:
    """What must not be told: of the scenario's environment and of the address, by its name."""
    found = [value for name, value in workload.environment.items() if _SECRET_NAME.search(name)]
    found += _secrets_in(workload.target)
    for name, text in workload.headers.items():
        if _SECRET_NAME.search(name):
            # Whole, and without the word that stands before a token; or what fills it.
            found += [text, text.partition(" ")[2]] if "{" not in text else []
            found += [workload.environment.get(one, "") for one in _PLACEHOLDER_NAME.findall(text)]
    return found


def shown(address: str) -> str:
    """An address as it may be shown: without its password and the secrets in its query."""
    pattern = _pattern(_secrets_in(address))
    return address if pattern is None else pattern.sub(HIDDEN, address)


def _secrets_in(address: str) -> list[str]:
    parts = urlsplit(address)
    found = [parts.password] if parts.password else []
    for pair in parts.query.split("&"):
        name, _, value = pair.partition("=")
        if _SECRET_NAME.search(unquote(name)):
            found += [value, unquote(value)]
    return found


def hide(document: Mapping[str, Any], secrets: Sequence[str]) -> dict[str, Any]:
    """The document without these values, wherever words of others stand in it."""
    pattern = _pattern(secrets)
    if pattern is None:
        return dict(document)
    told = {"target", "run", "verdict", "endpoints", "errors", "targets"}
    return {
        key: _hidden(value, pattern) if key in told else value for key, value in document.items()
    }


def _pattern(secrets: Sequence[str]) -> re.Pattern[str] | None:
    """Whatever is long enough to be a secret, as it is or encoded for an address."""
    forms = {form for secret in secrets for form in (secret, quote(secret, safe=""))}
    long = sorted((form for form in forms if len(form) >= _SHORTEST), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, long))) if long else None


def _hidden(value: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return pattern.sub(HIDDEN, value)
    if isinstance(value, list):
        return [_hidden(item, pattern) for item in value]
    if isinstance(value, dict):
        # The status is ours, and what others read: no password is worth a word of it.
        return {
            key: item if key == "status" else _hidden(item, pattern) for key, item in value.items()
        }
    return value
