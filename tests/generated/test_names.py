"""Every name that the contract says works does, on a live server of each SQL database."""

import pytest

from tests.generated.conftest import Boot, MakeProject

RESERVED = ("order", "user", "group", "select", "class", "item", "settings", "table", "service")
FIELDS = ("metadata", "registry", "model_config", "limit", "cursor", "sort", "type", "id2")
KEYWORDS = ("from", "class", "select", "list", "self", "json", "copy", "date", "order", "index")
IRREGULAR = ("person", "category", "child", "analysis", "status", "box", "leaf", "quiz", "sheep")
UNICODE = ("größe", "名前", "naïve", "été")
LONG = ("a" * 63, "b" * 64, "ü" * 63)
DATABASES = ("sqlite", "postgresql")


def resource(name: str, *more: str) -> str:
    """A resource with each awkward field, of several types, filtered and unique ones too."""
    awkward = [
        *(f"{field}:string(40)#" for field in FIELDS),
        *(f"{field}:integer=1" for field in KEYWORDS if field not in FIELDS),
    ]
    return f"{name}: {' '.join([*awkward, *more])}"


@pytest.mark.parametrize("database", DATABASES)
@pytest.mark.parametrize(
    "names", [RESERVED, IRREGULAR, UNICODE], ids=["reserved", "plurals", "unicode"]
)
def test_resources_may_be_called_so(
    names: tuple[str, ...], database: str, make_project: MakeProject, boot: Boot
) -> None:
    texts = [word for name in names for word in ("--resource", resource(name))]
    project = make_project("--database", database, *texts)
    with boot(project) as live:
        live.exercise.run()


@pytest.mark.parametrize("database", DATABASES)
def test_long_names_work_everywhere(database: str, make_project: MakeProject, boot: Boot) -> None:
    fields = " ".join(f"{name}:string(20)!" for name in LONG)
    texts = [f"{LONG[0]}: {fields}"]
    texts += [f"{name}: {fields} {LONG[0][:62]}x:ref({LONG[0]})" for name in LONG[1:]]
    flags = [word for text in texts for word in ("--resource", text)]
    project = make_project("--database", database, *flags, name="n" * 63)
    with boot(project) as live:
        live.exercise.run()


@pytest.mark.parametrize("database", DATABASES)
def test_cycles_and_self_references_work(
    database: str, make_project: MakeProject, boot: Boot
) -> None:
    texts = [
        "author: name:string best:ref(book)? mentor:ref(author)?",
        "book: title:string author:ref(author) sequel:ref(book)?",
        "shelf: label:string! neighbour:ref(shelf)? first:ref(book)",
    ]
    flags = [word for text in texts for word in ("--resource", text)]
    project = make_project("--database", database, *flags)
    with boot(project) as live:
        live.exercise.run()
