"""Roles: what those who have one may do. This is the one place to change that.

A role is a set of scopes; `*` in a scope stands for anything, so that a new resource needs no
change here.
"""

from collections.abc import Collection, Iterable, Mapping
from fnmatch import fnmatchcase

ROLES: Mapping[str, tuple[str, ...]] = {
    "admin": ("*",),
    "editor": ("*:read", "*:write"),
    "reader": ("*:read",),
}
FIRST_ROLE = "admin"
"""What `make user` gives to a new user when it is not told otherwise."""


def scopes_of(roles: Iterable[str], further: Iterable[str], every: Iterable[str]) -> list[str]:
    """Those of `every` scope that these roles and further scopes give, in the order of `every`.

    A role that is no longer declared gives nothing.
    """
    granted = {scope for role in roles for scope in ROLES.get(role, ())} | set(further)
    return [scope for scope in every if any(fnmatchcase(scope, one) for one in granted)]


def check_roles(roles: Iterable[str]) -> None:
    """Raises ValueError for one that is not declared."""
    for role in roles:
        if role not in ROLES:
            raise ValueError(f"no role called {role!r}; there are: {', '.join(ROLES)}")


def check_scopes(scopes: Iterable[str], every: Collection[str]) -> None:
    """Raises ValueError for one that no endpoint requires."""
    for scope in scopes:
        if not any(fnmatchcase(one, scope) for one in every):
            raise ValueError(f"no scope called {scope!r}; there are: {', '.join(every)}")
