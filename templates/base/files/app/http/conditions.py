"""Conditional requests (RFC 9110 section 13): ETag, If-None-Match, If-Match."""

import re
from typing import Annotated

from fastapi import Depends, Request

_VERSION = re.compile('"([0-9]{1,9})(?:-gzip)?"')
_TAGS = re.compile(r'\s*(W/)?("[\x21\x23-\x7e\x80-\xff]*")\s*(?:,|$)')
_ANY = "*"
GZIP_SUFFIX = "-gzip"
"""Ends the entity tag of an answer that was compressed; it is the same version all the same."""


def etag_of(version: int) -> str:
    """The entity tag of a row at `version`."""
    return f'"{version}"'


def is_known(etag: str, if_none_match: str) -> bool:
    """Whether the caller has this already, by the weak comparison."""
    if if_none_match.strip() == _ANY:
        return True
    same = etag.removeprefix("W/")
    seen = [match[2] for match in _TAGS.finditer(if_none_match)]
    return same in seen or f'{same[:-1]}{GZIP_SUFFIX}"' in seen


async def _expected_versions(request: Request) -> frozenset[int] | None:
    header = request.headers.get("if-match")
    if header is None or header.strip() == _ANY:
        return None
    # A tag that is weak, or none of ours, matches no version: 412.
    tags = [match[2] for match in _TAGS.finditer(header) if not match[1]]
    versions = [_VERSION.fullmatch(tag) for tag in tags]
    return frozenset(int(version[1]) for version in versions if version is not None)


ExpectedVersions = Annotated[frozenset[int] | None, Depends(_expected_versions)]
"""The versions that If-Match allows; None when any will do."""
