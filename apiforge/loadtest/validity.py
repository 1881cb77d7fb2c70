"""Whether the load generator did its part; if not, no latency says anything about the target."""

from collections.abc import Sequence

from apiforge.loadtest.awake import BUSY_HOST
from apiforge.loadtest.recording import Recording
from apiforge.loadtest.targets import Target, tightest_ms
from apiforge.loadtest.workload import Workload

CPU_LIMIT = 0.8  # of a core, for CPU_SECONDS in a row: then requests wait for the generator
CPU_SECONDS = 5
CAPACITY_SHARE = 0.7  # of what was measured before the test; beyond it a test becomes invalid
LAG_FLOOR_MS = 10.0
LAG_SHARE = 0.05
TOO_LATE = "not sent: the load generator was late"
_EXHAUSTED = {
    "too many open files": "raise the limit (ulimit -n), or ask for a lower rate",
    "cannot assign requested address": "all local ports are in use, because the target closes "
    "its connections; ask for a lower rate, or let it keep them open",
}


def reasons(recording: Recording, targets: Sequence[Target]) -> list[str]:
    """Why the test is invalid, each with what to do; empty if it is valid."""
    found = generator_faults(recording, targets)
    if not found and not recording.whole().due:
        return [_nothing(recording)]
    return found


def generator_faults(recording: Recording, targets: Sequence[Target]) -> list[str]:
    """What went wrong on this side."""
    found = [f"worker lost: {reason}" for reason in recording.lost_workers]
    found += recording.faults
    found += _saturated(recording.cpu)
    found += _exhausted(recording)
    found += _left_out(recording)
    if not recording.lost_workers:
        found += _late(recording, targets)
    return found + [f"{jump}; run the test again" for jump in recording.clock_jumps]


def warnings(workload: Workload, capacity: float) -> list[str]:
    """What will probably make the test invalid, known before it begins; `capacity` requests per
    second are what the load generator can make here."""
    if workload.users or workload.rate <= CAPACITY_SHARE * capacity:
        return []
    return [
        f"{workload.rate:,.0f} requests/s are {workload.rate / capacity:.0%} of what the load "
        f"generator can make here (about {capacity:,.0f}/s): above {CAPACITY_SHARE:.0%} the test "
        "may be invalid; give it more --workers or a faster machine"
    ]


def lag_limit_ms(targets: Sequence[Target]) -> float:
    """How late requests may leave: 10 ms, or 5 % of the tightest percentile target if larger."""
    return max(LAG_FLOOR_MS, LAG_SHARE * (tightest_ms(targets) or 0.0))


def lag_p99_ms(recording: Recording) -> float | None:
    """How late the latest 1 % of the requests left, in milliseconds; None where none did."""
    lag = recording.lag.percentile(99)
    return None if lag is None else lag / 1000


def sustained_cpu(cpu: Sequence[Sequence[float]]) -> float | None:
    """The share of a core that the busiest worker used at least, in the seconds in a row that
    count; None where there are not as many. `cpu` holds each worker's seconds."""
    runs = [
        seconds[start : start + CPU_SECONDS]
        for seconds in cpu
        for start in range(len(seconds) - CPU_SECONDS + 1)
    ]
    return max(map(min, runs), default=None)


def _saturated(cpu: Sequence[Sequence[float]]) -> list[str]:
    busiest = sustained_cpu(cpu)
    if busiest is None or busiest <= CPU_LIMIT:
        return []
    who = "one of the load generators" if len(cpu) > 1 else "the load generator"
    return [
        f"{who} was saturated: above {CPU_LIMIT:.0%} of a core for {CPU_SECONDS} s "
        f"(at least {busiest:.0%}); ask for a lower rate, more --workers or a faster machine"
    ]


def _exhausted(recording: Recording) -> list[str]:
    """Connections that failed on this side, for want of descriptors or ports."""
    texts = {error for _, error, _ in recording.errors if error in _EXHAUSTED}
    return [
        f"the load generator could not connect: {text}; {_EXHAUSTED[text]}"
        for text in sorted(texts)
    ]


def _left_out(recording: Recording) -> list[str]:
    """Requests that were due and that this side had no time to send, unlike those for which too
    many were unanswered: these are the target's fault."""
    count = sum(count for _, error, count in recording.errors if error == TOO_LATE)
    return [
        f"the load generator did not get to send {count:,} requests in time; ask for a lower rate, "
        "more --workers or a faster machine"
    ] * bool(count)


def _late(recording: Recording, targets: Sequence[Target]) -> list[str]:
    lag, limit = lag_p99_ms(recording), lag_limit_ms(targets)
    if lag is None or lag <= limit:
        return []
    if recording.workload.locustfile:
        return [
            f"the load generator was held up: 1 in 100 times it went on {lag:.1f} ms or more after "
            f"it should (at most {limit:g} ms is accepted), so what it measured is longer than it "
            "was; let the locustfile compute less, ask for fewer users or more --workers"
        ]
    return [
        f"the load generator was late: 1 in 100 requests left, or was given up, {lag:.1f} ms or "
        f"more after it was due to (at most {limit:g} ms is accepted); {_remedy(recording)}"
    ]


def _remedy(recording: Recording) -> str:
    taken = recording.machine.get("stolen", 0.0)
    if taken < BUSY_HOST:
        return "ask for a lower rate, or stop what else runs on this machine"
    return (
        f"the host of this virtual machine held up {taken:.0%} of its work: see --keep-awake, or "
        "use a machine that is less shared"
    )


def _nothing(recording: Recording) -> str:
    if recording.interrupted:
        return "it was interrupted before anything was measured"
    if recording.workload.users:
        return "no user sent anything; ask for a longer duration or a shorter think time"
    return (
        f"nothing was due within {recording.workload.duration:g} s at "
        f"{recording.workload.rate:g} requests/s; ask for a longer duration"
    )
