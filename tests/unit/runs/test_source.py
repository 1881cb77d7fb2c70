from pathlib import Path

import pytest

from apiforge.errors import UsageError
from apiforge.runs.source import Source, SourceWishes, make_source

SCENARIO = """
# {env:IN_A_COMMENT} is only explained here.
[headers]
Authorization = "Basic {basic:NAME:WORD}"
[[requests]]
path = "/{env:ONE}"
"""


def wishes(**said: object) -> SourceWishes:
    return SourceWishes(**said)  # type: ignore[arg-type]


def test_headers_are_split_at_their_first_colon() -> None:
    said = wishes(headers=("X-API-Key: {env:KEY}", "Referer:http://x:1/"), bearer="{env:TOKEN}")

    assert make_source(said, None).headers == {
        "X-API-Key": "{env:KEY}",
        "Referer": "http://x:1/",
        "Authorization": "Bearer {env:TOKEN}",
    }


def test_a_header_without_a_name_is_refused_and_not_repeated() -> None:
    with pytest.raises(UsageError) as error:
        make_source(wishes(headers=("s3cret-of-mine",)), None)

    assert "s3cret" not in f"{error.value.message} {error.value.hint}"


def test_data_names_a_file_and_a_mode(tmp_path: Path) -> None:
    file = tmp_path / "users.csv"
    file.touch()
    said = wishes(data=(f"users={file}:once", f"cards={file}"))

    assert make_source(said, tmp_path).data == {
        "users": {"file": str(file), "mode": "once"},
        "cards": {"file": str(file)},
    }


@pytest.mark.parametrize(
    ("said", "message"),
    [
        pytest.param({"data": ("users",)}, "is not NAME=FILE", id="no file"),
        pytest.param({"data": ("a=nowhere.csv",)}, "there is no such file", id="absent file"),
        pytest.param({"locustfile": Path("nowhere.py")}, "there is no such file", id="locustfile"),
        pytest.param(
            {"locustfile": Path(__file__), "bearer": "x"}, "--bearer cannot", id="combination"
        ),
    ],
)
def test_what_cannot_be_is_refused(said: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        make_source(wishes(**said), Path("scenario.toml"))


def test_data_without_a_scenario_is_refused() -> None:
    with pytest.raises(UsageError, match="--data fills a scenario"):
        make_source(wishes(data=(f"a={__file__}",)), None)


def test_the_environment_is_what_scenario_and_headers_ask_for(tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.toml"
    scenario.write_text(SCENARIO)
    source = Source(scenario=scenario, headers={"X-Key": "{env:KEY}"})
    known = {"ONE": "1", "NAME": "n", "WORD": "w", "KEY": "k", "OTHER": "o"}

    assert source.environment(known) == {"ONE": "1", "NAME": "n", "WORD": "w", "KEY": "k"}
    with pytest.raises(UsageError, match="needs KEY and WORD"):
        source.environment({"ONE": "1", "NAME": "n"})
