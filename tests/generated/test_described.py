"""`apiforge loadtest --openapi` on services that say what they are: one that we made, and one of
FastAPI's tutorial. Both ask for a log-in, and what was there before is left as it was.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from apiforge.servers.ports import LOOPBACK, free_port, is_answering
from tests.generated.conftest import Boot, MakeProject, login
from tests.generated.environments import share_environment
from tests.result_schema import follows_schema
from tests.servers.processes import end_with_parent, eventually

NOTES = Path(__file__).parents[1] / "loadtest" / "servers" / "notes.py"
PRODUCTS = "/api/v1/products"
RESOURCES = (
    *("--resource", "category: name:string(60)!"),
    *("--resource", "product: name:string(120) sku:string(32)! category:ref(category)"),
)
USER = {"API_USER": "reader", "API_PASSWORD": "correct-horse-battery"}


def loadtest(url: str, folder: Path, **environment: str) -> dict[str, Any]:
    """The result of a short one, of which every request was answered well."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "apiforge", "loadtest", "--url", url),
            *("--openapi", f"{url}/openapi.json", "--json", "result.json"),
            *("--rate", "60", "--duration", "3s", "--warmup", "0s", "--target", "p50<60s"),
        ],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    document: dict[str, Any] = json.loads((folder / "result.json").read_text())
    assert follows_schema(document)
    assert document["summary"]["failures"] == 0, document["errors"]
    secret = [value for name, value in environment.items() if name != "API_USER"]
    assert not [it for it in secret if it in json.dumps(document) + done.stdout + done.stderr]
    return document


def asked(document: dict[str, Any]) -> set[str]:
    return {one["name"] for one in document["endpoints"]}


def left_out(document: dict[str, Any]) -> set[str]:
    warnings = document["generator"]["warnings"]
    return {it.split(": ")[1] for it in warnings if it.startswith("left out")}


def test_a_generated_service_is_exercised_by_its_description(
    make_project: MakeProject, boot: Boot, tmp_path: Path
) -> None:
    with boot(make_project("--auth", "jwt", *RESOURCES)) as live:
        login(live)
        before = live.client.get(PRODUCTS, params={"limit": 200}).json()["items"]
        token = live.client.headers["Authorization"].removeprefix("Bearer ")

        document = loadtest(str(live.client.base_url), tmp_path, API_TOKEN=token)

        for row in before:
            assert live.client.get(f"{PRODUCTS}/{row['id']}").json() == row
    rows = f"{PRODUCTS}/{{id}}"
    assert asked(document) >= {
        *(f"GET {PRODUCTS}", f"POST {PRODUCTS}", f"GET {rows}"),
        *(f"PUT {rows}", f"PATCH {rows}", f"DELETE {rows}", "GET /api/v1/auth/me"),
    }
    assert left_out(document) == {"POST /api/v1/auth/login", "POST /api/v1/auth/refresh"}


@contextmanager
def notes(python: Path) -> Iterator[str]:
    """The address of the other one, with a note in it."""
    port = free_port()
    command = [str(python), str(NOTES), str(port)]
    process = subprocess.Popen(command, env={**os.environ, **USER}, preexec_fn=end_with_parent)
    try:
        assert eventually(lambda: is_answering(LOOPBACK, port))
        yield f"http://{LOOPBACK}:{port}"
    finally:
        process.kill()
        process.wait()


def test_a_service_of_the_tutorial_is_exercised_by_its_description(
    make_project: MakeProject, tmp_path: Path
) -> None:
    project = make_project()
    share_environment(project)
    with notes(project / ".venv" / "bin" / "python") as url, httpx.Client(base_url=url) as client:
        form = {"username": USER["API_USER"], "password": USER["API_PASSWORD"]}
        token = client.post("/token", data=form).raise_for_status().json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        made = client.post("/notes", json={"title": "kept", "stars": 5}).raise_for_status().json()

        document = loadtest(url, tmp_path, **USER)

        assert client.get(f"/notes/{made['id']}").json() == made
    assert asked(document) >= {
        *("GET /notes", "POST /notes", "GET /notes/{note_id}"),
        *("PUT /notes/{note_id}", "DELETE /notes/{note_id}"),
    }
    assert left_out(document) <= {"POST /token"}
