"""Questions to somebody at a terminal: with arrow keys, or numbered where a terminal has none.

Everything is shown on stderr: stdout is for results. Ctrl-C and Ctrl-D raise KeyboardInterrupt.
"""

import os
import sys
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from apiforge.cli.console import painted, show_error
from apiforge.errors import UsageError, choose_one_of

T = TypeVar("T")

BOLD, GREEN, YELLOW, CYAN = "1", "32", "33", "36"
WIDEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A possible answer, with a line on what it is. `alone`: no other beside it."""

    name: str
    summary: str = ""
    alone: bool = False


class Terminal(Protocol):
    """How the questions below are drawn, and answers read."""

    def line(self, prompt: str, *, prefill: str, default: str = "") -> str:
        """A line of text, or the default; `prefill` stands there to be changed, if it can."""

    def pick(
        self, options: Sequence[Option], chosen: Sequence[str], *, many: bool
    ) -> tuple[str, ...]:
        """Names of options, exactly one unless `many`; those `chosen` are proposed."""


def is_terminal() -> bool:
    """Whether somebody is there to answer, and sees what is asked and made."""
    return all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def terminal() -> Terminal:
    """One with arrow keys, unless $TERM says that it can do nothing."""
    if os.environ.get("TERM", "") in {"", "dumb", "unknown"}:
        return PlainTerminal()
    return KeyTerminal()


def ask(
    terminal: Terminal,
    question: str,
    *,
    default: str = "",
    check: Callable[[str], T],
) -> T:
    """The answer to a question in a line of text, once `check` raises no UsageError."""
    show(f"? {question}" + (f" [{default}]" if default else ""), hanging="  ", style=BOLD)
    prefill = ""
    while True:
        text = terminal.line("> ", prefill=prefill, default=default).strip()
        try:
            return check(text)
        except UsageError as error:
            show_error(error)
            prefill = text


def choose(
    terminal: Terminal,
    question: str,
    options: Sequence[Option],
    *,
    chosen: Sequence[str],
    reason: str = "",
    many: bool = False,
    check: Callable[[tuple[str, ...]], T],
) -> T:
    """Some of the options, once `check` raises no UsageError; those `chosen` are proposed."""
    show(f"? {question}", hanging="  ", style=BOLD)
    if reason:
        show(f"{', '.join(chosen)}: {reason}", indent="  ", style=CYAN)
    proposed = tuple(chosen)
    while True:
        proposed = terminal.pick(options, proposed, many=many)
        try:
            answer = check(proposed)
        except UsageError as error:
            show_error(error)
            continue
        show(f"> {', '.join(proposed)}", style=GREEN)
        return answer


def choose_one(terminal: Terminal, question: str, options: Sequence[Option], *, chosen: str) -> str:
    """The name of one of the options; the `chosen` one is proposed."""
    (name,) = choose(terminal, question, options, chosen=(chosen,), check=lambda names: names)
    return name


def show(text: str = "", *, indent: str = "", hanging: str = "", style: str = "") -> None:
    """A paragraph, in lines no wider than the window."""
    for line in wrapped(text, indent=indent, hanging=hanging):
        print(painted(line, style, sys.stderr) if style else line, file=sys.stderr)


def wrapped(text: str, *, indent: str = "", hanging: str = "", narrower: int = 0) -> list[str]:
    """The lines of a paragraph; all but the first start with `hanging` too."""
    return textwrap.wrap(
        text,
        max(window_width() - narrower, 16),
        initial_indent=indent,
        subsequent_indent=indent + hanging,
        break_on_hyphens=False,
    ) or [indent]


def window_width() -> int:
    """Columns that text may take; lines of more than a hundred are hard to read."""
    try:
        width = os.get_terminal_size(sys.stderr.fileno()).columns
    except OSError:
        width = 0
    return min(width or 80, WIDEST)


def in_columns(options: Sequence[Option], *, indent: int) -> list[list[str]]:
    """Each option's lines: its name, and all summaries in one column.

    The first line stands after a mark of `indent` columns that the caller draws.
    """
    width = max(len(option.name) for option in options)
    column = indent + width + 2
    lines = []
    for option in options:
        # One column stays free: a full line would make some terminals add an empty one.
        first, *more = wrapped(option.summary, narrower=column + 1)
        heading = f"{option.name:{width}}  {first}".rstrip()
        lines.append([heading, *(" " * column + line for line in more)])
    return lines


class KeyTerminal:
    """Asks with arrow keys, and leaves only the answer."""

    # Imported when asked: it takes longer than all the rest of `apiforge new`.
    def line(self, prompt: str, *, prefill: str, default: str = "") -> str:
        from apiforge.cli import keys

        text = keys.line(prompt, prefill=prefill) or default
        show(prompt + text, style=GREEN)
        return text

    def pick(
        self, options: Sequence[Option], chosen: Sequence[str], *, many: bool
    ) -> tuple[str, ...]:
        from apiforge.cli import keys

        return keys.pick(options, chosen, many=many)


class PlainTerminal:
    """Asks in plain lines; options are numbered."""

    def line(self, prompt: str, *, prefill: str, default: str = "") -> str:
        print(prompt, end="", file=sys.stderr, flush=True)
        text = sys.stdin.readline()
        if not text:
            raise KeyboardInterrupt
        return text.strip() or default

    def pick(
        self, options: Sequence[Option], chosen: Sequence[str], *, many: bool
    ) -> tuple[str, ...]:
        for number, lines in enumerate(in_columns(options, indent=5), start=1):
            print(f"{number:3}) " + "\n".join(lines), file=sys.stderr)
        names = [option.name for option in options]
        told = " ".join(str(names.index(name) + 1) for name in chosen)
        what = "numbers or names" if many else "number or name"
        while True:
            words = self.line(f"{what} [{told}]> ", prefill="").replace(",", " ").split()
            try:
                return _picked(words, names, many=many) or tuple(chosen)
            except UsageError as error:
                show_error(error)


def _picked(words: Sequence[str], names: Sequence[str], *, many: bool) -> tuple[str, ...]:
    picked = []
    for word in words:
        by_number = word.isdecimal() and 1 <= int(word) <= len(names)
        name = names[int(word) - 1] if by_number else word
        if name not in names:
            raise UsageError(f"{word!r} is none of these", hint=choose_one_of(word, names))
        picked.append(name)
    if len(picked) > 1 and not many:
        raise UsageError("only one can be chosen", hint="type one number")
    return tuple(picked)
