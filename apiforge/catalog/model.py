"""What can be chosen: axes, the features that are their values, and the services these need."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from apiforge.catalog.facts import Facts
from apiforge.errors import UsageError, choose_one_of

NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A server that runs beside the generated one; named as its image's role in compose."""

    name: str
    image: str
    ports: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    volumes: tuple[str, ...] = ()
    healthcheck: Mapping[str, object] = field(default_factory=dict)
    command: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InternalTable:
    """A table that belongs to a feature, not to the owner's resources."""

    name: str
    package: str
    table: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """What is different for the generated service when it runs in a container."""

    environment: Mapping[str, str] = field(default_factory=dict)
    volumes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that a value bears; `None` where it sets no limit."""

    replicas: int | None = None
    workers: int | None = None
    machines: int | None = None
    writes_per_second: int | None = None
    connections: int | None = None
    """As the server is configured when new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """A folder with a manifest: the base, a layer that values share, or a value of an axis."""

    name: str
    """`base`, `database/_sql` or `cache/memory`."""
    folder: Path
    summary: str
    requires: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()
    dev_dependencies: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    settings: str = ""
    next_steps: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    services: tuple[Service, ...] = ()
    container: Container = field(default_factory=Container)
    throwaway: Mapping[str, str] = field(default_factory=dict)
    tables: tuple[InternalTable, ...] = ()
    login: Mapping[str, object] | None = None
    limits: Limits = field(default_factory=Limits)
    facts: Facts | None = None
    tool: Mapping[str, object] = field(default_factory=dict)
    """Configuration of tools that goes into the project's pyproject.toml."""
    untested: str = ""
    """Why it has never run against the real thing; empty where it has."""

    @property
    def manifest(self) -> Path:
        """The file all of this was read from."""
        return self.folder / "feature.toml"

    @property
    def axis(self) -> str:
        """The axis it belongs to; empty for the base."""
        return self.name.rpartition("/")[0]

    @property
    def value(self) -> str:
        """Its name without the axis."""
        return self.name.rpartition("/")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """A question with one answer, or with many."""

    name: str
    question: str
    default: tuple[str, ...]
    many: bool
    none: bool
    features: tuple[Feature, ...]
    fallback: tuple[str, ...] = ()
    """What is proposed first where the default does not bear what is required."""

    @property
    def values(self) -> tuple[str, ...]:
        """Every valid answer."""
        names = [feature.value for feature in self.features]
        if self.none and NONE not in names:
            names.append(NONE)
        return tuple(names)

    def summary(self, value: str) -> str:
        """One line on what a value is, and whether that has been seen."""
        summaries = {feature.value: feature.summary for feature in self.features}
        summary = summaries.get(value, "nothing of the kind")
        return f"{summary} (never run against a live server)" if self.untested(value) else summary

    def untested(self, value: str) -> str:
        """Why a value has never run against the real thing; empty where it has."""
        return {feature.value: feature.untested for feature in self.features}.get(value, "")

    def limits(self, value: str) -> Limits:
        """What a value bears at most."""
        limits = {feature.value: feature.limits for feature in self.features}
        return limits.get(value, Limits())

    def choose(self, asked: tuple[str, ...]) -> tuple[str, ...]:
        """These values in the catalogue's order, once each; `none` if there are none."""
        for value in asked:
            if value not in self.values:
                hint = choose_one_of(value, self.values)
                raise UsageError(f"no {self.name} called {value!r}", hint=hint)
        chosen = tuple(value for value in self.values if value in asked)
        if not chosen and not self.none:
            raise UsageError(f"no {self.name} chosen", hint=choose_one_of("", self.values))
        if NONE in chosen and len(chosen) > 1:
            others = ", ".join(value for value in chosen if value != NONE)
            hint = f"leave out {self.name} none, or {others}"
            raise UsageError(f"{self.name} cannot be none and {others} at once", hint=hint)
        if len(chosen) > 1 and not self.many:
            message = f"{self.name} takes one value, not {' and '.join(chosen)}"
            raise UsageError(message, hint=choose_one_of("", self.values))
        return chosen or (NONE,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """Everything that can be chosen, and what every project gets."""

    roots: tuple[Path, ...]
    base: Feature
    axes: tuple[Axis, ...]
    shared: Mapping[str, Feature]
    """Layers that several values need, by name."""

    def axis(self, name: str) -> Axis:
        """The axis of that name."""
        for axis in self.axes:
            if axis.name == name:
                return axis
        names = [axis.name for axis in self.axes]
        raise UsageError(f"no axis called {name!r}", hint=choose_one_of(name, names))

    def choose(self, asked: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        """The values of every axis: those asked for, else the axis's default."""
        for name in asked:
            self.axis(name)
        return {axis.name: axis.choose(asked.get(axis.name, axis.default)) for axis in self.axes}

    def features(self, choices: Mapping[str, tuple[str, ...]]) -> Iterator[Feature]:
        """What these choices bring, in the order in which it is applied: base, then by axis."""
        yield self.base
        seen: set[str] = set()
        for axis in self.axes:
            for feature in axis.features:
                if feature.value not in choices[axis.name]:
                    continue
                yield from self._with_layers(feature, seen)

    def _with_layers(self, feature: Feature, seen: set[str]) -> Iterator[Feature]:
        for name in feature.layers:
            if name not in seen:
                seen.add(name)
                yield from self._with_layers(self.shared[name], seen)
        yield feature
