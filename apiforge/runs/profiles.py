"""The shapes a load test can have over time: stages as typed, and named profiles of them."""

from dataclasses import dataclass

from apiforge.errors import UsageError, choose_one_of
from apiforge.loadtest.workload import Stage
from apiforge.runs.durations import parse_duration

SMOKE = "smoke"
BREAKPOINT = "breakpoint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """`shape` holds shares of the whole time, each with the part of the peak rate at its end."""

    name: str
    summary: str
    seconds: float
    shape: tuple[tuple[float, float], ...]

    def stages(self, peak_rate: float, seconds: float) -> tuple[Stage, ...]:
        """The profile for a project with this peak rate, stretched to last so long."""
        return tuple((share * seconds, factor * peak_rate) for share, factor in self.shape)


PROFILES = {
    profile.name: profile
    for profile in (
        Profile(
            name=SMOKE,
            summary="a tenth of the peak rate for 10 s: does it work at all? Percentiles that so "
            "few requests cannot show are not judged",
            seconds=10,
            shape=((0, 0.1), (1, 0.1)),
        ),
        Profile(
            name="load",
            summary="up to the peak rate and down again, 3 min",
            seconds=180,
            shape=((0.1, 1), (0.8, 1), (0.1, 0)),
        ),
        Profile(
            name="stress",
            summary="one, two, three, four times the peak rate, 4 min",
            seconds=240,
            shape=tuple(step for times in (1, 2, 3, 4) for step in ((0.1, times), (0.15, times))),
        ),
        Profile(
            name="spike",
            summary="from half to three times the peak rate at once, and back, 2 min",
            seconds=120,
            shape=((0, 0.5), (0.3, 0.5), (0, 3), (0.2, 3), (0, 0.5), (0.5, 0.5)),
        ),
        Profile(
            name="soak",
            summary="the peak rate for an hour",
            seconds=3600,
            shape=((0.02, 1), (0.98, 1)),
        ),
        Profile(
            name=BREAKPOINT,
            summary="searches, for 2.5 min at most, the highest rate at which the targets hold and "
            "nothing piles up; fails if that is below the peak rate",
            seconds=150,
            shape=(),
        ),
    )
}


def describe_profiles() -> str:
    """All of them in one sentence each, for people."""
    return "; ".join(f"{profile.name}: {profile.summary}" for profile in PROFILES.values())


def find_profile(name: str) -> Profile:
    """The profile of this name; UsageError if there is none."""
    if name not in PROFILES:
        raise UsageError(f"no profile called {name!r}", hint=choose_one_of(name, PROFILES))
    return PROFILES[name]


def parse_stages(text: str) -> tuple[Stage, ...]:
    """Reads "30s:50,1m:200": each a time and the rate reached at its end. Raises UsageError."""
    stages = []
    for part in text.split(","):
        time, colon, rate = part.strip().partition(":")
        try:
            wanted = float(rate)
        except ValueError:
            wanted = -1.0
        if not colon or not 0 <= wanted < float("inf"):
            raise UsageError(
                f"--stages: {part.strip()!r} is not a stage",
                hint='write times and rates: "30s:50,1m:200,30s:0"',
            )
        stages.append((parse_duration(time, option="--stages"), wanted))
    return tuple(stages)
