"""What every self-contained page is made of: templates, assets, data, the browser's policy."""

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apiforge.loadtest.reports import figures

if TYPE_CHECKING:
    from jinja2 import Template

PAGE = Path(__file__).parent / "page"
_EN_DASH = "\N{EN DASH}"


def embedded(data: Mapping[str, Any]) -> str:
    """What the cursor reads, as JSON that cannot end the element it stands in."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def policy(style: str, script: str) -> str:
    """A Content-Security-Policy under which only this style and this script do anything."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def asset(name: str, folder: Path = PAGE) -> str:
    """A file that becomes part of the page."""
    return (folder / name).read_text(encoding="utf-8")


@cache
def template(name: str, folder: Path = PAGE) -> "Template":
    """A template of `folder`, which may use the pieces of PAGE.

    Imported late: listing runs must not wait for a template engine.
    """
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([folder, PAGE]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: _EN_DASH if value == figures.NOTHING else value,
    )
    return environment.get_template(name)
