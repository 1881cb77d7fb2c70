from itertools import count
from pathlib import Path
from random import Random

import pytest
from replay import Scenario, ScenarioError
from rows import Dataset, RowsUsedUp

SCENARIO = """
[data.users]
file = "users.csv"
mode = "{mode}"
[[requests]]
method = "POST"
path = "/{{data:users.name}}"
body = {{mail = "{{data:users.mail}}", age = "{{data:users.age}}"}}
"""
CSV = "name,mail,age\na b,a@x,1\nc,c@x,2\nd,d@x,3\n"


def load(
    folder: Path, *, mode: str = "turn", text: str = SCENARIO, share: tuple[int, int] = (0, 1)
) -> Scenario:
    (folder / "users.csv").write_text(CSV)
    file = folder / "scenario.toml"
    file.write_text(text.format(mode=mode))
    scenario = Scenario.load(file, {}, share=share)
    scenario.begin()
    return scenario


def paths(scenario: Scenario, number: int) -> list[str]:
    return [scenario.next(Random(1)).path for _ in range(number)]


def all_paths(scenario: Scenario) -> list[str]:
    found = []
    with pytest.raises(RowsUsedUp, match=r"the 3 rows of users\.csv were used up"):
        for _ in count():
            found += paths(scenario, 1)
    return found


def test_all_values_of_a_request_come_from_one_row(tmp_path: Path) -> None:
    request = load(tmp_path).next(Random(1))

    assert (request.path, request.body) == ("/a%20b", b'{"mail": "a@x", "age": "1"}')


def test_rows_come_in_turn_again_and_again(tmp_path: Path) -> None:
    assert paths(load(tmp_path), 4) == ["/a%20b", "/c", "/d", "/a%20b"]


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_rows_come_once_across_all_workers(tmp_path: Path, workers: int) -> None:
    shares = [load(tmp_path, mode="once", share=(one, workers)) for one in range(workers)]

    found = [path for scenario in shares for path in all_paths(scenario)]

    assert sorted(found) == ["/a%20b", "/c", "/d"]


def test_preparing_uses_no_row_up(tmp_path: Path) -> None:
    scenario = load(tmp_path, mode="once")
    scenario = Scenario.load(tmp_path / "scenario.toml", {})
    assert len(paths(scenario, 10)) == 10

    scenario.begin()

    assert len(all_paths(scenario)) == 3


def test_json_lines_keep_their_types(tmp_path: Path) -> None:
    (tmp_path / "users.jsonl").write_text('{"name": "ö", "mail": null, "age": 7}\n\n')
    text = SCENARIO.replace("users.csv", "users.jsonl")

    request = load(tmp_path, text=text).next(Random(1))

    assert (request.path, request.body) == ("/%C3%B6", b'{"mail": null, "age": 7}')


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(
            ("users.age", "users.aeg"), "no column 'aeg'; it has: name, mail, age", id="column"
        ),
        pytest.param(
            ("data:users.age", "data:user.age"), r"no data called 'user' .*users", id="name"
        ),
        pytest.param(("users.csv", "nowhere.csv"), "nowhere.csv: No such file", id="file"),
        pytest.param(("file =", "fiel ="), "unknown key 'fiel'", id="key"),
        pytest.param(("{mode}", "twice"), "mode once or turn", id="mode"),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        load(tmp_path, text=SCENARIO.replace(*change))


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        pytest.param("x.csv", "name\n", "has no rows", id="empty"),
        pytest.param("x.csv", "a,b\n1\n", "row 1 has more or fewer values", id="short row"),
        pytest.param("x.jsonl", '{"a": 1}\n{', "line 2 is not JSON", id="not JSON"),
        pytest.param("x.jsonl", "[1]", "line 1 is not a JSON object", id="no object"),
    ],
)
def test_a_file_that_is_wrong_says_where(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    (tmp_path / name).write_text(text)

    with pytest.raises(ValueError, match=message):
        Dataset("x", {"file": name}, tmp_path, (0, 1))
