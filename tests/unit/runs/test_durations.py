import pytest

from apiforge.errors import UsageError
from apiforge.runs.durations import parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("500ms", 0.5), ("30s", 30.0), ("2m", 120.0), ("1h", 3600.0), ("1.5s", 1.5), ("0s", 0.0)],
)
def test_length_is_read_in_seconds(text: str, seconds: float) -> None:
    assert parse_duration(text, option="--duration") == seconds


@pytest.mark.parametrize("text", ["", "30", "s", "-1s", "1d", "nan s", "1e3s", "30 seconds"])
def test_what_is_no_length_is_refused_with_the_forms_it_takes(text: str) -> None:
    with pytest.raises(UsageError, match="--warmup") as raised:
        parse_duration(text, option="--warmup")
    assert "500ms, 30s, 2m, 1h" in str(raised.value.hint)


def test_too_short_is_refused_with_the_least() -> None:
    with pytest.raises(UsageError, match="--duration 10ms is too short") as raised:
        parse_duration("10ms", option="--duration", least=1.0)
    assert raised.value.hint == "it must be at least 1s"
