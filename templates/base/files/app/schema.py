"""What request bodies have in common."""

from typing import Any

from pydantic import BaseModel, ConfigDict

Row = dict[str, Any]
"""A stored row: its fields by their names in JSON. Ids, moments and decimals are text."""


class Schema(BaseModel):
    """A JSON object with exactly the fields it declares."""

    model_config = ConfigDict(
        extra="forbid", protected_namespaces=(), validate_default=False, defer_build=False
    )


def values(data: BaseModel) -> Row:
    """Every field, the ones left out with their defaults."""
    return data.model_dump(by_alias=True)


def changes(data: BaseModel) -> Row:
    """Only the fields the caller sent."""
    return data.model_dump(by_alias=True, exclude_unset=True)
