"""The log of everything but requests."""

import json
import logging
import sys

import pytest

from app.http.log import JsonFormatter, configure


def test_record_is_one_json_object() -> None:
    try:
        raise ValueError("deep inside")
    except ValueError:
        record = logging.LogRecord(
            "app", logging.ERROR, __file__, 1, "it %s", ("broke",), sys.exc_info()
        )
    record.request_id = "abc"

    entry = json.loads(JsonFormatter().format(record))

    assert (entry["level"], entry["message"], entry["request_id"]) == ("error", "it broke", "abc")
    assert "deep inside" in entry["exception"]


def test_every_logger_writes_to_standard_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    monkeypatch.setattr(logging.getLogger(), "level", logging.WARNING)

    configure("INFO")
    logging.getLogger("uvicorn.error").info("hello")
    logging.getLogger("uvicorn.access").info("nothing")

    assert [json.loads(line)["message"] for line in capsys.readouterr().out.splitlines()] == [
        "hello"
    ]
