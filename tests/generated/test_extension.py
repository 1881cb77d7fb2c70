"""A value is a folder: added from elsewhere it works, removed again it leaves no trace."""

import shutil
from pathlib import Path

from apiforge import __version__, paths
from apiforge.catalog.load import load_catalog
from apiforge.project.creation import create
from apiforge.project.plan import make_plan
from apiforge.project.render import render
from apiforge.project.specification import Specification
from tests.generated.conftest import Boot

# A cache that forgets everything and counts what it was asked: an axis with one value.
PAPER = {
    "feature.toml": """
summary = "Written on paper, and lost"
components = ["app.cache.backend.PaperCache"]
settings = "app.cache.settings.CacheSettings"
[environment]
CACHE_PAPER_SIZE = "A4"
""",
    "files/app/cache/settings.py": '''
"""What the paper cache needs to know."""

from pydantic_settings import BaseSettings

from app.environment import ENVIRONMENT


class CacheSettings(BaseSettings):
    """Its paper."""

    model_config = ENVIRONMENT

    cache_paper_size: str = "A5"
''',
}
# A part that counts requests: an axis with several values, beside another one.
TALLY = {
    "feature.toml": """
summary = "Counts requests on a page of its own"
components = ["app.monitoring.tally.Tally"]
""",
    "files/app/monitoring/tally.py": '''
"""Counts requests."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import ClassVar

from fastapi import FastAPI

from app.component import Command
from app.settings import Settings


class Tally:
    """A page with the number of requests so far, and the cache's paper."""

    name: ClassVar[str] = "tally"

    def __init__(self, settings: Settings) -> None:
        self.paper = settings.cache.cache_paper_size
        self.count = 0

    def install(self, app: FastAPI) -> None:
        app.state.observers.append(self._observe)
        app.add_api_route("/tally", self._page, operation_id="tally")

    async def _page(self) -> dict[str, str | int]:
        return {"requests": self.count, "paper": self.paper}

    def _observe(self, method: str, route: str, status: int, seconds: float) -> None:
        self.count += 1

    @asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        yield

    async def ready(self) -> None:
        """Always."""

    async def seed(self) -> None:
        """Nothing to add."""

    @classmethod
    def commands(cls) -> Mapping[str, Command]:
        return {}
''',
}


def write_value(root: Path, name: str, files: dict[str, str]) -> None:
    for path, text in files.items():
        file = root / "features" / name / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.lstrip())


def contents(specification: Specification, roots: list[Path]) -> dict[str, bytes]:
    plan = make_plan(specification, load_catalog(roots))
    return {path: file.content for path, file in render(plan)}


def test_made_up_values_are_listed_generated_booted_and_gone(tmp_path: Path, boot: Boot) -> None:
    plain = Specification(name="shop", apiforge=__version__)
    before = contents(plain, [paths.templates()])
    extra = tmp_path / "extra"
    write_value(extra, "cache/paper", PAPER)
    none = paths.templates() / "features" / "cache" / "none" / "files" / "app" / "cache"
    backend = (none / "backend.py").read_text().replace("NoCache", "PaperCache")
    (extra / "features/cache/paper/files/app/cache/backend.py").write_text(backend)
    write_value(extra, "monitoring/tally", TALLY)
    catalog = load_catalog([paths.templates(), extra])
    choices = {"cache": ("paper",), "monitoring": ("prometheus", "tally")}

    assert "paper" in catalog.axis("cache").values
    assert "tally" in catalog.axis("monitoring").values
    plan = make_plan(Specification(name="shop", apiforge=__version__, choices=choices), catalog)
    project = tmp_path / "shop"
    create(plan, render(plan), project, make_secret=lambda: "s" * 43 + "=")
    assert "CACHE_PAPER_SIZE=A4" in (project / ".env.example").read_text()
    with boot(project, catalog=catalog) as live:
        live.exercise.run()
        page = live.client.get("/tally").json()
        assert page["requests"] >= len(live.exercise.called)
        assert page["paper"] == "A4"

    shutil.rmtree(extra)
    assert contents(plain, [paths.templates()]) == before


def test_a_seventh_database_is_one_folder(tmp_path: Path, boot: Boot) -> None:
    """SQLite under another name: what makes a database one is all in its folder."""
    plain = Specification(name="shop", apiforge=__version__)
    before = contents(plain, [paths.templates()])
    extra = tmp_path / "extra"
    folder = extra / "features" / "database" / "quill"
    shutil.copytree(paths.templates() / "features" / "database" / "sqlite", folder)
    manifest = folder / "feature.toml"
    text = manifest.read_text()
    summary = text.partition('"')[2].partition('"')[0]
    manifest.write_text(
        text.replace(summary, "Quill: written by hand").replace("app.db", "app.ink")
    )
    catalog = load_catalog([paths.templates(), extra])

    assert catalog.axis("database").summary("quill") == "Quill: written by hand"
    specification = Specification(
        name="shop", apiforge=__version__, choices={"database": ("quill",)}
    )
    plan = make_plan(specification, catalog)
    project = tmp_path / "shop"
    create(plan, render(plan), project, make_secret=lambda: "s" * 43 + "=")
    assert "app.ink" in (project / ".env.example").read_text()
    with boot(project, catalog=catalog) as live:
        live.exercise.run()
        assert live.client.get("/readyz").status_code == 200

    shutil.rmtree(extra)
    assert contents(plain, [paths.templates()]) == before
