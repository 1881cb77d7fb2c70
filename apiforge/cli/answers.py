"""What `apiforge new` was told, by flags and by answers, and the command that says it all."""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from apiforge import __version__
from apiforge.errors import UsageError
from apiforge.project import specification
from apiforge.project.requirements import FLAGS
from apiforge.project.specification import Specification


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """As a command line states them: flags say some, the wizard asks for the others."""

    name: str
    directory: Path | None = None
    spec: Path | None = None
    choices: Mapping[str, tuple[str, ...]]
    """By axis; an axis that is missing was not spoken of."""
    resources: tuple[str, ...] = ()
    """In the grammar of `--resource`."""
    requirements: Mapping[str, float | str]
    """By the keys of `requirements.FLAGS`."""

    @property
    def place(self) -> Path:
        """Where the project is to be."""
        return self.directory or Path(self.name)

    def specification(self) -> Specification:
        """What the file says, with these answers instead where they say something."""
        return specification.with_flags(
            self._stated_in_file(),
            choices=self.choices,
            texts=self.resources,
            **self.requirements,
        )

    def command(self) -> str:
        """The command line that makes the same project without asking anything."""
        return shlex.join(("apiforge", "new", self.name, *self._flags(), "--yes"))

    def _flags(self) -> Iterator[str]:
        for flag, path in {"--directory": self.directory, "--spec": self.spec}.items():
            if path is not None:
                yield from (flag, str(path))
        for axis, values in self.choices.items():
            for value in values:
                yield from (f"--{axis}", value)
        for text in self.resources:
            yield from ("--resource", text)
        for key, requirement in self.requirements.items():
            yield from (FLAGS[key], str(requirement).removesuffix(".0"))

    def _stated_in_file(self) -> Specification:
        if self.spec is None:
            return Specification(name=self.name, apiforge=__version__)
        stated = specification.read_specification(self.spec)
        _check_targets(self.spec, stated.targets)
        return replace(stated, name=self.name, apiforge=__version__)


def _check_targets(file: Path, targets: tuple[str, ...]) -> None:
    from apiforge.loadtest.targets import TargetError, parse

    for target in targets:
        try:
            parse(target)
        except TargetError as error:
            raise UsageError(f"{file}: loadtest.targets: {error}", hint=error.hint) from error
