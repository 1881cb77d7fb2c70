"""The `[facts]` of a manifest: all topics, each with its source."""

from pathlib import Path

import pytest

from apiforge import paths
from apiforge.catalog.document import Document
from apiforge.catalog.facts import TOPICS, Facts
from apiforge.catalog.load import load_catalog
from apiforge.catalog.model import Feature
from apiforge.errors import CatalogError

DATABASES = load_catalog([paths.templates()]).axis("database").features

COMPLETE = 'product = "Redis"\n' + "".join(
    f'[{topic}]\ntext = "so"\nsource = "https://example.org/{topic}"\n' for topic in TOPICS
)


def read(tmp_path: Path, text: str) -> Facts:
    file = tmp_path / "facts.toml"
    file.write_text(text)
    return Facts.of(Document.read(file, error=CatalogError))


def test_every_topic_is_read_with_its_source(tmp_path: Path) -> None:
    facts = read(tmp_path, COMPLETE)

    assert facts.product == "Redis"
    assert facts.topics["licence"].source == "https://example.org/licence"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("[growth]", "[growht]", "unknown key 'growht'", id="unknown topic"),
        pytest.param('product = "Redis"', "", "'product' is missing", id="no product"),
        pytest.param(
            'source = "https://example.org/growth"',
            "",
            "'growth.source' is missing",
            id="no source",
        ),
        pytest.param("https://example.org/growth", "hearsay", "an https:// address", id="hearsay"),
    ],
)
def test_what_is_missing_or_wrong_is_named(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    with pytest.raises(CatalogError, match=expected):
        read(tmp_path, COMPLETE.replace(old, new))


@pytest.mark.parametrize("database", DATABASES, ids=lambda it: it.value)
def test_every_database_states_what_is_known_of_it(database: Feature) -> None:
    manifest = database.folder / "feature.toml"
    assert database.facts is not None, f"{manifest} has no [facts]"
    assert set(database.facts.topics) == set(TOPICS), manifest
    assert all(fact.text and fact.source for fact in database.facts.topics.values()), manifest
