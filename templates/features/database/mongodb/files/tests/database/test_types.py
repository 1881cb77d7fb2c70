"""Values come back from MongoDB as they went there, and as others have written them."""

from decimal import Decimal

import pytest
from bson import Decimal128

from app.database import types
from app.ids import new_id


@pytest.mark.parametrize(
    "text", ["0.00", "-0.05", "0.10", "12345678.90", "-99999999.99", "9999999999999999.99"]
)
def test_decimal_keeps_its_digits(text: str) -> None:
    kind = types.Decimal(18, 2)
    assert kind.store is not None
    assert kind.load is not None

    assert kind.load(kind.store(Decimal(text))) == text


@pytest.mark.parametrize(
    ("stored", "told"), [("12.5", "12.50"), ("-1E+3", "-1000.00"), ("0", "0.00")]
)
def test_decimal_of_another_scale_is_told_at_this_one(stored: str, told: str) -> None:
    kind = types.Decimal(18, 2)
    assert kind.load is not None

    assert kind.load(Decimal128(stored)) == told


def test_whole_decimal_has_no_point() -> None:
    kind = types.Decimal(9, 0)
    assert kind.load is not None

    assert kind.load(Decimal128("-42")) == "-42"


def test_id_is_kept_in_sixteen_bytes() -> None:
    text = new_id()

    assert len(types.uuid_bytes(text)) == 16
    assert types.uuid_text(types.uuid_bytes(text)) == text
