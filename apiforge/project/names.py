"""What may be a name, and what a name becomes: class names, names short enough for a database."""

import unicodedata
from hashlib import sha256

from apiforge.errors import UsageError

LONGEST_NAME = 64
"""In characters: with longer ones, generated lines would not fit into 100 columns."""
MOST_BYTES = 200
"""A test's file is named after its resource, and the names of files end at 255 bytes."""
LONGEST_IN_DATABASE = 63
_RESERVED_FIELDS = frozenset({"id", "created_at", "updated_at", "version"})


def check_resource_name(text: str) -> str:
    """The name as Python will read it (NFKC), if a resource can be called so."""
    return _checked(text, where=f"resource {text!r}")


def check_field_name(text: str, *, resource: str) -> str:
    """The name as Python will read it (NFKC), if a field of `resource` can be called so."""
    where = f"resource {resource!r}: field {text!r}"
    name = _checked(text, where=where)
    refuse_reserved(name, where=where)
    return name


def refuse_reserved(key: str, *, where: str) -> None:
    """Fail where `key` is one of the fields that every resource has already."""
    if key.casefold() in _RESERVED_FIELDS:
        raise UsageError(
            f"{where}: every resource has {key.casefold()!r} already",
            hint=f"choose another name; taken are: {', '.join(sorted(_RESERVED_FIELDS))}",
        )


def class_name(name: str) -> str:
    """`order_item` and `orderItem` become `OrderItem`; long names are shortened."""
    joined = "".join(part[:1].upper() + part[1:] for part in name.split("_"))
    return shorten(unicodedata.normalize("NFKC", joined), limit=LONGEST_IN_DATABASE)


def shorten(name: str, *, limit: int = LONGEST_IN_DATABASE) -> str:
    """`name` in at most `limit` bytes of UTF-8: cut and marked with a hash where it is longer."""
    encoded = name.encode()
    if len(encoded) <= limit:
        return name
    mark = "_" + sha256(encoded).hexdigest()[:8]
    return encoded[: limit - len(mark)].decode(errors="ignore").rstrip("_") + mark


def _checked(text: str, *, where: str) -> str:
    name = unicodedata.normalize("NFKC", text)
    if not name.isidentifier():
        raise UsageError(
            f"{where}: the name is not an identifier",
            hint="use letters, digits and underscores, and start with a letter",
        )
    if name.startswith("_"):
        raise UsageError(f"{where}: the name starts with an underscore", hint="start with a letter")
    if "__" in name:
        raise UsageError(
            f"{where}: the name has a double underscore, which marks filters such as price__gte",
            hint="use single underscores",
        )
    if len(name) > LONGEST_NAME or len(name.encode()) > MOST_BYTES:
        raise UsageError(
            f"{where}: the name has {len(name)} characters in {len(name.encode())} bytes",
            hint=f"at most {LONGEST_NAME} characters in {MOST_BYTES} bytes are allowed",
        )
    return name
