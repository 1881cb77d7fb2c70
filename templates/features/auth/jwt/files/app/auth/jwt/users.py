"""`python -m app user EMAIL`: makes a user, or gives one a new password."""

import asyncio
import os
import secrets
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from getpass import getpass
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from app import fields
from app.auth.jwt.passwords import MINIMUM_LENGTH
from app.auth.jwt.service import EVERY_SCOPE
from app.component import Command

if TYPE_CHECKING:
    from app.settings import Settings


def make_user(settings: "Settings", options: Namespace) -> int:
    """Asks for the password; without a terminal it is PASSWORD, or a random one that is shown."""
    from app.main import create_app  # imported here because the application imports this module

    email = _address(options.email)
    password, is_random = _password()
    if len(password) < MINIMUM_LENGTH:
        raise ValueError(f"a password has at least {MINIMUM_LENGTH} characters")

    async def set_user() -> bool:
        app = create_app(settings)
        async with app.router.lifespan_context(app):
            is_new: bool = await app.state.login_service.set_user(email, password, options.scopes)
            return is_new

    made = "made" if asyncio.run(set_user()) else "changed"
    print(f"{made} the user {email}" + (f" with the password {password}" if is_random else ""))
    return 0


def _address(text: str) -> str:
    try:
        return str(TypeAdapter(fields.Email).validate_python(text))
    except ValidationError as error:
        raise ValueError(f"{text!r} is not an e-mail address") from error


def _password() -> tuple[str, bool]:
    stated = os.environ.get("PASSWORD")
    if stated:
        return stated, False
    if not sys.stdin.isatty():
        return secrets.token_urlsafe(18), True
    password = getpass("Password: ")
    if getpass("Again: ") != password:
        raise ValueError("these were two different passwords")
    return password, False


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("email")
    parser.add_argument("--scopes", default=EVERY_SCOPE, help="separated by spaces; * is all")


COMMANDS: Mapping[str, Command] = {
    "user": Command(help="make a user, or change the password", run=make_user, arguments=_arguments)
}
