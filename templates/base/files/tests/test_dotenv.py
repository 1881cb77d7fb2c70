""".env from .env.example."""

from pathlib import Path

from app.dotenv import completed, main

EXAMPLE = "# A port\nPORT=8000\n# Secret: signs\nKEY=\n"


def test_secrets_are_made() -> None:
    lines = completed(EXAMPLE, "").splitlines()

    assert lines[:3] == ["# A port", "PORT=8000", "# Secret: signs"]
    assert len(lines[3].removeprefix("KEY=")) == 44


def test_what_is_there_stays() -> None:
    assert completed(EXAMPLE, "KEY=mine\n") == "KEY=mine\nPORT=8000\n"


def test_file_is_for_its_owner_only(tmp_path: Path) -> None:
    (tmp_path / ".env.example").write_text(EXAMPLE)

    main(tmp_path)

    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
