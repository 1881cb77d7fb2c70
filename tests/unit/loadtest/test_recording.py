"""What several workers recorded is one recording."""

from apiforge.loadtest.histogram import Histogram
from apiforge.loadtest.recording import Recording, Tally
from tests.unit.loadtest.recordings import histogram, recording


def test_workers_merge_without_loss() -> None:
    tally = Tally(requests=2, failures=1, in_flight=3, lag=7, times=histogram(20.0, 30.0))
    other = recording(
        endpoints={"GET /": tally},
        seconds=[tally],
        errors=[("GET /", "status 500", 1)],
        lag=histogram(5.0),
        cpu=[[0.4]],
        clock_jumps=["jump"],
    )

    merged = Recording.merged([recording(errors=[("GET /", "status 500", 2)]), other])

    whole = merged.whole()
    assert (whole.requests, whole.failures) == (102, 1)
    assert (
        whole.times.counts
        == Histogram.merged([histogram(*[10.0] * 100), histogram(20.0, 30.0)]).counts
    )
    assert whole.times.maximum == 30_000
    assert merged.errors == [("GET /", "status 500", 3)]
    assert merged.cpu == [[0.1] * 10, [0.4]]
    assert merged.lag.count == 101
    assert merged.clock_jumps == ["jump"]
    assert [tally.requests for tally in merged.seconds] == [12, *[10] * 9]


def test_what_is_in_flight_adds_up_beside_but_not_after_each_other() -> None:
    parts = [Tally(in_flight=3, lag=5), Tally(in_flight=4, lag=2)]

    assert Tally.merged(parts).in_flight == 4
    assert Tally.merged(parts, beside=True).in_flight == 7
    assert Tally.merged(parts, beside=True).lag == 5
