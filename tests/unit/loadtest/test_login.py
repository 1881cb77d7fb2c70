from pathlib import Path
from random import Random

import pytest
from replay import Request, Scenario, ScenarioError

ENVIRONMENT = {"ID": "me", "SECRET": "a&b", "KEY": "k3y"}
CLIENT_CREDENTIALS = """
[headers]
X-API-Key = "{env:KEY}"
[login]
path = "https://id.example.com/token?x=1"
headers = {Authorization = "Basic {basic:ID:SECRET}"}
form = {grant_type = "client_credentials", scope = "a b", client_secret = "{env:SECRET}"}
[[requests]]
path = "/"
"""


class Identity:
    """Answers log-ins with the next of some answers."""

    def __init__(self, *answers: bytes) -> None:
        self.asked: list[Request] = []
        self._answers = list(answers)

    def __call__(self, request: Request) -> tuple[int, bytes]:
        self.asked.append(request)
        return 200, self._answers.pop(0)


def load(folder: Path, text: str) -> Scenario:
    (folder / "scenario.toml").write_text(text)
    return Scenario.load(folder / "scenario.toml", ENVIRONMENT)


def headers_of(scenario: Scenario) -> dict[str, str]:
    return dict(scenario.next(Random(1)).headers)


def test_client_credentials_are_a_form_to_another_server(tmp_path: Path) -> None:
    identity = Identity(b'{"access_token": "t1", "expires_in": "60"}', b'{"access_token": "t2"}')
    scenario = load(tmp_path, CLIENT_CREDENTIALS)

    scenario.prepare(identity)

    [request] = identity.asked
    assert request.method == "POST"
    assert request.path == "https://id.example.com/token?x=1"
    assert request.body == b"grant_type=client_credentials&scope=a%20b&client_secret=a%26b"
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert request.headers["Authorization"] == "Basic bWU6YSZi"
    assert scenario.token_lifetime == 60
    assert headers_of(scenario) == {
        "Accept": "application/json",
        "X-API-Key": "k3y",
        "Authorization": "Bearer t1",
    }


def test_a_renewed_token_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    identity = Identity(b'{"access_token": "t1", "expires_in": 1}', b'{"access_token": "t2"}')
    scenario = load(tmp_path, CLIENT_CREDENTIALS)
    scenario.prepare(identity)

    scenario.login(identity)

    assert headers_of(scenario)["Authorization"] == "Bearer t2"
    assert scenario.token_lifetime is None


def test_a_token_may_be_deeper_and_go_elsewhere(tmp_path: Path) -> None:
    text = '[login]\npath = "/in"\ntoken = "data.key"\nheader = "X-Session"\nscheme = ""\n'
    scenario = load(tmp_path, text + '[[requests]]\npath = "/"')

    scenario.prepare(Identity(b'{"data": {"key": "s"}}'))

    assert headers_of(scenario)["X-Session"] == "s"


def test_a_body_and_a_form_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="a body and a form"):
        load(tmp_path, '[[requests]]\npath = "/"\nbody = {}\nform = {}')
