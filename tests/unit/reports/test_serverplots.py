"""The service's own numbers are drawn as far as it offered any."""

from apiforge.loadtest.reports.charts import Chart
from apiforge.loadtest.reports.columns import time_columns
from apiforge.loadtest.reports.timeplots import time_charts
from tests.unit.reports import documents


def charts(document: documents.Document) -> dict[str, Chart]:
    made = time_charts(document, time_columns(document))
    return {chart.key: chart for chart in made if chart.key.startswith("server-")}


def test_only_what_was_offered_is_drawn() -> None:
    assert list(charts(documents.passing())) == ["server-cpu", "server-memory", "server-time"]
    assert charts(documents.interrupted()) == {}


def test_a_second_without_an_answer_breaks_the_line() -> None:
    assert charts(documents.passing())["server-cpu"].traces[0].path.count("M") == 2


def test_everything_that_can_be_offered_has_a_plot() -> None:
    document = documents.passing()
    for row in document["server"]["series"]:
        row |= {
            "in_progress": 3,
            "database_wait_ms": 0.1,
            "database_ms": 0.4,
            "cache_hits_percent": 87.5,
        }
    drawn = charts(document)
    assert list(drawn) == [
        *("server-cpu", "server-memory", "server-time", "server-progress", "server-cache")
    ]
    assert [trace.key for trace in drawn["server-time"].traces] == [
        "server_handling_ms",
        "server_database_ms",
        "server_database_wait_ms",
    ]
    assert drawn["server-cache"].traces[0].overall == "up to 87.5%"


def test_rows_are_put_to_their_seconds() -> None:
    document = documents.passing(seconds=3)
    document["server"]["series"] = [{"second": 2, "cpu": 0.5}]
    assert time_columns(document)["server_cpu"] == [None, None, 50]
