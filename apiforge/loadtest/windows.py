"""Judging targets that must hold in every so many seconds, such as "p95<300ms for 10s".

Every stretch of that many consecutive whole seconds is looked at, one beginning with each second:
aligned ones would let a bad time pass that lies half in one and half in the next. A request belongs
to the second it was due in. A stretch with too few requests for the percentile is not judged.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from apiforge.loadtest.histogram import Histogram
from apiforge.loadtest.recording import Recording, Tally
from apiforge.loadtest.samples import needed, sift, suffices, time_as_typed
from apiforge.loadtest.targets import Judgement, Spans, Target, chosen, observe, unknown
from apiforge.loadtest.targets import judge as judge_whole


def judge(targets: Sequence[Target], recording: Recording) -> list[Judgement]:
    """Judges each target over what it is about, as far as there are requests enough."""
    return [
        _judge_spans(target, target.span, recording)
        if target.span
        else sift(judge_whole([target], recording), recording)[0]
        for target in chosen(targets)
    ]


def windows(seconds: Sequence[Tally], span: int) -> Iterator[tuple[int, Tally]]:
    """Every `span` consecutive seconds as one, with the number of the first.

    A tally is good until the next is asked for: all are made in the same place, or an hour would
    take minutes.
    """
    counts: dict[int, int] = {}
    for end, second in enumerate(seconds, 1):
        _add(counts, second.times, 1)
        if end > span:
            _add(counts, seconds[end - span - 1].times, -1)
        if end >= span:
            yield end - span, _summed(seconds[end - span : end], counts)


def _add(counts: dict[int, int], times: Histogram, sign: int) -> None:
    for number, count in times.counts.items():
        left = counts.get(number, 0) + sign * count
        if left:
            counts[number] = left
        else:
            del counts[number]


def _summed(parts: Sequence[Tally], counts: dict[int, int]) -> Tally:
    measured = [part.times for part in parts if part.times.count]
    times = Histogram()
    times.counts = counts
    times.count = sum(part.count for part in measured)
    times.total = sum(part.total for part in measured)
    times.minimum = min((part.minimum for part in measured), default=0)
    times.maximum = max((part.maximum for part in measured), default=0)
    return Tally(
        requests=sum(part.requests for part in parts),
        failures=sum(part.failures for part in parts),
        dropped=sum(part.dropped for part in parts),
        times=times,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    begin: int
    observed: float | None
    met: bool


def _judge_spans(target: Target, span: int, recording: Recording) -> Judgement:
    if target.endpoint is not None and target.endpoint not in recording.endpoints:
        return unknown(target, recording)
    found: list[_Window] = []
    thin = fewest = 0
    for begin, tally in windows(_seconds(target, recording), span):
        if not _tells(target, tally):
            fewest = min(fewest, tally.due) if thin else tally.due
            thin += 1
            continue
        observed = observe(target.metric, tally, span)
        met = observed is not None and target.holds(observed)
        found.append(_Window(begin=begin, observed=observed, met=met))
    if not found:
        reason = _too_few(target, span, fewest, recording) if thin else _short(target, recording)
        return Judgement(target=target, observed=None, met=False, judged=False, reason=reason)
    return _judged(target, span, found, thin)


def _seconds(target: Target, recording: Recording) -> Sequence[Tally]:
    """The whole seconds that were measured, of the target's endpoint if it has one."""
    seconds = recording.seconds[: int(recording.measured + 1e-6)]
    if target.endpoint is None:
        return seconds
    return [second.endpoints.get(target.endpoint, Tally()) for second in seconds]


def _tells(target: Target, tally: Tally) -> bool:
    """Where nothing was due nothing was delivered; else that tells nothing."""
    return target.metric == "throughput" or suffices(target, tally)


def _judged(target: Target, span: int, found: Sequence[_Window], thin: int) -> Judgement:
    worst = max(found, key=lambda window: _badness(target, window))
    missed = sum(not window.met for window in found)
    observed = None if worst.observed is None else round(worst.observed, 6)
    was = "nothing that could be measured" if observed is None else target.written(observed)
    reason = (
        f"{target.place}{target.metric} was {was} in the {span} s from second {worst.begin}, the "
        f"target is {target.sign} {target.written(target.limit)} in every {span} s: missed in "
        f"{missed} of {len(found)}"
    )
    too_few = (
        f"{target.text}: {thin} of {thin + len(found)} stretches had too few requests to say"
        if thin
        else ""
    )
    return Judgement(
        target=target,
        observed=observed,
        met=not missed,
        reason=reason,
        note=too_few,
        spans=Spans(judged=len(found), missed=missed, thin=thin, worst=worst.begin),
    )


def _badness(target: Target, window: _Window) -> float:
    if window.observed is None:
        return float("inf")
    return window.observed if target.sign.startswith("<") else -window.observed


def _too_few(target: Target, span: int, fewest: int, recording: Recording) -> str:
    want = needed(target)
    whole = recording.endpoints[target.endpoint] if target.endpoint else recording.whole()
    rate = whole.due / recording.measured if recording.measured else 0.0
    longer = f"ask for {time_as_typed(want / rate)} or more" if rate else "ask for longer ones"
    return (
        f"{target.place}{target.metric} of {fewest:,} requests in {span} s is not a number worth "
        f"judging, {want:,} are needed: {longer}, or choose another target than {target.text}"
    )


def _short(target: Target, recording: Recording) -> str:
    return (
        f"{target.text}: only {recording.measured:.1f} s were measured, so there is no stretch of "
        f"{target.span} s to judge; test longer"
    )
