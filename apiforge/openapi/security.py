"""How a described service wants to be asked: what each request carries, and where it comes from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from apiforge.openapi.description import Description, Node, Operation

TOKEN = "API_TOKEN"
KEY = "API_KEY"
USER, PASSWORD = "API_USER", "API_PASSWORD"
CLIENT, CLIENT_SECRET = "CLIENT_ID", "CLIENT_SECRET"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What satisfies an operation; `needs` are names of environment variables."""

    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    login: Mapping[str, Any] | None = None
    needs: tuple[str, ...] = ()


def credentials_of(
    description: Description,
    operation: Operation,
    *,
    given: Sequence[str],
    known: Mapping[str, str],
) -> Credentials:
    """Of the alternatives the first that the `given` headers or the `known` variables satisfy,
    else the first."""
    stated = operation.node.get("security", description.root.get("security")) or [{}]
    found = [_alternative(description, one, given) for one in stated]
    for one in found:
        if all(known.get(name) for name in one.needs):
            return one
    return found[0]


def _alternative(description: Description, names: Node, given: Sequence[str]) -> Credentials:
    components = description.root.get("components") or {}
    schemes = components.get("securitySchemes") or {}
    parts = [
        _scheme(description.resolve(schemes.get(name) or {}), list(scopes or []), given)
        for name, scopes in names.items()
    ]
    return Credentials(
        headers={name: text for part in parts for name, text in part.headers.items()},
        query={name: text for part in parts for name, text in part.query.items()},
        login=next((part.login for part in parts if part.login), None),
        needs=tuple(name for part in parts for name in part.needs),
    )


def _scheme(scheme: Node, scopes: list[str], given: Sequence[str]) -> Credentials:
    kind = scheme.get("type")
    carried = str(scheme.get("name")) if kind == "apiKey" else "Authorization"
    place = scheme.get("in") if kind == "apiKey" else "header"
    if place == "header" and carried.lower() in {name.lower() for name in given}:
        return Credentials()
    if kind == "apiKey":
        return _api_key(str(scheme.get("in")), carried)
    if kind == "http" and str(scheme.get("scheme", "")).lower() == "basic":
        text = f"Basic {{basic:{USER}:{PASSWORD}}}"
        return Credentials(headers={"Authorization": text}, needs=(USER, PASSWORD))
    if kind == "oauth2":
        return _oauth2(scheme.get("flows") or {}, scopes)
    return Credentials(headers={"Authorization": f"Bearer {{env:{TOKEN}}}"}, needs=(TOKEN,))


def _api_key(place: str, name: str) -> Credentials:
    value = f"{{env:{KEY}}}"
    if place == "query":
        return Credentials(query={name: value}, needs=(KEY,))
    if place == "cookie":
        return Credentials(headers={"Cookie": f"{name}={value}"}, needs=(KEY,))
    return Credentials(headers={name: value}, needs=(KEY,))


def _oauth2(flows: Node, scopes: list[str]) -> Credentials:
    """Client credentials, else a password, else a token that was fetched by other means."""
    asked = {"scope": " ".join(scopes)} if scopes else {}
    if flow := flows.get("clientCredentials"):
        form = {
            "grant_type": "client_credentials",
            "client_id": f"{{env:{CLIENT}}}",
            "client_secret": f"{{env:{CLIENT_SECRET}}}",
            **asked,
        }
        return Credentials(login=_login(flow, form), needs=(CLIENT, CLIENT_SECRET))
    if flow := flows.get("password"):
        form = {
            "grant_type": "password",
            "username": f"{{env:{USER}}}",
            "password": f"{{env:{PASSWORD}}}",
            **asked,
        }
        return Credentials(login=_login(flow, form), needs=(USER, PASSWORD))
    return Credentials(headers={"Authorization": f"Bearer {{env:{TOKEN}}}"}, needs=(TOKEN,))


def _login(flow: Node, form: Mapping[str, str]) -> dict[str, Any]:
    return {"path": str(flow.get("tokenUrl", "")), "form": dict(form), "token": "access_token"}
