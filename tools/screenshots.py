"""Makes the README's pictures again, from a real load test of the example project.

    python tools/screenshots.py

It needs Chromium, and takes about a minute. Writes docs/report.png, the upper part of the HTML
report, and docs/verdict-terminal.svg, what the terminal shows at the end.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.terminal_theme import TerminalTheme

from apiforge.cli.printing import print_summary
from apiforge.runs.store import StoredRun, load_run, runs_folder

DOCS = Path(__file__).parents[1] / "docs"
WIDTH = 1080
MARGIN = 24
LARGEST = 300_000
COMMAND = "apiforge loadtest shop --rate 100 --duration 30s"
# Not rich's own frame: it asks a font server, and looks like one system's windows.
FRAME = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {terminal_width} {terminal_height}" role="img">
<title>The verdict of a load test in the terminal</title>
<style>
.{unique_id}-matrix {{
  font: {char_height}px ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  line-height: {line_height}px;
}}
{styles}
</style>
<defs>{lines}</defs>
<rect width="100%" height="100%" rx="8" fill="#14181d"/>
<g transform="translate(16 14)" class="{unique_id}-matrix">{backgrounds}{matrix}</g>
</svg>
"""

_BRIGHT = [(0x6E, 0x76, 0x81), (0xFF, 0x83, 0x79), (0x56, 0xC5, 0x80), (0xEA, 0xB0, 0x4D)]
_COOL = [(0x69, 0xA3, 0xF2), (0xC5, 0x9B, 0xF2), (0x5C, 0xC8, 0xD6), (0xE8, 0xEB, 0xEF)]
COLOURS = TerminalTheme((0x14, 0x18, 0x1D), (0xE8, 0xEB, 0xEF), [*_BRIGHT, *_COOL])
"""Those of the report in the dark."""


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        run = measure(directory)
        photograph(run.report, DOCS / "report.png")
        shown = terminal(run.document, run.report.relative_to(directory))
    (DOCS / "verdict-terminal.svg").write_text(shown, encoding="utf-8")
    sizes = {file: (DOCS / file).stat().st_size for file in ("report.png", "verdict-terminal.svg")}
    for file, size in sizes.items():
        print(f"docs/{file}: {size:,} bytes")
    return int(max(sizes.values()) > LARGEST)


def measure(directory: Path) -> StoredRun:
    """A new example project, tested."""
    apiforge = [sys.executable, "-m", "apiforge"]
    environment = {name: value for name, value in os.environ.items() if name != "VENV"}
    for arguments in (["new", "shop", "--yes"], COMMAND.split()[1:]):
        subprocess.run([*apiforge, *arguments], cwd=directory, env=environment, check=True)
    return load_run("latest", runs_folder(directory / "shop"))


def photograph(page_file: Path, picture: Path) -> None:
    """The report from its top down to the numbers of the service, in light colours."""
    executable = shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        page = browser.new_page(
            viewport={"width": WIDTH, "height": 900}, color_scheme="light", device_scale_factor=1
        )
        page.goto(page_file.as_uri())
        box = page.locator("#plot-server-time").bounding_box()
        if box is None:
            raise SystemExit("the report shows no numbers of the service")
        height = box["y"] + box["height"] + MARGIN
        page.screenshot(
            path=picture, full_page=True, clip={"x": 0, "y": 0, "width": WIDTH, "height": height}
        )
        browser.close()


def terminal(document: Mapping[str, Any], report: Path) -> str:
    """The command and its summary as a picture of text."""
    with open(os.devnull, "w") as nowhere:
        console = Console(record=True, width=82, file=nowhere, force_terminal=True, highlight=False)
        console.print(f"$ {COMMAND}", style="dim")
        print_summary(console, document, report)
        console.print()  # room below: the frame is higher than rich's by its inner margin
        return console.export_svg(theme=COLOURS, code_format=FRAME, unique_id="terminal")


if __name__ == "__main__":
    sys.exit(main())
