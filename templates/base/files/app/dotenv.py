"""`python -m app.dotenv`: brings .env up to .env.example, with a new value for each secret."""

import base64
import os
import secrets
from pathlib import Path

from app import project

SECRET_BYTES = 32


def completed(example: str, current: str) -> str:
    """`current` with the lines it lacks; an empty value is a secret to be made."""
    lines = current.splitlines() if current else example.splitlines()
    known = {_name(line) for line in lines}
    lines += [line for line in example.splitlines() if _name(line) and _name(line) not in known]
    return "".join(f"{_with_secret(line)}\n" for line in lines)


def _name(line: str) -> str:
    name, equals, _ = line.partition("=")
    return name.strip() if equals and not name.lstrip().startswith("#") else ""


def _with_secret(line: str) -> str:
    if not _name(line) or line.partition("=")[2].strip():
        return line
    return _name(line) + "=" + base64.urlsafe_b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def main(root: Path = project.ROOT) -> None:
    """Writes `.env`, readable by its owner only."""
    file, example = root / ".env", root / ".env.example"
    current = file.read_text(encoding="utf-8") if file.exists() else ""
    unfinished = root / ".env.unfinished"
    unfinished.touch(mode=0o600)
    unfinished.write_text(completed(example.read_text(encoding="utf-8"), current), encoding="utf-8")
    os.replace(unfinished, file)


if __name__ == "__main__":
    main()
