"""`python -m app user EMAIL`: makes a user, or gives one a new password and other roles."""

import asyncio
import os
import secrets
import sys
from argparse import ArgumentParser, Namespace
from getpass import getpass
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from app import fields
from app.auth.jwt.passwords import check_password
from app.auth.jwt.roles import FIRST_ROLE, ROLES, check_roles
from app.component import Command

if TYPE_CHECKING:
    from app.settings import Settings


def make_user(settings: "Settings", options: Namespace) -> int:
    """Asks for the password; without a terminal it is PASSWORD, or a random one that is shown."""
    from app.main import create_app  # imported here because the application imports this module

    email = _address(options.email)
    roles, scopes = _words(options.role), _words(options.scopes)
    check_roles(roles or ())
    password, is_random = _password()
    check_password(password)

    async def set_user() -> bool:
        app = create_app(settings)
        async with app.router.lifespan_context(app):
            service = app.state.login_service
            is_new: bool = await service.set_user(email, password, roles=roles, scopes=scopes)
            return is_new

    made = "made" if asyncio.run(set_user()) else "changed"
    print(f"{made} the user {email}" + (f" with the password {password}" if is_random else ""))
    return 0


def _address(text: str) -> str:
    try:
        return str(TypeAdapter(fields.Email).validate_python(text))
    except ValidationError as error:
        raise ValueError(f"{text!r} is not an e-mail address") from error


def _words(texts: list[str] | None) -> list[str] | None:
    if texts is None:
        return None
    return list(dict.fromkeys(" ".join(texts).replace(",", " ").split()))


def _password() -> tuple[str, bool]:
    stated = os.environ.get("PASSWORD")
    if stated:
        return stated, False
    if not sys.stdin.isatty():
        return secrets.token_urlsafe(18), True
    try:
        password, again = getpass("Password: "), getpass("Again: ")
    except EOFError as error:
        raise ValueError("no password was given") from error
    if password != again:
        raise ValueError("these were two different passwords")
    return password, False


def _arguments(parser: ArgumentParser) -> None:
    roles = f"one of {', '.join(ROLES)} (a new user: {FIRST_ROLE}); may be repeated"
    parser.add_argument("email")
    parser.add_argument("--role", action="append", help=roles)
    parser.add_argument("--scopes", action="append", help="further scopes, separated by spaces")


COMMAND = Command(help="make a user, or change the password", run=make_user, arguments=_arguments)
