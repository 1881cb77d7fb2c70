"""/openapi.json is valid, complete and stable: examples, problems, log-ins, operation ids."""

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.generated.conftest import Boot, Live, MakeProject

RESOURCES = (
    "category: name:string(60)! parent:ref(category)?",
    "product: name:string sku:string(32)! price:decimal(10,2) size:bigint# weight:float?"
    " released:date? seen_at:datetime? key:uuid?! email:email? home:url? meta:json? note:text?"
    " status:enum(draft|live)=draft active:boolean=true category:ref(category)?",
)
PROJECTS = {
    "login": ["--database", "sqlite", "--auth", "jwt"],
    "no-login": ["--database", "postgresql", "--auth", "none", "--monitoring", "none"],
}
VERBS = ("list", "create", "get", "replace", "change", "delete")
OF_RESOURCES = {
    *(f"{verb}_{'products' if verb == 'list' else 'product'}" for verb in VERBS),
    *(f"{verb}_{'categories' if verb == 'list' else 'category'}" for verb in VERBS),
}
METHODS = ("get", "post", "put", "patch", "delete")
LARGEST = 2**63 - 1

Node = Mapping[str, Any]


@pytest.fixture(params=PROJECTS.values(), ids=PROJECTS)
def live(request: pytest.FixtureRequest, make_project: MakeProject, boot: Boot) -> Iterator[Live]:
    resources = [word for text in RESOURCES for word in ("--resource", text)]
    with boot(make_project(*request.param, *resources), rows=1) as live:
        yield live


def test_the_description_is_what_a_client_needs(live: Live) -> None:
    """One test for all: starting the service is what takes long."""
    text = live.client.get("/openapi.json").text
    document = live.client.get("/openapi.json").json()
    OpenAPIV31SpecValidator(document).validate()
    assert live.client.get("/openapi.json").text == text
    check_operation_ids(document)
    check_examples(document)
    check_problems(document)
    check_security(document, has_users="/api/v1/auth/login" in document["paths"])
    size = document["components"]["schemas"]["ProductCreate"]["properties"]["size"]
    assert (size["minimum"], size["maximum"]) == (-LARGEST - 1, LARGEST)


def operations(document: Node) -> Iterator[tuple[str, Node]]:
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                yield f"{method} {path}", methods[method]


def check_operation_ids(document: Node) -> None:
    ids = [operation["operationId"] for _, operation in operations(document)]
    assert len(ids) == len(set(ids))
    assert set(ids) >= OF_RESOURCES


def check_examples(document: Node) -> None:
    """Every property and parameter has an example, or few enough values to name; each fits."""
    for name, schema in document["components"]["schemas"].items():
        for key, one in schema.get("properties", {}).items():
            check_example(document, one, f"{name}.{key}")
    for name, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            check_example(document, parameter["schema"], f"{name} {parameter['name']}")


def check_example(document: Node, schema: Node, where: str) -> None:
    branches = [one for one in alternatives(schema) if one.get("type") != "null"]
    assert any(is_exemplified(one) for one in branches), f"{where} has no example: {schema}"
    for one in branches:
        whole = {**one, "components": document["components"]}
        validator = jsonschema.Draft202012Validator(whole)
        for example in one.get("examples", ()):
            assert validator.is_valid(example), f"{where}: {example!r} does not fit"


def alternatives(schema: Node) -> Iterator[Node]:
    yield schema
    for key in ("anyOf", "allOf"):
        for one in schema.get(key, ()):
            yield from alternatives(one)
    if schema.get("type") == "array":
        yield from alternatives(schema["items"])


def is_exemplified(schema: Node) -> bool:
    return not schema.keys().isdisjoint(("examples", "enum", "const", "default", "$ref"))


def check_problems(document: Node) -> None:
    problem = jsonschema.Draft202012Validator(document["components"]["schemas"]["Problem"])
    for name, operation in operations(document):
        for status, answer in operation["responses"].items():
            if status < "400":
                continue
            (content,) = answer["content"].items()
            assert content[0] == "application/problem+json", name
            assert content[1]["schema"] == {"$ref": "#/components/schemas/Problem"}, name
            assert problem.is_valid(content[1]["example"]), f"{name} {status}"
            assert str(content[1]["example"]["status"]) == status, name


def check_security(document: Node, *, has_users: bool) -> None:
    """Who may do what is said of each operation on rows; nothing where there are no users."""
    schemes = document["components"].get("securitySchemes", {})
    assert bool(schemes) == has_users
    for name, operation in operations(document):
        if operation["operationId"] not in OF_RESOURCES:
            continue
        required = {scheme for one in operation.get("security", ()) for scheme in one}
        assert required == set(schemes), name
        assert {"401", "403"} <= set(operation["responses"]) or not has_users, name
