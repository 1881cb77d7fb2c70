"""The cache of the tests."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager


@contextmanager
def new_cache() -> Iterator[Mapping[str, str]]:
    """Settings of the cache; it needs none."""
    yield {}
