"""README.md, loadtests/ and apiforge.toml."""

import json
import tomllib

import pytest

from apiforge import paths
from apiforge.project.resources import parse_resource
from apiforge.project.writers import manifest, readme, samples, scenario
from tests.unit.project.conftest import MakePlan


def test_the_readme_calls_real_paths_with_a_token(plan_of: MakePlan) -> None:
    text = readme.write(plan_of(texts=("person: name:string(5) note:text?",)))["README.md"]

    assert "# Shop\n" in text
    assert "curl -s http://127.0.0.1:8000/api/v1/auth/login " in text
    assert 'curl http://127.0.0.1:8000/api/v1/people -H "Authorization: Bearer $TOKEN"' in text
    assert '-d \'{"name": "A nam"}\'' in text
    assert "| GET | `/api/v1/people/{id}` | read one |" in text
    assert "| auth | jwt | Log in with a password |" in text
    assert "| `JWT_SIGNING_KEY` | a secret | signs the tokens |" in text
    assert "docker compose up" in text


def test_the_readme_says_which_servers_must_run(plan_of: MakePlan) -> None:
    text = readme.write(plan_of(database="postgresql"))["README.md"]

    assert "`make` and a running server (postgresql). First:\n\n- docker compose up -d" in text


def test_the_readme_without_users_and_containers(plan_of: MakePlan) -> None:
    text = readme.write(plan_of(auth="none", deploy="none"))["README.md"]

    assert "Python 3.11 or newer and `make` are all this needs." in text
    assert "TOKEN" not in text
    assert "docker" not in text


def test_a_unicode_path_is_encoded_in_a_command_only(plan_of: MakePlan) -> None:
    text = readme.write(plan_of(texts=("größe: name:text",)))["README.md"]

    assert "curl http://127.0.0.1:8000/api/v1/gr%C3%B6%C3%9Fes " in text
    assert "`/api/v1/größes`" in text


def test_a_sample_has_what_is_required() -> None:
    resource = parse_resource(
        "thing: a:string b:text c:integer d:bigint e:float f:decimal(3,2) g:decimal(2,2) h:boolean "
        "i:date j:datetime k:uuid l:json m:email n:url o:enum(x|y) p:ref(other) q:text? r:float=1"
    )

    body = samples.body(resource)

    assert list(body) == [*"abcdefghijklmno", "p_id"]
    assert (body["f"], body["g"], body["o"]) == ("1.00", "0.00", "x")
    assert json.loads(json.dumps(body)) == body


def test_the_scenario_logs_in_where_there_is_a_login(plan_of: MakePlan) -> None:
    written = scenario.write(plan_of())

    assert tomllib.loads(written["loadtests/scenario.toml"])["login"]["token"] == "access_token"
    assert written["loadtests/replay.py"] == (paths.loadtests() / "replay.py").read_text()


def test_the_scenario_does_not_log_in_without_users(plan_of: MakePlan) -> None:
    written = scenario.write(plan_of(auth="none"))

    assert "login" not in tomllib.loads(written["loadtests/scenario.toml"])


@pytest.mark.parametrize("auth", ["none", "jwt", "jwt api-key"])
def test_the_manifest_holds_every_choice(plan_of: MakePlan, auth: str) -> None:
    changes = {"features/auth/api-key/feature.toml": 'summary = "Keys"\n'}

    document = tomllib.loads(manifest.write(plan_of(changes, auth=auth))["apiforge.toml"])

    assert document["project"] == {"name": "shop", "apiforge": "1.2.3"}
    assert document["choices"]["auth"] == auth.split()
    assert list(document["resources"]) == ["category", "product"]
    assert document["requirements"]["availability"] == "99.9%"
