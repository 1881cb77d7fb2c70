"""Which modules beside a locustfile it imports, directly or through each other: what it needs of
its own to run elsewhere. Nothing of it runs here; what is imported by a made-up name is not seen.
"""

import ast
from collections.abc import Iterator
from pathlib import Path


def own_modules(locustfile: Path) -> list[Path]:
    """The locustfile and those it needs, below its folder; what is installed is not among them."""
    root = locustfile.parent
    found, waiting = {locustfile}, [locustfile]
    while waiting:
        module = waiting.pop()
        new = {file for name in _imported(module, root) for file in _files(root, name)} - found
        found |= new
        waiting += new
    return sorted(found)


def _imported(module: Path, root: Path) -> Iterator[tuple[str, ...]]:
    """The names that it imports, from the root on; of `from a import b` also a.b: it may be a
    module, too."""
    try:
        tree = ast.parse(module.read_bytes())
    except (SyntaxError, ValueError):
        return  # whoever runs it says so
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = module.relative_to(root).parts[: -node.level] if node.level else ()
            base = (*package, *(node.module.split(".") if node.module else ()))
            yield base
            yield from ((*base, alias.name) for alias in node.names)


def _files(root: Path, name: tuple[str, ...]) -> Iterator[Path]:
    """The files that importing it runs: its packages' and its own."""
    for length in range(1, len(name) + 1):
        place = root.joinpath(*name[:length])
        candidates = (place / "__init__.py", place.with_name(f"{place.name}.py"))
        yield from (file for file in candidates if file.is_file())
