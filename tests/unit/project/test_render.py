"""From a plan to a tree."""

import pytest

from apiforge.errors import CatalogError
from apiforge.project.render import render
from tests.unit.project.conftest import MakePlan


def test_rendering_twice_is_equal(plan_of: MakePlan) -> None:
    first, second = render(plan_of()), render(plan_of())

    assert list(first) == list(second)
    assert first.digest() == second.digest()
    assert first.archive() == second.archive()


def test_a_file_is_copied_byte_for_byte(plan_of: MakePlan) -> None:
    tree = render(plan_of({"base/files/logo.txt": "{{ not a template }}\r\n"}))

    assert tree["logo.txt"].content == b"{{ not a template }}\r\n"


def test_a_template_sees_the_project_and_its_resources(plan_of: MakePlan) -> None:
    tree = render(plan_of(name="my-shop", texts=("person: name:text",)))

    assert tree["TITLE.md"].content == b"My Shop: people\n"


def test_executable_bits_are_kept(plan_of: MakePlan) -> None:
    tree = render(plan_of())

    assert tree["start.sh"].executable
    assert not tree["migrations/env.py"].executable


def test_each_resource_has_its_own_files(plan_of: MakePlan) -> None:
    tree = render(plan_of(texts=("category: name:text", "person: name:text")))

    assert tree["app/resources/categories/endpoints.py"].content == b"router = 'categories'\n"
    assert tree["app/resources/people/table.py"].content == b'TABLE = "people"\n'


def test_a_features_own_table_has_only_the_databases_files(plan_of: MakePlan) -> None:
    tree = render(plan_of())

    assert tree["app/auth/users/table.py"].content == b'TABLE = "auth_users"\n'
    assert "app/auth/users/endpoints.py" not in tree


def test_only_what_was_chosen_is_there(plan_of: MakePlan) -> None:
    tree = render(plan_of(auth="none", cache="none", deploy="none"))

    assert tree["app/cache/backend.py"].content == b"CACHE = None\n"
    assert [path for path in tree.paths if "jwt" in path] == []
    assert "compose.yaml" not in tree


def test_two_layers_with_one_path_are_both_named(plan_of: MakePlan) -> None:
    with pytest.raises(CatalogError) as caught:
        render(plan_of({"features/cache/memory/files/migrations/env.py": ""}))

    assert caught.value.message == (
        "migrations/env.py comes from both database/_sql and cache/memory"
    )


def test_a_layer_and_a_writer_with_one_path_are_both_named(plan_of: MakePlan) -> None:
    with pytest.raises(CatalogError) as caught:
        render(plan_of({"base/files/README.md": ""}))

    assert caught.value.message == "README.md comes from both base and the writer of readme"


def test_litter_of_tools_is_left_out(plan_of: MakePlan) -> None:
    tree = render(plan_of({"base/files/app/__pycache__/x.pyc": "", "base/files/old.pyc": ""}))

    assert [path for path in tree.paths if path.endswith(".pyc")] == []


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        pytest.param("{{ project.titel }}", "has no attribute 'titel'", id="unknown name"),
        pytest.param("\n{% for %}", "TITLE.md.j2:2: ", id="syntax"),
    ],
)
def test_a_wrong_template_is_named(plan_of: MakePlan, template: str, expected: str) -> None:
    with pytest.raises(CatalogError) as caught:
        render(plan_of({"base/files/TITLE.md.j2": template}))

    assert "base/files/TITLE.md.j2" in caught.value.message
    assert expected in caught.value.message


def test_an_unknown_writer_names_the_manifest(plan_of: MakePlan) -> None:
    manifest = 'summary = "x"\nwrites = ["compos"]\n'

    with pytest.raises(CatalogError) as caught:
        render(plan_of({"features/deploy/compose/feature.toml": manifest}))

    assert caught.value.message.endswith("compose/feature.toml: no writer called 'compos'")
    assert caught.value.hint is not None
    assert caught.value.hint.startswith("did you mean compose?")


def test_a_new_value_is_a_folder_and_nothing_else(plan_of: MakePlan) -> None:
    changes = {
        "features/cache/valkey/feature.toml": 'summary = "Valkey"\n',
        "features/cache/valkey/files/app/cache/backend.py": "CACHE = 'valkey'\n",
        "features/cache/valkey/files/app/cache/size.txt.j2": "{{ project.slug }}\n",
    }

    tree = render(plan_of(changes, cache="valkey"))

    assert tree["app/cache/backend.py"].content == b"CACHE = 'valkey'\n"
    assert tree["app/cache/size.txt"].content == b"shop\n"
