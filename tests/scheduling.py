"""Which tests stay in one process where several run: what starts once must not start thrice.

xdist's own `--dist loadgroup` does not find its marks under pytest 9.2, and says nothing of it.
"""

from collections.abc import Callable

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

ScopeOf = Callable[[str], str]


class Together(LoadScopeScheduling):
    """Tests of one scope run in one process, in their order; `scope_of` takes a test's node id."""

    def __init__(self, config: pytest.Config, log: Producer, scope_of: ScopeOf) -> None:
        super().__init__(config, log)
        self._scope_of = scope_of

    def _split_scope(self, nodeid: str) -> str:
        return self._scope_of(nodeid)
