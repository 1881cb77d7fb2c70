"""`apiforge loadtest` with generators of other machines: what cannot be is said at once."""

import pytest

from apiforge.cli.main import run

URL = ("--url", "http://127.0.0.1:1/")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["--expect-workers", "2"], "--expect-workers needs --url", id="no url"),
        pytest.param([*URL, "--bind", "127.0.0.1"], "--bind needs --expect-workers", id="bind"),
        pytest.param(
            [*URL, "--expect-workers", "2", "--workers", "2"],
            "--expect-workers cannot be used with --workers",
            id="workers",
        ),
        pytest.param(
            [*URL, "--expect-workers", "2", "--bind", "a b:x"], "--bind 'a b:x'", id="address"
        ),
        pytest.param(["--join", "127.0.0.1:0"], "--join '127.0.0.1:0'", id="port"),
        pytest.param(
            ["--join", "127.0.0.1", "--rate", "5"], "--join goes with no other option", id="join"
        ),
    ],
)
def test_wrong_usage_exits_2(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["loadtest", *arguments]) == 2
    assert told in capsys.readouterr().err
