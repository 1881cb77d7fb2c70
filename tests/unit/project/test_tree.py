"""A tree of files in memory."""

import io
import tarfile

import pytest

from apiforge.errors import CatalogError
from apiforge.project.tree import File, Tree


def tree_of(**files: bytes) -> Tree:
    tree = Tree()
    for path, content in files.items():
        tree.add(path, File(content=content, source="here"))
    return tree


def test_paths_are_sorted() -> None:
    assert tree_of(b=b"", a=b"").paths == ("a", "b")


def test_the_order_of_adding_does_not_matter() -> None:
    one, other = tree_of(a=b"1", b=b"2"), tree_of(b=b"2", a=b"1")

    assert one.digest() == other.digest()
    assert one.archive() == other.archive()


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(tree_of(a=b"2"), id="content"),
        pytest.param(tree_of(b=b"1"), id="path"),
        pytest.param(tree_of(a=b"1", b=b""), id="one more"),
    ],
)
def test_different_trees_have_different_digests(other: Tree) -> None:
    assert tree_of(a=b"1").digest() != other.digest()


def test_a_path_cannot_come_twice() -> None:
    tree = tree_of(a=b"")

    with pytest.raises(CatalogError, match="a comes from both here and there"):
        tree.add("a", File(content=b"", source="there"))


def test_the_archive_unpacks_to_the_tree() -> None:
    tree = tree_of(**{"a/b": b"one", "größe" * 30: b"two"})
    tree.add("run", File(content=b"three", executable=True, source="here"))

    with tarfile.open(fileobj=io.BytesIO(tree.archive())) as archive:
        found = {
            entry.name: (archive.extractfile(entry).read(), entry.mode, entry.mtime)  # type: ignore[union-attr]
            for entry in archive
        }

    assert found == {
        "a/b": (b"one", 0o644, 0),
        "größe" * 30: (b"two", 0o644, 0),
        "run": (b"three", 0o755, 0),
    }
