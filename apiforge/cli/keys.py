"""Questions answered with arrow keys. Slow to import, so only when something is asked."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from prompt_toolkit import Application, PromptSession
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import FormattedTextControl, Layout, Window
from prompt_toolkit.output import ColorDepth, Output
from prompt_toolkit.output.vt100 import Vt100_Output

from apiforge.cli.prompts import Option, in_columns, wrapped

POINTER = "> "


def line(prompt: str, *, prefill: str) -> str:
    """A line of text, edited with the usual keys; nothing of it stays on the screen."""
    session: PromptSession[str] = PromptSession(output=_output(), erase_when_done=True)
    try:
        return session.prompt(prompt, default=prefill).strip()
    except EOFError:
        raise KeyboardInterrupt from None


def pick(options: Sequence[Option], chosen: Sequence[str], *, many: bool) -> tuple[str, ...]:
    """Names of options: those ticked, or the one pointed at."""
    names = [option.name for option in options]
    menu = Menu(
        options=options,
        many=many,
        pointer=names.index(chosen[0]) if chosen else 0,
        ticked=[name for name in names if many and name in chosen],
    )
    control = FormattedTextControl(menu.drawn, show_cursor=False)
    application: Application[tuple[str, ...]] = Application(
        layout=Layout(Window(control, dont_extend_height=True)),
        key_bindings=_keys(menu),
        output=_output(),
        color_depth=ColorDepth.from_env(),
        erase_when_done=True,
    )
    return application.run()


@dataclass(slots=True, kw_only=True)
class Menu:
    """Options, the one pointed at, and those ticked."""

    options: Sequence[Option]
    many: bool
    pointer: int
    ticked: list[str] = field(default_factory=list)

    @property
    def answer(self) -> tuple[str, ...]:
        """What is ticked; what is pointed at where nothing is, or nothing can be."""
        ticked = tuple(it.name for it in self.options if it.name in self.ticked)
        return ticked or (self.options[self.pointer].name,)

    def move(self, steps: int) -> None:
        """From the last option to the first, too."""
        self.pointer = (self.pointer + steps) % len(self.options)

    def tick(self) -> None:
        """Tick what is pointed at, or untick it; whatever cannot stand beside it goes."""
        option = self.options[self.pointer]
        if not self.many:
            return
        if option.name in self.ticked:
            self.ticked.remove(option.name)
            return
        alone = [it.name for it in self.options if it.alone]
        kept = [] if option.alone else [it for it in self.ticked if it not in alone]
        self.ticked = [*kept, option.name]

    def drawn(self) -> StyleAndTextTuples:
        """The menu as it is now, in the width that the window has now."""
        fragments: StyleAndTextTuples = []
        boxes = 4 if self.many else 0
        for number, lines in enumerate(in_columns(self.options, indent=len(POINTER) + boxes)):
            is_pointed_at = number == self.pointer
            mark = POINTER if is_pointed_at else " " * len(POINTER)
            box = "[x] " if self.options[number].name in self.ticked else "[ ] "
            if is_pointed_at:
                # A long list scrolls to it.
                fragments.append(("[SetCursorPosition]", ""))
            style = "ansicyan bold" if is_pointed_at else ""
            text = mark + (box if self.many else "") + "\n".join(lines) + "\n"
            fragments.append((style, text))
        keys = "arrows move, " + ("space ticks, " if self.many else "") + "enter takes"
        fragments.append(("ansibrightblack", "\n".join(wrapped(keys, indent="  ", narrower=1))))
        return fragments


def _keys(menu: Menu) -> KeyBindings:
    keys = KeyBindings()

    @keys.add("up")
    @keys.add("k")
    @keys.add("c-p")
    @keys.add("s-tab")
    def _up(event: KeyPressEvent) -> None:
        menu.move(-1)

    @keys.add("down")
    @keys.add("j")
    @keys.add("c-n")
    @keys.add("tab")
    def _down(event: KeyPressEvent) -> None:
        menu.move(1)

    @keys.add("space")
    def _tick(event: KeyPressEvent) -> None:
        menu.tick()

    @keys.add("enter")
    @keys.add("c-j")  # Enter, when typed before the menu was there.
    def _take(event: KeyPressEvent) -> None:
        event.app.exit(result=menu.answer)

    @keys.add("c-c")
    @keys.add("c-d")
    @keys.add("<sigint>")
    def _leave(event: KeyPressEvent) -> None:
        event.app.exit(exception=KeyboardInterrupt)

    return keys


def _output() -> Output:
    output = Vt100_Output.from_pty(sys.stderr)
    # Not every terminal says where its cursor is; asking one that does not costs seconds.
    output.enable_cpr = False
    return output
