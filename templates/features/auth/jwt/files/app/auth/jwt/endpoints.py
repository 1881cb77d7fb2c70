"""Logging in over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.auth.jwt.keys import KeyRing
from app.auth.jwt.schemas import Login, Me, RefreshToken, Tokens
from app.auth.jwt.service import LoginService
from app.auth.port import CurrentCaller, requires
from app.errors import Unauthenticated
from app.http.answers import deleted, json_answer
from app.http.documentation import problems
from app.http.route import StrictRoute

PATH = "/api/v1/auth"
KEYS_SECONDS = 300
"""How long others may keep the public keys."""
router = APIRouter(tags=["auth"], route_class=StrictRoute)


async def _service(request: Request) -> LoginService:
    service: LoginService = request.app.state.login_service
    return service


LoginServiceDep = Annotated[LoginService, Depends(_service)]


@router.post(
    f"{PATH}/login",
    operation_id="log_in",
    responses={200: {"model": Tokens}, **problems(401, 413, 422, 429, 503)},
)
async def log_in(request: Request, data: Login, service: LoginServiceDep) -> Response:
    """Tokens for an e-mail address and its password."""
    address = request.client.host if request.client else ""
    return _tokens(await service.log_in(data.email, data.password, address))


@router.post(
    f"{PATH}/refresh",
    operation_id="refresh_tokens",
    responses={200: {"model": Tokens}, **problems(401, 413, 422, 503)},
)
async def refresh_tokens(data: RefreshToken, service: LoginServiceDep) -> Response:
    """New tokens for a refresh token, which is good once; using it again ends the log-in."""
    return _tokens(await service.refresh(data.refresh_token))


@router.post(
    f"{PATH}/logout",
    operation_id="log_out",
    status_code=204,
    responses={204: {"description": "Logged out"}, **problems(413, 422, 503)},
)
async def log_out(data: RefreshToken, service: LoginServiceDep) -> Response:
    """Ends the log-in of a refresh token; access tokens end by themselves."""
    await service.log_out(data.refresh_token)
    return deleted()


@router.get(
    f"{PATH}/me",
    operation_id="get_me",
    dependencies=[requires()],
    responses={200: {"model": Me}, **problems(503)},
)
async def get_me(caller: CurrentCaller, service: LoginServiceDep) -> Response:
    """Who is logged in, and what they may do."""
    if caller is None:
        raise Unauthenticated("This needs a log-in.")
    return json_answer(await service.user(caller.subject))


@router.get(
    "/.well-known/jwks.json",
    operation_id="get_keys",
    responses={
        200: {
            "description": "A JSON Web Key Set (RFC 7517)",
            "content": {"application/json": {"schema": {"type": "object"}}},
        }
    },
)
async def get_keys(request: Request) -> Response:
    """The public keys that check access tokens."""
    keys: KeyRing = request.app.state.key_ring
    answer = json_answer(keys.jwks())
    answer.headers["Cache-Control"] = f"public, max-age={KEYS_SECONDS}"
    return answer


def _tokens(tokens: dict[str, object]) -> Response:
    answer = json_answer(tokens)
    answer.headers["Cache-Control"] = "no-store"
    return answer
