"""Two writers that wait for each other both get to their end."""

import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx

from tests.contract.domain import CATEGORIES, PRODUCTS
from tests.contract.service import Service
from tests.contract.test_conflicts import make, product

DEADLOCKING = ("postgresql", "mysql", "mariadb")
"""The servers that let one writer wait for another, and notice when both do."""
TOLD = "it has met a deadlock"
MEANWHILE = 0.3
"""Seconds for a request to come as far as it can; PostgreSQL looks for deadlocks after one."""
OTHER_WRITER = """
import asyncio, logging, sys
from app.main import create_app
from app.resources.categories.repository import ROWS as CATEGORIES
from app.resources.products.repository import ROWS as PRODUCTS
from app.settings import Settings

async def write():
    app = create_app(Settings())
    async with app.router.lifespan_context(app), app.state.database.transaction() as transaction:
        await CATEGORIES.change(transaction, "{category}", {{"name": "{name}"}})
        print("has the category", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        await PRODUCTS.change(transaction, "{product}", {{"name": "{name}"}})

logging.basicConfig(stream=sys.stdout)
asyncio.run(write())
print("has written both", flush=True)
"""


def crossed(service: Service, first: str) -> tuple[httpx.Response, str]:
    """What a request is answered that takes a row and waits for another, while who has that one
    waits for the first; and all that was told meanwhile.
    """
    client = service.client
    row, category = product(client, first), make(client, CATEGORIES)["id"]
    names = {"category": category, "product": row["id"], "name": uuid4().hex}
    logged = len(service.instance.log.read_text())
    with service.site.script(OTHER_WRITER.format(**names)) as other, ThreadPoolExecutor(1) as pool:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == "has the category\n"
        path, body = f"{PRODUCTS}/{row['id']}", {"category_id": category}
        answering = pool.submit(client.patch, path, json=body)
        time.sleep(MEANWHILE)
        other.stdin.write("\n")
        other.stdin.flush()
        told = other.stdout.read() + service.instance.log.read_text()[logged:]
        answer = answering.result()
    assert "has written both" in told
    written = client.get(f"{PRODUCTS}/{row['id']}").json()
    assert (written["name"], written["category_id"]) == (names["name"], category)
    return answer, told


def test_writers_that_wait_for_each_other_are_both_done(service: Service, database: str) -> None:
    first = make(service.client, CATEGORIES)["id"]

    answer, told = crossed(service, first)
    # On a busy machine the request may have come too late to be waited for.
    if database in DEADLOCKING and TOLD not in told:
        answer, told = crossed(service, first)

    assert answer.status_code == 200, answer.text
    assert (TOLD in told) == (database in DEADLOCKING)
