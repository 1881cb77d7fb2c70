import json
import re
from collections import Counter
from itertools import islice
from pathlib import Path
from random import Random

import pytest
from placeholders import Series
from replay import Request, Scenario

from tests.unit.loadtest.shop import POOLS, SHOP, Service, load


@pytest.fixture
def shop(tmp_path: Path) -> Scenario:
    scenario = load(SHOP, tmp_path, EMAIL='a"b@example.com')
    scenario.prepare(Service())
    return scenario


def next_named(scenario: Scenario, name: str) -> Request:
    random = Random(1)
    return next(
        request for request in (scenario.next(random) for _ in range(500)) if request.name == name
    )


def one_body(value: str, folder: Path) -> object:
    text = f"[[requests]]\nmethod = 'POST'\npath = '/'\nbody = {{value = '''{value}'''}}"
    body = load(text, folder, NAME='va"lue').next(Random(3)).body
    return json.loads(body or b"")["value"]


def test_preparing_logs_in_and_reads_the_pools(tmp_path: Path) -> None:
    service = Service()
    scenario = load(SHOP, tmp_path, EMAIL='a"b@example.com')

    scenario.prepare(service)

    assert [request.path for request in service.asked] == [
        "/login",
        "/products?limit=2",
        "/products?limit=2&cursor=x%20y",
    ]
    assert json.loads(service.asked[0].body or b"") == {"email": 'a"b@example.com'}
    assert service.asked[1].headers["Authorization"] == "Bearer t0ken"
    assert scenario.token_lifetime == 60
    assert scenario.pools["products"].ids == ["a", "b/ b", "c"]


def test_weights_are_kept(shop: Scenario) -> None:
    random = Random(7)
    names = Counter(shop.next(random).name for _ in range(12_000))

    # Without any made row a delete makes one instead.
    assert names["delete"] == 0
    assert names["read"] == pytest.approx(8000, rel=0.05)
    assert names["list"] == pytest.approx(2000, rel=0.1)
    assert names["make"] == pytest.approx(2000, rel=0.1)


def test_ids_are_percent_encoded_in_paths(shop: Scenario) -> None:
    random = Random(2)
    paths = {shop.next(random).path for _ in range(300)}

    assert {"/products/a", "/products/b%2F%20b", "/products/c"} <= paths


def test_list_asks_for_the_next_page_up_to_its_depth(shop: Scenario) -> None:
    first = next_named(shop, "list")
    shop.answered(first, 200, b'{"next_cursor": "two="}')
    second = next_named(shop, "list")
    shop.answered(second, 200, b'{"next_cursor": "three"}')
    third = next_named(shop, "list")

    assert first.path == "/products?limit=50"
    assert second.path == "/products?limit=50&cursor=two%3D"
    assert third.path == first.path


def test_delete_takes_only_rows_made_in_this_test(shop: Scenario) -> None:
    made = next_named(shop, "make")
    shop.answered(made, 201, b'{"id": "new"}')

    assert next_named(shop, "delete").path == "/products/new"
    assert not shop.pools["products"].made
    assert "new" not in shop.pools["products"].ids


def test_failed_answer_teaches_nothing(shop: Scenario) -> None:
    made = next_named(shop, "make")
    shop.answered(made, 409, b'{"id": "new"}')
    shop.answered(made, 201, b"not json")

    assert not shop.pools["products"].made


def test_same_seed_asks_for_the_same(tmp_path: Path) -> None:
    text = "[[requests]]\npath = '/{integer:1,1000000}'\n[[requests]]\npath = '/b/{uuid}'"
    left, right = Random(5), Random(5)
    one, other = load(text, tmp_path), load(text, tmp_path)

    assert [one.next(left).path for _ in range(50)] == [other.next(right).path for _ in range(50)]


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("{unique:12}", r"[0-9a-z]{12}"),
        ("{text:20}", r"[a-z ]{1,20}"),
        ("{text:1}", r"[a-z]"),
        ("{decimal:10,2}", r"\d+\.\d\d"),
        ("{decimal:3,3}", r"0\.\d{3}"),
        ("{decimal:5,0}", r"\d{1,5}"),
        ("{date}", r"20\d\d-[01]\d-[0-3]\d"),
        ("{datetime}", r"20\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d\.\d{3}Z"),
        ("{uuid}", r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        ("{email}", r"[a-z0-9-]+@example\.com"),
        ("{url}", r"https://example\.com/[0-9a-f]+"),
        ("{choice:a|b c}", r"a|b c"),
        ("{env:NAME}", 'va"lue'),
        ("n {integer:5,5}%", "n 5%"),
        ("{{literal}}", r"\{literal\}"),
        ("ünicode", "ünicode"),
    ],
)
def test_placeholder_makes_a_text(text: str, shape: str, tmp_path: Path) -> None:
    value = one_body(text, tmp_path)

    assert isinstance(value, str)
    assert re.fullmatch(shape, value)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("{integer:-5,5}", int), ("{float:0,1}", float), ("{boolean}", bool), ("{json}", dict)],
)
def test_whole_placeholder_keeps_its_type(text: str, kind: type, tmp_path: Path) -> None:
    assert type(one_body(text, tmp_path)) is kind


def test_numeric_ids_stay_numbers_in_bodies(tmp_path: Path) -> None:
    text = POOLS + "[[requests]]\npath = '/{products.id}'\nbody = {ref = '{products.id}'}"
    scenario = load(text, tmp_path)
    scenario.prepare(lambda request: (200, b'[{"id": 7}]'))

    request = scenario.next(Random(1))

    assert (request.path, request.body) == ("/7", b'{"ref": 7}')


@pytest.mark.parametrize("length", [2, 3, 12, 200])
def test_unique_texts_never_come_twice(length: int, tmp_path: Path) -> None:
    scenario = load(f"[[requests]]\npath = '/{{unique:{length}}}'", tmp_path)
    random = Random(1)
    paths = {scenario.next(random).path for _ in range(1000)}

    assert len(paths) == 1000


def test_unique_values_are_shared_out_between_workers() -> None:
    values = []
    for worker in range(3):
        series = Series()
        series.share(12345, worker, 3)
        values += list(islice(series.of(4), 100))

    assert sorted(values) == list(range(12345, 12645))
