"""What is read of a stored breakpoint, and what is said to have given way first."""

from typing import Any

import pytest

from apiforge.capacity.measurement import is_breakpoint, read_measurement
from apiforge.errors import UsageError
from tests.unit.reports import documents


def searched(*, generator: float = 0.2, **server: float) -> dict[str, Any]:
    document = documents.searching()
    document["run"]["service_workers"] = 1
    document["generator"]["cpu"] = generator
    document["server"] = {"series": [{"second": second, **server} for second in range(3)]}
    return document


def test_rate_latency_and_shares_are_those_of_the_run() -> None:
    document = searched(cpu=0.5, database_ms=1.5, handling_ms=4.0)
    document["endpoints"] = [
        {"name": "GET /a", "requests": 90},
        {"name": "POST /a", "requests": 6},
        {"name": "DELETE /a/{id}", "requests": 4},
    ]
    measured = read_measurement(document)
    assert measured.rate == 96.0
    assert measured.latency_ms == document["summary"]["latency_ms"]["mean"]
    assert (measured.create_share, measured.write_share) == (0.06, 0.1)
    assert (measured.cpu, measured.database_ms) == (0.5, 1.5)
    assert measured.is_local


def test_points_are_of_the_probes_that_held() -> None:
    assert read_measurement(searched()).points == ((0.2, 50.0), (0.384, 96.0))


@pytest.mark.parametrize(
    ("document", "component"),
    [
        pytest.param(searched(generator=0.9, cpu=0.99), "generator", id="generator"),
        pytest.param(searched(cpu=0.95, handling_ms=5.0), "service", id="service"),
        pytest.param(
            searched(cpu=0.3, handling_ms=5.0, database_ms=4.0), "database", id="database"
        ),
        pytest.param(
            searched(cpu=0.3, handling_ms=5.0, database_wait_ms=2.0), "pool", id="connections"
        ),
        pytest.param(searched(cpu=0.3, handling_ms=5.0, database_ms=1.0), "unknown", id="nothing"),
    ],
)
def test_bottleneck_is_what_was_saturated(document: dict[str, Any], component: str) -> None:
    assert read_measurement(document).bottleneck.component == component


def test_an_unseen_bottleneck_tells_what_was_missed_first() -> None:
    reason = read_measurement(searched(cpu=0.3)).bottleneck.reason
    assert "at 100/s p95<200ms: was 1,840 ms" in reason


def test_a_run_without_a_breakpoint_is_no_basis() -> None:
    assert not is_breakpoint(documents.passing())
    with pytest.raises(UsageError, match="no breakpoint that counts"):
        read_measurement(documents.passing())


def test_an_invalid_search_is_no_basis() -> None:
    document = searched()
    document["verdict"]["status"] = "invalid"
    assert not is_breakpoint(document)


def test_a_run_of_a_server_that_ran_already_is_no_local_estimate() -> None:
    document = searched()
    document["run"]["service_workers"] = None
    assert not read_measurement(document).is_local
