"""`--database-url`: an empty database is filled, one that holds rows is left alone."""

from pathlib import Path

import pytest

from apiforge.compare.stage import make_project
from apiforge.errors import UsageError
from apiforge.servers.service import run_service
from apiforge.servers.subject import chosen_features, open_subject
from tests.unit.compare.comparisons import CATALOG, make_order_of


def test_a_database_that_holds_rows_is_left_alone(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'given.db'}"
    order = make_order_of(["sqlite", "postgresql"], addresses=(f"sqlite={address}",))
    make_project(order, order.variants[0], CATALOG, folder=tmp_path / "shop")
    subject = open_subject(tmp_path / "shop")
    features = list(chosen_features(subject, CATALOG))
    log, told = tmp_path / "log", list[str]()

    def run_there() -> None:
        addresses = {"database/sqlite": address}
        with run_service(
            subject, features, rows=7, log=log, tell=told.append, addresses=addresses
        ) as service:
            assert service.environment["DATABASE_URL"] == address
            assert service.is_ready()

    run_there()
    held = (tmp_path / "given.db").read_bytes()
    with pytest.raises(UsageError, match="is not empty"):
        run_there()

    assert "seeding 7 rows" in told
    assert told.count("seeding 7 rows") == 1
    assert len((tmp_path / "given.db").read_bytes()) == len(held)
