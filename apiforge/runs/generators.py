"""Who makes the load: processes of this machine, or some that join from elsewhere."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from apiforge.errors import UsageError
from apiforge.loadtest.meeting import PORT, Meeting
from apiforge.servers.ports import LOOPBACK


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratorWishes:
    """What the command line says of them: so many here, or so many expected at an address."""

    workers: int = 1
    expected: int | None = None
    bind: str | None = None
    keep_awake: bool | None = None
    """None: where the host of this virtual machine is busy."""


def make_meeting(wishes: GeneratorWishes, url: str | None) -> Meeting | None:
    """Where the generators meet that are expected from elsewhere; UsageError for what cannot be."""
    if wishes.expected is None:
        if wishes.bind is not None:
            raise UsageError("--bind needs --expect-workers", hint="say how many will join")
        return None
    if url is None:
        raise UsageError(
            "--expect-workers needs --url",
            hint="a project that apiforge starts itself can be reached from this machine only",
        )
    if wishes.workers != 1:
        hint = "start `apiforge loadtest --join` as often as there are cores to use"
        raise UsageError("--expect-workers cannot be used with --workers", hint=hint)
    host, port = parse_address(wishes.bind or LOOPBACK, option="--bind")
    return Meeting(host=host, port=port, expected=wishes.expected)


def parse_address(text: str, *, option: str) -> tuple[str, int]:
    """HOST or HOST:PORT, [IPv6]:PORT too; Locust's port where none is given."""
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or port == 0 or parts.path or parts.username:
        raise UsageError(f"{option} {text!r} is no address", hint=f"write 127.0.0.1:{PORT}")
    return host, port or PORT
