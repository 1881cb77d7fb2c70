"""The summary fits a terminal and says first what matters most."""

import pytest

from apiforge.loadtest.reports import console
from tests.unit.reports import documents

REPORT = ".apiforge/runs/20261122-174105-ab12/report.html"


def summary(name: str) -> str:
    return console.text(console.lines(documents.EVERY[name](), report=REPORT))


@pytest.mark.parametrize("name", documents.EVERY)
def test_every_summary_fits_80_columns(name: str) -> None:
    assert max(len(line) for line in summary(name).splitlines()) <= console.WIDTH


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("pass", "PASS  shop, 50/s for 30 s"),
        ("fail", "FAIL  shop, 200/s for 40 s"),
        ("invalid", "INVALID TEST  shop, 3,000/s for 30 s"),
        ("interrupted", "FAIL, interrupted  shop, 50/s for 11 s of 1 min"),
        ("empty", "INVALID TEST, interrupted  shop, 50/s for 0 s of 30 s"),
    ],
)
def test_verdict_comes_first(name: str, first: str) -> None:
    assert summary(name).splitlines()[0] == first


def test_whole_summary_of_a_hung_service() -> None:
    assert summary("hung") == (
        "FAIL  shop, 100/s for 20 s\n"
        "  p95<200ms: was 10.0 s\n"
        "  delivered>=99%: was 40%\n"
        "\n"
        "  missed    p95<200ms       10.0 s\n"
        "  missed    delivered>=99%  40%\n"
        "\n"
        "  requests  1,880 sent, 1,080 failed, 120 dropped\n"
        "  rate      40/s answered successfully, 100/s asked for\n"
        "  latency   p50 10.0 s  p90 10.0 s  p95 10.0 s  p99 10.0 s  max 10.0 s\n"
        "\n"
        "  endpoint                           requests  failed  p50 ms  p95 ms  p99 ms\n"
        "  GET /api/v1/products/{id}               840     454  10,000  10,000  10,000\n"
        "  GET /api/v1/products                    600     324  10,004  10,004  10,004\n"
        "  GET /api/v1/products?category_id=       240     130  10,004  10,004  10,004\n"
        "  POST /api/v1/products                   160      86  10,004  10,004  10,004\n"
        "  PATCH /api/v1/products/{id}             100      54  10,004  10,004  10,004\n"
        "  DELETE /api/v1/products/{id}             60      32  10,004  10,004  10,004\n"
        "\n"
        "  errors\n"
        "  1,080  GET /api/v1/products: no answer within 10 s\n"
        "\n"
        "  generator 18% of a core, lag p99 0.412 ms\n"
        f"  report    {REPORT}\n"
    )


def test_missed_targets_are_styled_as_bad() -> None:
    styles = {
        part.text.strip(): part.style
        for line in console.lines(documents.failing())
        for part in line
    }
    assert (styles["FAIL"], styles["missed"], styles["met"]) == ("bad", "bad", "good")


def test_many_endpoints_and_errors_are_cut_with_their_number() -> None:
    document = documents.failing()
    document["endpoints"] = document["endpoints"] * 5
    document["errors"] = document["errors"] * 4
    told = console.text(console.lines(document))
    assert "and 10 more endpoints, in the report" in told
    assert "and 4 more kinds of error, in the report" in told
