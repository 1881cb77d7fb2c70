"""Every name that the contract says works does: reserved words, any language, the longest."""

from tests.contract.conftest import site_of
from tests.contract.service import open_service

RESERVED = ("order", "user", "group", "select", "class", "item", "settings", "table", "service")
FIELDS = ("metadata", "registry", "model_config", "limit", "cursor", "sort", "type", "id2")
KEYWORDS = ("from", "class", "select", "list", "self", "json", "copy", "date", "order", "index")
IRREGULAR = ("person", "category", "child", "analysis", "status", "box", "leaf", "quiz", "sheep")
UNICODE = ("größe", "名前", "naïve", "été")
LONG = ("a" * 63, "b" * 64, "ü" * 63)
CYCLES = (
    "author: name:string best:ref(book)? mentor:ref(author)?",
    "book: title:string author:ref(author) sequel:ref(book)?",
    "shelf: label:string! neighbour:ref(shelf)? first:ref(book)",
)


def resource(name: str, *more: str) -> str:
    """A resource with each awkward field, of several types, filtered and unique ones too."""
    awkward = [
        *(f"{field}:string(40)#" for field in FIELDS),
        *(f"{field}:integer=1" for field in KEYWORDS if field not in FIELDS),
    ]
    return f"{name}: {' '.join([*awkward, *more])}"


def resources() -> list[str]:
    """Awkward names, the longest ones, and references that go round in circles."""
    fields = " ".join(f"{name}:string(20)!" for name in LONG)
    long = [f"{LONG[0]}: {fields}"]
    long += [f"{name}: {fields} {LONG[0][:62]}x:ref({LONG[0]})" for name in LONG[1:]]
    awkward = [resource(name) for name in (*RESERVED, *IRREGULAR, *UNICODE)]
    return [*awkward, *long, *CYCLES]


def test_resources_and_fields_may_be_called_so(database: str) -> None:
    with (
        site_of(database, *resources()) as site,
        open_service(site) as service,
        service.visitor() as client,
    ):
        service.exercise(client).run()
