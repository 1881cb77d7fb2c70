"""What travels to load generators of other machines, and what is let in there."""

import base64
import zlib
from pathlib import Path
from typing import Any

import luggage as there
import pytest

from apiforge.errors import UsageError
from apiforge.loadtest import luggage
from apiforge.loadtest.luggage import check_luggage, make_luggage
from apiforge.loadtest.modules import own_modules

FILES = {
    "locustfile.py": "import os, shop.users\nfrom steps import buy\nfrom locust import User\n",
    "steps.py": "def buy():\n    from helpers.money import price\n",
    "helpers/money.py": "from . import rates\nfrom .. import nothing\n",
    "helpers/rates.py": "import steps\n",
    "shop/__init__.py": "from .settings import *\n",
    "shop/settings.py": "URL = 1\n",
    "shop/users.py": "this is no Python\n",
    "unused.py": "raise SystemExit\n",
    "os.txt": "",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        file = tmp_path / "here" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path / "here"


def subject(**given: Any) -> dict[str, Any]:
    return {"scenario": None, "locustfile": None, "data": {}, "url": None, **given}


def test_modules_are_those_that_are_imported_through_each_other(folder: Path) -> None:
    found = [str(file.relative_to(folder)) for file in own_modules(folder / "locustfile.py")]

    assert found == sorted(set(FILES) - {"unused.py", "os.txt"})


def test_locustfile_arrives_with_its_modules(folder: Path, tmp_path: Path) -> None:
    sent = make_luggage(subject(locustfile=str(folder / "locustfile.py")))
    arrived = tmp_path / "there"

    there.unpack(sent.subject, sent.packed(), arrived)

    assert sent.subject["locustfile"] == str(arrived / "locustfile" / "locustfile.py")
    texts = {
        str(file.relative_to(arrived / "locustfile")): file.read_text()
        for file in arrived.rglob("*.py")
    }
    assert texts == {name: FILES[name] for name in set(FILES) - {"unused.py", "os.txt"}}


def test_rows_of_a_scenario_and_of_the_command_line_arrive(folder: Path, tmp_path: Path) -> None:
    scenario, rows, other = folder / "scenario.toml", tmp_path / "rows.csv", folder / "rows.csv"
    scenario.write_text(
        '[data.users]\nfile = "../rows.csv"\nmode = "once"\n'
        '[data.replaced]\nfile = "missing.csv"\n[data.broken]\nmode = "once"\n'
    )
    rows.write_text("name\nann\n")
    other.write_text("name\nbob\n")
    asked = subject(scenario=str(scenario), data={"replaced": {"file": str(other)}})

    sent = make_luggage(asked)
    there.unpack(sent.subject, sent.packed(), tmp_path / "there")

    tables = sent.subject["data"]
    assert {name: Path(table["file"]).read_text() for name, table in tables.items()} == {
        "users": "name\nann\n",
        "replaced": "name\nbob\n",
    }
    assert tables["users"]["mode"] == "once"
    assert all(Path(table["file"]).is_relative_to(tmp_path / "there") for table in tables.values())
    assert Path(sent.subject["scenario"]).read_text() == scenario.read_text()
    assert asked["scenario"] == str(scenario)


def test_missing_rows_are_told_before_anybody_joins(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"missing\.csv: No such file"):
        check_luggage(None, None, {"users": {"file": str(folder / "missing.csv")}})


def test_more_than_fits_is_told_before_anybody_joins(folder: Path) -> None:
    big = folder / "big.csv"
    with big.open("wb") as file:
        file.truncate(luggage.MOST_BYTES + 1)

    with pytest.raises(UsageError, match="at most 32 MB are sent"):
        check_luggage(None, None, {"users": {"file": str(big)}})


@pytest.mark.parametrize("name", ["../rows.csv", "/tmp/rows.csv", "data/../../rows.csv", ""])
def test_nothing_is_written_outside_of_the_folder(name: str, tmp_path: Path) -> None:
    packed = base64.b64encode(zlib.compress(b"evil")).decode()

    with pytest.raises(there.Refused, match="leads out of the folder"):
        there.unpack(subject(), {name: packed}, tmp_path / "there")

    assert list(tmp_path.rglob("*.csv")) == []


def test_paths_of_the_subject_cannot_lead_elsewhere(tmp_path: Path) -> None:
    with pytest.raises(there.Refused, match="/etc/passwd"):
        there.unpack(subject(data={"users": {"file": "/etc/passwd"}}), {}, tmp_path)


def test_files_that_swell_are_refused(tmp_path: Path) -> None:
    bomb = base64.b64encode(zlib.compress(bytes(there.MOST_BYTES + 1))).decode()

    with pytest.raises(there.Refused, match="more than 32 MB"):
        there.unpack(subject(), {"rows.csv": bomb}, tmp_path)


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(there.Refused, match="damaged"):
        there.unpack(subject(), {"rows.csv": "bm8gemxpYg=="}, tmp_path)
