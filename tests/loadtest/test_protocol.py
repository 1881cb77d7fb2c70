"""The client speaks HTTP as servers do, however unusual; a connection is never a mystery."""

from pathlib import Path

import pytest
import trustme

from apiforge.errors import TargetUnreachable
from tests.loadtest.conftest import Serve, load_test

SCENARIO = """
[[requests]]
path = "/"
[[requests]]
path = "/chunked"
[[requests]]
path = "/bytes"
[[requests]]
path = "/hints"
[[requests]]
path = "/continue"
[[requests]]
path = "/until-eof"
[[requests]]
path = "/close"
[[requests]]
path = "/vanish"
[[requests]]
path = "/empty"
expect = [204]
[[requests]]
path = "/error"
expect = [500]
[[requests]]
path = "/ünicode?q={text:5}"
[[requests]]
method = "HEAD"
path = "/"
[[requests]]
method = "POST"
path = "/"
body = {text = "{text:2000}"}
[[requests]]
method = "POST"
path = "/vanish"
body = {}
[[requests]]
path = "/redirect"
[[requests]]
path = "/truncated"
[[requests]]
path = "/nonsense"
[[requests]]
path = "/reset"
"""
FAULTY = {
    "GET /redirect": "status 302",
    "GET /truncated": "the connection was closed before the answer was complete",
    "GET /nonsense": "the answer is not HTTP",
    "GET /reset": "the connection was lost: connection reset by peer",
}


def test_answers_of_every_shape_are_understood(serve: Serve, tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.toml"
    scenario.write_text(SCENARIO)

    result = load_test(base_url=serve(), scenario=str(scenario), rate=300.0, duration=2.0)

    failures = {part["name"]: part["failures"] for part in result["endpoints"]}
    requests = {part["name"]: part["requests"] for part in result["endpoints"]}
    assert len(requests) == 18
    assert min(requests.values()) > 0
    faults = {name: count for name, count in failures.items() if count}
    assert faults == {name: requests[name] for name in FAULTY}
    found = {error["endpoint"]: error["error"] for error in result["errors"]}
    assert {name: text for name, text in found.items() if not text.startswith(FAULTY[name])} == {}


def test_address_with_ipv6_is_reached(serve: Serve) -> None:
    address = serve("--host", "::1", host="[::1]")

    assert load_test(f"{address}/")["verdict"]["status"] == "pass"


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


def certified(authority: trustme.CA, folder: Path, name: str) -> str:
    file = folder / "server.pem"
    authority.issue_cert(name).private_key_and_cert_chain_pem.write_to_path(str(file))
    return str(file)


def test_trusted_certificate_is_accepted(
    serve: Serve, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(trusted))
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    certificate = certified(authority, tmp_path, "127.0.0.1")
    address = serve("--certificate", certificate, scheme="https")

    result = load_test(f"{address}/bytes")

    assert result["verdict"]["status"] == "pass"
    assert result["summary"]["requests"] == 50


def test_unknown_certificate_is_refused(
    serve: Serve, authority: trustme.CA, tmp_path: Path
) -> None:
    certificate = certified(authority, tmp_path, "127.0.0.1")
    address = serve("--certificate", certificate, scheme="https")

    with pytest.raises(TargetUnreachable, match="certificate is not valid"):
        load_test(f"{address}/")
