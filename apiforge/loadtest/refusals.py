"""Why a load generating process could not begin, as an error for the user."""

from apiforge.errors import ApiforgeError, TargetUnreachable, UsageError


def refusal(kind: str, message: str, target: str) -> ApiforgeError:
    """The error for what a worker says (`loadtests/prepare.py`)."""
    if kind in ("scenario", "locustfile"):
        return UsageError(message, hint=f"mend the {kind} and run the test again")
    if kind == "unready":
        return TargetUnreachable(
            f"{target} is not ready: {message}",
            hint="check its log, its seed data and the user of the load test",
        )
    if kind == "unreachable":
        return TargetUnreachable(
            f"{target} was never reachable: {message}",
            hint="check that it is running, and its address",
        )
    return ApiforgeError(f"the load generator failed: {message}")
