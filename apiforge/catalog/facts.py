"""What is known of a product beyond what can be measured here, each with where it is written."""

from dataclasses import dataclass
from typing import Self

from apiforge.catalog.document import Document

TOPICS = {
    "consistency": "what a reader may see of what others write",
    "transactions": "what is done whole or not at all",
    "scaling": "what to do when one machine is not enough",
    "operation": "what it costs to run",
    "licence": "what may be done with it",
    "growth": "how it bears more rows",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One sentence, and the address of the vendor's page that says so."""

    text: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """`[facts]` of a manifest: the product's name, and a fact for each of TOPICS.

    `version` is for a product without a server: where its Python module keeps it, such as
    `sqlite3.sqlite_version`; empty for all others.
    """

    product: str
    version: str
    topics: dict[str, Fact]

    @classmethod
    def of(cls, table: Document) -> Self:
        """Every topic must be there: what one value is silent on could not be compared."""
        table.allow("product", "version", *TOPICS)
        return cls(
            product=table.text("product"),
            version=table.text("version", ""),
            topics={topic: _fact(table.table(topic)) for topic in TOPICS},
        )


def _fact(table: Document) -> Fact:
    table.allow("text", "source")
    source = table.text("source")
    if not source.startswith("https://"):
        raise table.wrong("source", "an https:// address")
    return Fact(text=table.text("text"), source=source)
