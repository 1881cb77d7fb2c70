import pytest

from apiforge.errors import UsageError
from apiforge.runs.profiles import PROFILES, describe_profiles
from apiforge.runs.shape import Shape, ShapeWishes, make_shape


def shape(**wishes: object) -> Shape:
    return make_shape(ShapeWishes(**wishes), 40.0, is_stated=True)  # type: ignore[arg-type]


def test_peak_rate_for_thirty_seconds_is_usual() -> None:
    assert shape() == Shape(rate=40.0, duration=30.0)


@pytest.mark.parametrize(
    ("requests", "wished", "seconds"),
    [(500, None, 30), (2000, None, 50), (10**6, None, 600), (2000, 5.0, 5)],
)
def test_it_lasts_as_long_as_its_percentiles_need(
    requests: int, wished: float | None, seconds: float
) -> None:
    wishes = ShapeWishes(duration=wished)

    assert make_shape(wishes, 40.0, is_stated=True, requests=requests).duration == seconds


def test_it_lasts_as_long_as_the_longest_span() -> None:
    assert make_shape(ShapeWishes(), 40.0, is_stated=True, longest_span=60).duration == 60.0
    with pytest.raises(UsageError, match="every 60 s, but the test is only 5 s"):
        make_shape(ShapeWishes(duration=5.0), 40.0, is_stated=True, longest_span=60)
    smoke = make_shape(ShapeWishes(profile="smoke"), 40.0, is_stated=True, longest_span=60)
    assert smoke.duration == 10.0


def test_users_think_a_second_unless_told() -> None:
    assert (shape(users=5).users, shape(users=5).think_time) == (5, 1.0)
    assert shape(users=5, think_time=0.0).think_time == 0.0


def test_stages_say_rate_and_duration() -> None:
    made = shape(stages="30s:50, 1m:200,30s:0")

    assert made.stages == ((30.0, 50.0), (60.0, 200.0), (30.0, 0.0))
    assert (made.rate, made.duration) == (200.0, 120.0)


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        ({"users": 5, "rate": 10.0}, "--users cannot be used with --rate"),
        ({"users": 5, "stages": "1s:1"}, "--users cannot be used with --stages"),
        ({"users": 5, "profile": "load"}, "--users cannot be used with --profile"),
        ({"stages": "1s:1", "rate": 10.0}, "--stages cannot be used with --rate"),
        ({"stages": "1s:1", "profile": "load"}, "--stages cannot be used with --profile"),
        ({"stages": "1s:1", "duration": 5.0}, "--stages cannot be used with --duration"),
        ({"think_time": 1.0}, "--think-time is for --users"),
        ({"profile": "sok"}, "no profile called 'sok'"),
        ({"stages": "1s"}, "'1s' is not a stage"),
        ({"stages": "1s:x"}, "'1s:x' is not a stage"),
        ({"stages": "1s:nan"}, "'1s:nan' is not a stage"),
        ({"stages": "1s:-1"}, "'1s:-1' is not a stage"),
        ({"stages": ""}, "'' is not a stage"),
        ({"stages": "1:50"}, "'1' is not a length of time"),
        ({"stages": "1s:0"}, "no request at all"),
        ({"rate": 0.0}, "--rate 0 is not a rate"),
    ],
)
def test_impossible_load_is_refused(wishes: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        shape(**wishes)


@pytest.mark.parametrize("name", [name for name in PROFILES if name != "breakpoint"])
def test_profile_is_stretched_to_the_duration(name: str) -> None:
    made = shape(profile=name, rate=100.0, duration=20.0)

    assert made.duration == pytest.approx(20.0)
    assert made.duration == sum(seconds for seconds, _ in made.stages)
    assert made.profile == name


def test_stress_goes_to_four_times_the_peak_rate() -> None:
    made = shape(profile="stress")

    assert (made.rate, made.duration) == (160.0, pytest.approx(240.0))


def test_search_must_reach_the_rate_that_is_stated() -> None:
    assert shape(profile="breakpoint").required == 40.0
    unstated = make_shape(ShapeWishes(profile="breakpoint"), 50.0, is_stated=False)
    assert (unstated.rate, unstated.required, unstated.is_search) == (50.0, None, True)


def test_every_profile_is_described() -> None:
    assert [name for name in PROFILES if f"{name}: " not in describe_profiles()] == []
