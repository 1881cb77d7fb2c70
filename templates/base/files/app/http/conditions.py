"""Conditional requests (RFC 9110 section 13): ETag, If-None-Match, If-Match."""

import re
from typing import Annotated

from fastapi import Depends, Request

_TAGS = re.compile(r'\s*(W/)?("[\x21\x23-\x7e\x80-\xff]*")\s*(?:,|$)')
_ANY = "*"


def etag_of(version: int) -> str:
    """The entity tag of a row at `version`."""
    return f'"{version}"'


def is_known(etag: str, if_none_match: str) -> bool:
    """Whether the caller has this already, by the weak comparison."""
    if if_none_match.strip() == _ANY:
        return True
    return any(match[2] == etag.removeprefix("W/") for match in _TAGS.finditer(if_none_match))


def _expected_versions(request: Request) -> frozenset[int] | None:
    header = request.headers.get("if-match")
    if header is None or header.strip() == _ANY:
        return None
    # A tag that is weak, or none of ours, matches no version: 412.
    tags = [match[2] for match in _TAGS.finditer(header) if not match[1]]
    return frozenset(int(tag[1:-1]) for tag in tags if re.fullmatch('"[0-9]{1,9}"', tag))


ExpectedVersions = Annotated[frozenset[int] | None, Depends(_expected_versions)]
"""The versions that If-Match allows; None when any will do."""
