"""apiforge.toml, and what a command line's flags change in it."""

import tomllib
from pathlib import Path

import pytest

from apiforge.errors import UsageError
from apiforge.project.requirements import Requirements
from apiforge.project.resources import parse_resource
from apiforge.project.specification import (
    DEFAULT_TARGETS,
    Specification,
    read_specification,
    with_flags,
)
from apiforge.project.writers import manifest
from tests.unit.project.conftest import MakePlan

WHOLE = """
[project]
name = "shop"
[choices]
database = "postgresql"
auth = ["jwt"]
[resources.category]
name = 'string(60)!'
[resources.product]
price = "decimal(10,2)=9.90"
note = "text?='two words'"
category = "ref(category)"
[requirements]
expected_users = 7
peak_rate = 12.5
read_share = 1
rows = 100
growth_per_year = 1.5
availability = "99%"
[loadtest]
targets = []
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "spec.toml"


def test_a_whole_file_is_read(file: Path) -> None:
    file.write_text(WHOLE)

    specification = read_specification(file)

    assert specification.name == "shop"
    assert specification.choices == {"database": ("postgresql",), "auth": ("jwt",)}
    assert [resource.name for resource in specification.resources] == ["category", "product"]
    assert specification.requirements == Requirements(
        expected_users=7,
        peak_rate=12.5,
        read_share=1,
        rows=100,
        growth_per_year=1.5,
        availability="99%",
    )
    assert specification.targets == ()


def test_an_empty_file_is_all_defaults(file: Path) -> None:
    file.write_text("")

    specification = read_specification(file)

    assert specification == Specification(name="", apiforge="")
    assert specification.targets == DEFAULT_TARGETS


def test_what_is_written_reads_back_equal(plan_of: MakePlan, file: Path) -> None:
    text = (
        'thing: name:string(120)!="a \\"b\\" c" größe:integer=0 kind:enum(a b|c)?="a b" '
        "parent:ref(thing)? data:json=[1]"
    )
    plan = plan_of(texts=(text, "größe: name:text"), auth="none")
    (written,) = manifest.write(plan).values()
    file.write_text(written)

    assert read_specification(file) == plan.specification


def test_it_is_written_the_same_again(plan_of: MakePlan, file: Path) -> None:
    plan = plan_of()
    (written,) = manifest.write(plan).values()
    file.write_text(written)

    assert read_specification(file) == plan.specification
    assert tomllib.loads(written)["choices"] == {
        "database": "sqlite",
        "cache": "memory",
        "auth": ["jwt"],
        "deploy": ["compose"],
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("[projct]", "unknown key 'projct'", id="unknown table"),
        pytest.param("[project]\nnam = 'x'", "unknown key 'project.nam'", id="unknown key"),
        pytest.param("[choices]\ndatabase = 3", "'choices.database' must be a list", id="choice"),
        pytest.param("[requirements]\nrows = 0", "'requirements.rows' must be a whole", id="rows"),
        pytest.param("[requirements]\nrows = true", "'requirements.rows' must be a", id="boolean"),
        pytest.param(
            "[requirements]\nread_share = 1.1",
            "'requirements.read_share' must be between 0 and 1",
            id="share",
        ),
        pytest.param(
            "[requirements]\npeak_rate = nan", "'requirements.peak_rate' must be above 0", id="nan"
        ),
        pytest.param(
            "[requirements]\navailability = 'high'", "must be a percentage", id="availability"
        ),
        pytest.param("[resources]\nproduct = 'x'", "'resources.product' must be", id="resource"),
        pytest.param("[resources.a]\nb = 3", "'resources.a.b' must be a string", id="field"),
        pytest.param("[resources.a]\nb = 'money'", "resource 'a': field 'b'", id="field type"),
        pytest.param("[loadtest]\ntargets = 'p95'", "'loadtest.targets' must be", id="targets"),
        pytest.param("[project", "is not valid TOML", id="no TOML"),
    ],
)
def test_a_wrong_file_is_named(file: Path, text: str, expected: str) -> None:
    file.write_text(text)

    with pytest.raises(UsageError) as caught:
        read_specification(file)

    assert str(file) in caught.value.message
    assert expected in caught.value.message


def test_a_missing_file_is_named(file: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot read .*spec\.toml: No such file"):
        read_specification(file)


def test_flags_win(file: Path) -> None:
    file.write_text(WHOLE)

    specification = with_flags(
        read_specification(file),
        choices={"database": ("sqlite",)},
        texts=("category: title:text", "order: total:integer"),
        expected_users=None,
        peak_rate=200.0,
    )

    assert specification.choices == {"database": ("sqlite",), "auth": ("jwt",)}
    assert {it.name: it for it in specification.resources} == {
        **{it.name: it for it in read_specification(file).resources},
        "category": parse_resource("category: title:text"),
        "order": parse_resource("order: total:integer"),
    }
    assert specification.requirements.expected_users == 7
    assert repr(specification.requirements.peak_rate) == "200"


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan"), float("inf")])
def test_an_impossible_rate_is_refused(rate: float) -> None:
    with pytest.raises(UsageError, match=r"--peak-rate .* must be above 0"):
        with_flags(
            Specification(name="shop", apiforge="1"),
            choices={},
            texts=(),
            expected_users=None,
            peak_rate=rate,
        )


@pytest.mark.parametrize("name", ["", "1st", "bad name", "a/b", "..", "ä", "x" * 64, "a\n"])
def test_a_bad_name_is_refused(plan_of: MakePlan, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name of a project"):
        plan_of(name=name)


@pytest.mark.parametrize("name", ["a", "My-Shop_2", "x" * 63])
def test_a_good_name_is_taken(plan_of: MakePlan, name: str) -> None:
    assert plan_of(name=name).specification.name == name
