"""`python -m app rotate-key`: a new key signs, and the former one is still good for a while."""

import base64
import os
import secrets
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from app import project
from app.auth.jwt.keys import KEY_BYTES, key_ring, split_keys
from app.component import Command

if TYPE_CHECKING:
    from app.settings import Settings

SIGNING, PREVIOUS = "JWT_SIGNING_KEY", "JWT_PREVIOUS_KEYS"
KEPT = 2
"""How many former keys stay good."""


def rotate_key(settings: "Settings", options: Namespace, root: Path = project.ROOT) -> int:
    """Changes `.env`; the service reads it when it is started again. Keys are never printed."""
    for name in (SIGNING, PREVIOUS):
        if os.environ.get(name):
            raise ValueError(f"{name} is set in the environment: change it there (docs/auth.md)")
    signing = settings.jwt.jwt_signing_key.get_secret_value()
    if not signing:
        raise ValueError(f"there is no {SIGNING} in .env to take the place of")
    others = settings.jwt.jwt_previous_keys
    previous = split_keys(others.get_secret_value() if others else "")
    key_ring(signing, " ".join(previous))  # bad keys are not carried on
    kept = ",".join([signing, *previous][:KEPT])
    new = base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    _write(root / ".env", {SIGNING: new, PREVIOUS: kept})
    print("A new key signs access tokens as soon as the service is started again;")
    print(f"after {settings.jwt.jwt_access_seconds} s more no token needs the former one.")
    return 0


def _write(file: Path, values: dict[str, str]) -> None:
    """The file with these settings changed; the others stay."""
    lines = [
        line
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.partition("=")[0].strip() not in values
    ]
    lines += [f"{name}={value}" for name, value in values.items()]
    unfinished = file.with_name(".env.unfinished")
    unfinished.touch(mode=0o600)
    unfinished.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    os.replace(unfinished, file)


COMMAND = Command(help="sign access tokens with a new key", run=rotate_key)
