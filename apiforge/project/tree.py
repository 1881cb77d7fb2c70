"""The files of a project, in memory: collected, compared and packed."""

import gzip
import io
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from apiforge.errors import CatalogError


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file, and the layer or writer that it came from."""

    content: bytes
    executable: bool = False
    source: str


@dataclass(slots=True)
class Tree:
    """Files by path (with `/`, relative to the project), in the order of their paths."""

    _files: dict[str, File] = field(default_factory=dict)

    def add(self, path: str, file: File) -> None:
        """Add a file; two sources for one path are an error naming both."""
        other = self._files.get(path)
        if other is not None:
            raise CatalogError(f"{path} comes from both {other.source} and {file.source}")
        self._files[path] = file

    def __iter__(self) -> Iterator[tuple[str, File]]:
        return iter(sorted(self._files.items()))

    def __getitem__(self, path: str) -> File:
        return self._files[path]

    def __contains__(self, path: str) -> bool:
        return path in self._files

    def __len__(self) -> int:
        return len(self._files)

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path, sorted."""
        return tuple(sorted(self._files))

    def digest(self) -> str:
        """Equal for equal trees."""
        whole = sha256()
        for path, file in self:
            header = f"{path}\0{file.executable}\0{len(file.content)}\0"
            whole.update(header.encode() + file.content)
        return whole.hexdigest()

    def archive(self) -> bytes:
        """The tree as a `.tar.gz` without times or owners: equal trees give equal bytes."""
        packed = io.BytesIO()
        with (
            gzip.GzipFile(
                fileobj=packed, mode="wb", compresslevel=6, mtime=0, filename=""
            ) as compressed,
            tarfile.open(fileobj=compressed, mode="w", format=tarfile.PAX_FORMAT) as archive,
        ):
            for path, file in self:
                entry = tarfile.TarInfo(path)
                entry.size = len(file.content)
                entry.mode = 0o755 if file.executable else 0o644
                archive.addfile(entry, io.BytesIO(file.content))
        return packed.getvalue()
