"""Roles are sets of scopes."""

from fnmatch import fnmatchcase

import pytest

from app.auth.jwt.roles import FIRST_ROLE, ROLES, check_roles, check_scopes, scopes_of
from app.http.route import every_scope
from app.main import create_app

EVERY = ["cats:read", "cats:write", "dogs:read", "dogs:write"]


@pytest.mark.parametrize(
    ("roles", "further", "expected"),
    [
        (["admin"], [], EVERY),
        (["reader"], [], ["cats:read", "dogs:read"]),
        (["reader"], ["dogs:write"], ["cats:read", "dogs:read", "dogs:write"]),
        ([], ["cats:read"], ["cats:read"]),
        (["former"], [], []),
        ([], [], []),
    ],
    ids=["admin", "reader", "role and scope", "scope", "unknown role", "nothing"],
)
def test_roles_and_further_scopes_add_up(
    roles: list[str], further: list[str], expected: list[str]
) -> None:
    assert scopes_of(roles, further, EVERY) == expected


@pytest.mark.parametrize("role", ROLES)
def test_role_names_scopes_that_exist(role: str) -> None:
    every = every_scope(create_app())

    for scope in ROLES[role]:
        assert any(fnmatchcase(one, scope) for one in every), scope


def test_first_role_may_do_everything() -> None:
    every = every_scope(create_app())

    assert scopes_of([FIRST_ROLE], [], every) == every


def test_unknown_names_are_refused_with_the_choices() -> None:
    with pytest.raises(ValueError, match="no role called 'emperor'; there are: admin"):
        check_roles(["admin", "emperor"])
    with pytest.raises(ValueError, match="no scope called 'birds:read'; there are: cats:read"):
        check_scopes(["cats:read", "birds:read"], EVERY)
