"""The verdict on a load test: its status, the reasons in words, the exit code."""

from collections.abc import Mapping, Sequence
from typing import Any

from apiforge.loadtest.recording import Recording, Tally
from apiforge.loadtest.targets import Judgement

EXIT_CODES = {"pass": 0, "fail": 3, "invalid": 4}
_NEVER_ANSWERED = "no answer"
_NOT_SENT = "not sent"


def decide(
    recording: Recording, judgements: Sequence[Judgement], invalid: Sequence[str]
) -> dict[str, Any]:
    """{"status": "pass"|"fail"|"invalid", "reasons": [...]}.

    A generator at fault makes the test invalid whatever the latencies say. A target that could not
    be judged does so only where no other is missed: one miss is enough to fail.
    """
    open_questions = [judgement.reason for judgement in judgements if not judgement.judged]
    missed = [one.reason for one in judgements if one.judged and not one.met]
    missed += _stranded(recording)
    early = _early_end(recording)
    notes = [judgement.note for judgement in judgements if judgement.note]
    if invalid:
        return {"status": "invalid", "reasons": [*early, *invalid, *open_questions]}
    if missed or recording.aborted:
        reasons = [*early, *missed, *notes, *_explanations(recording)]
        return {"status": "fail", "reasons": reasons}
    if open_questions:
        return {"status": "invalid", "reasons": [*early, *open_questions]}
    return {"status": "pass", "reasons": [*early, _all_met(len(judgements)), *notes]}


def exit_code(document: Mapping[str, Any]) -> int:
    """How a command that judged this result ends: 0 met, 3 missed, 4 invalid."""
    return EXIT_CODES[document["verdict"]["status"]]


def _early_end(recording: Recording) -> list[str]:
    found = [recording.aborted] if recording.aborted else []
    if recording.interrupted:
        measured, planned = recording.measured, recording.workload.duration
        found.append(f"it was interrupted: {measured:.1f} s of {planned:g} s were measured")
    return found


def _stranded(recording: Recording) -> list[str]:
    """Users who wait for good ask for nothing more, so their few failures would hardly count."""
    users, waiting = recording.workload.users, recording.whole().unfinished
    if recording.interrupted or not users or 2 * waiting < users:
        return []
    return [
        f"{waiting} of {users} users were still waiting at the end, for answers that never came"
    ]


def _all_met(count: int) -> str:
    return "the target was met" if count == 1 else f"all {count} targets were met"


def _explanations(recording: Recording) -> list[str]:
    """What else a developer wants to know of a failed test, most telling first."""
    whole = recording.whole()
    found = []
    silent = [second for second, tally in enumerate(recording.seconds) if _is_silent(tally)]
    if silent and silent[-1] == len(recording.seconds) - 1:
        begin = _first_of_last_run(silent)
        found.append(f"from second {begin} to the end the target answered nothing successfully")
    never = _count(recording, _NEVER_ANSWERED)
    if never:
        timeout = recording.workload.timeout
        found.append(f"{never} of {whole.due} requests got no answer within {timeout:g} s")
    if whole.dropped:
        limit = recording.workload.max_in_flight
        found.append(
            f"{whole.dropped} of {whole.due} requests could not be sent: "
            f"{limit} were waiting for an answer already"
        )
    return found + _most_frequent_error(recording)


def _is_silent(tally: Tally) -> bool:
    return bool(tally.due) and not tally.succeeded


def _first_of_last_run(seconds: Sequence[int]) -> int:
    begin = seconds[-1]
    for second in reversed(seconds):
        if second < begin - 1:
            break
        begin = second
    return begin


def _most_frequent_error(recording: Recording) -> list[str]:
    answers = [
        error for error in recording.errors if not error[1].startswith((_NEVER_ANSWERED, _NOT_SENT))
    ]
    if not answers:
        return []
    name, text, count = max(answers, key=lambda error: error[2])
    hint = " (redirects are not followed)" if text.startswith("status 3") else ""
    return [f"the most frequent error: {text}{hint}, {count} times at {name}"]


def _count(recording: Recording, beginning: str) -> int:
    return sum(count for _, error, count in recording.errors if error.startswith(beginning))
