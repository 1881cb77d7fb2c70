"""How a scenario logs in: a request whose answer holds a token, which later requests carry."""

from collections.abc import Mapping
from random import Random
from typing import Any

from operation import Operation, Request, ScenarioError, Send
from pools import decoded

_OWN_KEYS = ("token", "header", "scheme")


class Login:
    """`[login]`: method, path (or a whole address), body or form, headers; where the token is in
    the answer (`token`), and in which `header` it is sent, after which `scheme`."""

    def __init__(self, table: Mapping[str, Any], environment: Mapping[str, str]) -> None:
        own = {key: table[key] for key in _OWN_KEYS if key in table}
        self._token_key = str(own.get("token", "access_token"))
        self._header = str(own.get("header", "Authorization"))
        self._scheme = str(own.get("scheme", "Bearer"))
        rest = {key: value for key, value in table.items() if key not in _OWN_KEYS}
        self._operation = Operation({"method": "POST", **rest}, {}, environment)
        self.lifetime: float | None = None
        """Seconds the last token is good for, where its answer said so."""

    def ask(self, send: Send, headers: Mapping[str, str]) -> dict[str, str]:
        """The header with a new token. Raises ScenarioError."""
        request: Request = self._operation.request(Random(), headers)
        status, body = send(request)
        if status not in self._operation.expect:
            raise ScenarioError(f"the log-in answered {status}")
        answer = decoded(body)
        token: Any = answer
        for name in self._token_key.split("."):
            token = token.get(name) if isinstance(token, dict) else None
        if not token:
            raise ScenarioError(f"the log-in's answer holds no {self._token_key!r}")
        self.lifetime = _lifetime(answer)
        return {self._header: f"{self._scheme} {token}".strip()}


def _lifetime(answer: Mapping[str, Any]) -> float | None:
    """`expires_in` of OAuth 2.0 is a number of seconds; some servers write it as a text."""
    try:
        seconds = float(answer.get("expires_in") or 0)
    except (TypeError, ValueError):
        return None
    return seconds if seconds > 0 else None
