"""Digests of what was sent: equal for the same, and for nothing else."""

from pathlib import Path

from apiforge.loadtest.workload import Workload
from apiforge.runs.fingerprint import fingerprint

SCENARIO = '[data.users]\nfile = "users.csv"\nmode = "once"\n'


def of_scenario(
    folder: Path, *, text: str = SCENARIO, rows: str = "name\nann\n"
) -> tuple[str, str]:
    folder.mkdir(exist_ok=True)
    (folder / "scenario.toml").write_text(text)
    (folder / "users.csv").write_text(rows)
    found = fingerprint(
        Workload(base_url="http://127.0.0.1:1", scenario=str(folder / "scenario.toml"))
    )
    return str(found["scenario"]), str(found["data"])


def test_same_files_elsewhere_are_the_same(tmp_path: Path) -> None:
    assert of_scenario(tmp_path / "a") == of_scenario(tmp_path / "b")


def test_other_rows_are_other_data_of_the_same_scenario(tmp_path: Path) -> None:
    before, now = of_scenario(tmp_path), of_scenario(tmp_path, rows="name\nbob\n")

    assert now[0] == before[0]
    assert now[1] != before[1]


def test_rows_used_otherwise_are_other_data(tmp_path: Path) -> None:
    before = of_scenario(tmp_path)

    assert of_scenario(tmp_path, text=SCENARIO.replace("once", "turn"))[1] != before[1]


def test_a_module_of_a_locustfile_is_part_of_it(tmp_path: Path) -> None:
    file = tmp_path / "locustfile.py"
    file.write_text("import steps\n")
    workload = Workload(base_url="http://127.0.0.1:1", locustfile=str(file), users=1)
    found = []
    for text in ("A = 1\n", "A = 2\n"):
        (tmp_path / "steps.py").write_text(text)
        found.append(fingerprint(workload))

    assert found[0]["scenario"] != found[1]["scenario"]
    assert found[0]["data"] is None


def test_address_without_its_host_is_what_is_sent() -> None:
    urls = ("http://here:1/a", "https://there:2/a", "http://here:1/b")
    one, same, other = (fingerprint(Workload(url=url))["scenario"] for url in urls)

    assert one == same != other
