"""Result documents as the engine makes them, from a few numbers and no chance."""

from collections.abc import Callable, Mapping

from tests.unit.reports.made_up import Document, breath, hung_second, make_document, make_second


def passing(seconds: int = 30, rate: int = 50) -> Document:
    """A healthy service that meets its targets."""
    return make_document(
        series=[make_second(second, rate, breath(second)) for second in range(seconds)],
        rate=rate,
        targets=[
            "p95<200ms",
            "p99<500ms",
            "errors<0.1%",
            "delivered>=99%",
            "GET /api/v1/products: p95<100ms",
        ],
        status="pass",
    )


def failing() -> Document:
    """A service that answers slower and slower, and with errors in the second half."""
    series = [
        make_second(second, 200, 1.09**second, failures=max(0, 3 * (second - 18)))
        for second in range(40)
    ]
    return make_document(
        series=series,
        rate=200,
        targets=[
            "p95<200ms",
            "p99<500ms",
            "errors<0.1%",
            "throughput>=150/s",
            "GET /api/v1/products: p95<100ms",
        ],
        status="fail",
        reasons=[
            "p95<200ms: was 234 ms",
            "errors<0.1%: was 8.66%",
            "GET /api/v1/products: p95<100ms: was 444 ms",
        ],
        errors=[
            ("GET /api/v1/products", "status 503", 441),
            ("POST /api/v1/products", "status 500", 156),
            ("GET /api/v1/products/{id}", "connection reset by peer", 96),
        ],
    )


def invalid() -> Document:
    """A generator that was overloaded: the numbers say nothing about the service."""
    series = [make_second(second, 3000, 3.0, lag=4.0 + second * 2.4) for second in range(30)]
    return make_document(
        series=series,
        rate=3000,
        targets=["p95<200ms", "errors<1%"],
        status="invalid",
        reasons=[
            "the generator used 97 % of a core for 22 s: ask for less, or give it more workers",
            "requests left late: lag p99 71.2 ms, allowed are 10 ms",
        ],
        generator={
            **{"workers": 1, "cpu": 0.97, "cpu_max": 1.0, "cpu_sustained": 0.95},
            "lag_p99_ms": 71.2,
        },
    )


def unjudged() -> Document:
    """Too few requests for one of the percentiles, and a generator that was warned of."""
    document = passing()
    document["verdict"] = {"status": "invalid", "reasons": ["p99<500ms: 40 requests are too few"]}
    document["targets"][1] |= {"met": False, "judged": False}
    document["generator"] |= {"capacity": 60.0, "warnings": ["50 requests/s are 83% of 60/s"]}
    return document


def regressed() -> Document:
    """Failed because it is slower than the run before."""
    document = failing()
    document["baseline"] = {
        "run": "20261125-101500-00ff",
        "name": "shop",
        "started": "2026-11-25T10:15:00.000+00:00",
        "answer": "regressed",
        "reasons": ["p95 regressed: +31 % (+25 to +38 %)"],
        "required": True,
        "metrics": [
            _compared("p50", "ms", 7.31, 7.52, (1.03, 0.99, 1.07), "no difference shown"),
            _compared("p95", "ms", 140.0, 183.4, (1.31, 1.25, 1.38), "regressed"),
            _compared("p99", "ms", 310.0, None, (None, None, None), "too few requests"),
            _compared("throughput", "/s", 49.9, 47.2, (0.95, 0.93, 0.97), "no difference shown"),
        ],
        "percentiles": [
            [percent, round(0.8 * latency, 3)]
            for percent, latency in document["summary"]["percentiles"]
        ],
        "series": [
            {
                "second": second["second"],
                **{
                    key: second[key] and round(0.7 * second[key], 3)
                    for key in ("p50", "p95", "p99")
                },
                "succeeded": second["succeeded"],
            }
            for second in document["series"]
        ],
    }
    return document


def _compared(
    metric: str,
    unit: str,
    before: float | None,
    now: float | None,
    ratio: tuple[float | None, float | None, float | None],
    answer: str,
) -> Document:
    return {
        "metric": metric,
        "unit": unit,
        "baseline": before,
        "observed": now,
        **dict(zip(("ratio", "low", "high"), ratio, strict=True)),
        "rounds": 10,
        "answer": answer,
    }


def not_comparable() -> Document:
    """Laid beside a run of another machine and load."""
    document = passing()
    told = ["other machine: cores 2, not 8", "other load: rate 50, not 20"]
    document["baseline"] = regressed()["baseline"] | {
        "answer": "not comparable",
        "reasons": told,
        "required": False,
        "metrics": [],
    }
    return document


def interrupted() -> Document:
    """Ctrl-C after 11 of 60 seconds."""
    document = passing(seconds=11)
    document["server"] = None
    document["run"] |= {"duration_s": 60.0, "measured_s": 11.04, "interrupted": True}
    document["verdict"] = {"status": "fail", "reasons": ["interrupted after 11 s of 60 s"]}
    return document


def hung() -> Document:
    """A service that stops answering for good after 8 of 20 seconds."""
    good = [make_second(second, 100, breath(second)) for second in range(8)]
    bad = [hung_second(second, 100, sent=100 if second < 18 else 40) for second in range(8, 20)]
    return make_document(
        series=good + bad,
        rate=100,
        targets=["p95<200ms", "delivered>=99%"],
        status="fail",
        reasons=["p95<200ms: was 10.0 s", "delivered>=99%: was 40%"],
        errors=[("GET /api/v1/products", "no answer within 10 s", 1080)],
    )


def empty() -> Document:
    """Interrupted before the first measured request, with a target nothing was measured for."""
    document = make_document(
        series=[],
        rate=50,
        targets=["GET /api/v1/never: p95<1s"],
        status="invalid",
        reasons=["nothing was measured"],
        generator={"workers": 1, "cpu": None, "lag_p99_ms": None},
    )
    document["run"]["interrupted"] = True
    document["endpoints"] = []
    return document


def hostile() -> Document:
    """Everything a service can name itself, meant to break out of the page."""
    text = """</script></title><img src=x onerror="alert('1')">&amp;{{ 7 * 7 }}"""
    document = failing()
    document["target"] = document["run"]["name"] = text
    document["verdict"]["reasons"] = [text]
    document["targets"] = [
        {"text": f"{text}: p95<1ms", "observed": 3.0, "met": False, "unit": "ms"}
    ]
    document["errors"] = [{"endpoint": text, "error": text, "count": 3}]
    document["endpoints"][0]["name"] = text
    document["machine"]["os"] = text
    return document


def one_hour() -> Document:
    """3,600 seconds at a rate that leaves no value round."""
    return passing(seconds=3600, rate=437)


def closed() -> Document:
    """Users who wait for their answers: no rate was asked for."""
    document = passing()
    for key in ("rate", "arrivals"):
        del document["run"][key]
    document["model"] = "closed"
    document["run"] |= {"rate": None, "users": 25, "think_time_s": 0.5}
    document["summary"]["asked_rate"] = None
    return document


def searching() -> Document:
    """The search for the highest rate that meets the targets."""
    document = passing(rate=96)
    tried = ((50.0, True, ""), (100.0, False, "p95<200ms: was 1,840 ms"), (96.0, True, ""))
    document["run"] |= {
        "profile": "breakpoint",
        "breakpoint": {
            "rate": 96.0,
            "first_broken_rate": 100.0,
            "uncertainty_percent": 2.04,
            "probes": [
                {"rate": rate, "held": held, "reason": reason, "p95_ms": 18.4, "mean_ms": 4.0}
                for rate, held, reason in tried
            ],
        },
    }
    return document


EVERY: Mapping[str, Callable[[], Document]] = {
    "pass": passing,
    "fail": failing,
    "invalid": invalid,
    "interrupted": interrupted,
    "regressed": regressed,
    "not comparable": not_comparable,
    "hung": hung,
    "empty": empty,
    "hostile": hostile,
    "closed": closed,
    "searching": searching,
    "unjudged": unjudged,
}
