"""What callers send and receive when they log in."""

from typing import Annotated, Literal

from app import fields
from app.auth.jwt.passwords import LONGEST
from app.schema import Schema


class Login(Schema):
    """Who logs in."""

    email: fields.Email
    password: Annotated[str, fields.string(LONGEST)]


class RefreshToken(Schema):
    """A refresh token that was given out."""

    refresh_token: Annotated[str, fields.string(128)]


class Tokens(Schema):
    """What a log-in gives; `expires_in` seconds are for the access token."""

    access_token: fields.Text
    refresh_token: fields.Text
    token_type: Literal["Bearer"]
    expires_in: fields.Integer


class Me(Schema):
    """Who is logged in, and what they may do."""

    id: fields.Uuid
    email: fields.Email
    roles: list[fields.Text]
    scopes: list[fields.Text]
