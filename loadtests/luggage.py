"""Files that came along with a load test of another machine, unpacked into a folder of their own.

Packed by `apiforge.loadtest.luggage`. Whoever conducts the test decides what runs here, but nothing
of what it sends is written outside of the folder, and not more than fits.
"""

import base64
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

MOST_BYTES = 32_000_000


class Refused(Exception):
    """It cannot be unpacked: why, in a few words."""


def unpack(subject: dict[str, Any], files: Mapping[str, str], folder: Path) -> None:
    """Writes the files below the folder, and makes the subject's paths lead there.

    Raises Refused for paths that lead elsewhere and for more than fits."""
    left = MOST_BYTES
    for name, packed in files.items():
        content = _inflated(packed, left)
        left -= len(content)
        file = _within(folder, name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    for key in ("scenario", "locustfile"):
        if subject.get(key):
            subject[key] = str(_within(folder, subject[key]))
    for table in subject["data"].values():
        table["file"] = str(_within(folder, table["file"]))


def _within(folder: Path, name: str) -> Path:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise Refused(f"{name!r} leads out of the folder of the run")
    return folder.joinpath(*path.parts)


def _inflated(packed: str, most: int) -> bytes:
    inflating = zlib.decompressobj()
    try:
        content = inflating.decompress(base64.b64decode(packed, validate=True), most + 1)
    except (ValueError, zlib.error) as error:
        raise Refused(f"what was sent is damaged: {error}") from error
    if len(content) > most:
        raise Refused(f"more than {MOST_BYTES / 1e6:,.0f} MB of files were sent")
    return content
