"""What is printed of a finished load test, with colours and without."""

import io

from rich.console import Console

from apiforge.cli.printing import print_summary
from tests.unit.cli.test_live import console, written
from tests.unit.reports import documents


def test_summary_is_printed_without_marks_where_there_is_no_colour() -> None:
    plain = console(terminal=False)
    print_summary(plain, documents.hostile(), "report.html")
    assert written(plain).startswith("FAIL  </script></title>")
    assert written(plain).endswith("  report    report.html\n")


def test_summary_is_coloured_on_a_terminal() -> None:
    coloured = Console(file=io.StringIO(), force_terminal=True, color_system="standard", width=80)
    print_summary(coloured, documents.passing())
    assert written(coloured).startswith("\x1b[1;32mPASS\x1b[0m")
