"""loadtests/scenario.toml: what a load test of the project does, how often, with which values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from apiforge.project import toml
from apiforge.project.fields import Field
from apiforge.project.placeholders import placeholder
from apiforge.project.references import in_order
from apiforge.project.resources import Resource

_HEADER = """\
# What a load test asks of this service, and how often. Edit it as your users behave.
#
# A request is chosen by its weight; reads and writes come in the share that was asked for.
# Values in braces are made anew for each request:
#   {{pool.id}} the id of a row that was there before, {{pool.made}} one made by the test itself,
#   each taken once, {{pool.own}} one of these that stays,
#   {{data:NAME.column}} of a row of [data.NAME] (file = "rows.csv", mode = "turn" or "once"),
#   {{unique:n}} {{text:n}} {{integer:a,b}} {{float:a,b}} {{decimal:p,s}} {{boolean}} {{date}} \
{{datetime}}
#   {{uuid}} {{email}} {{url}} {{choice:a|b|c}} {{json}} {{env:NAME}} {{basic:USER:PASSWORD}}
"""
_READS = {"row": 50.0, "list": 30.0, "filter": 20.0}
_WRITES = {"create": 40.0, "change": 30.0, "replace": 15.0, "delete": 15.0}
_PAGE = 50
_DEPTH = 5
_OF_THE_LIST = ("limit", "cursor", "sort")
_WITH_RANGES = {
    "date": "{date}",
    "datetime": "{datetime}",
    "integer": "{integer:0,1000000}",
    "bigint": "{integer:0,1000000}",
    "float": "{float:0,1000}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    share: str
    method: str
    path: str
    name: str = ""
    keys: Mapping[str, object] = field(default_factory=dict)
    body: Mapping[str, str] | None = None

    @property
    def title(self) -> str:
        return f"{self.method} {self.name or self.path}"


def scenario(
    resources: Sequence[Resource], *, read_share: float, login: Mapping[str, object] | None
) -> str:
    """The file's text. `read_share` is from 0 to 1; `login` says how to log in, where one must."""
    ordered = in_order(resources)
    pools = {resource.name: resource.plural for resource in ordered}
    reads = [list(_reads(resource, pools)) for resource in ordered]
    writes = [requests for one in ordered if (requests := list(_writes(one, pools)))]
    blocks = [_HEADER.format().rstrip()]
    if login is not None:
        heading = "# Done before the clock starts, outside the statistics.\n[login]"
        blocks.append(_lines(heading, login))
    blocks += [_pool(resource) for resource in ordered]
    share = read_share if writes else 1.0
    if not writes and read_share < 1:
        blocks.append("# Only reads: a load test could not write here without conflicts.")
    blocks += _weighted(reads, _READS, share)
    blocks += _weighted(writes, _WRITES, 1.0 - share)
    return "\n\n".join(blocks) + "\n"


def _pool(resource: Resource) -> str:
    path = f"{_path(resource)}?limit=200"
    return _lines(f"[pools.{toml.key(resource.plural)}]", {"path": path, "size": 1000})


def _path(resource: Resource) -> str:
    return f"/api/v1/{resource.plural}"


def _reads(resource: Resource, pools: Mapping[str, str]) -> Iterator[_Request]:
    path, pool = _path(resource), resource.plural
    yield _Request(
        share="row",
        method="GET",
        path=f"{path}/{{{pool}.id}}",
        name=f"{path}/{{id}}",
        keys={"expect": [200]},
    )
    pages = {"parameter": "cursor", "field": "next_cursor", "depth": _DEPTH}
    yield _Request(
        share="list",
        method="GET",
        path=f"{path}?limit={_PAGE}",
        name=path,
        keys={"expect": [200], "pages": pages},
    )
    for parameter, value in _filters(resource, pools):
        yield _Request(
            share="filter",
            method="GET",
            path=f"{path}?{parameter}={value}",
            name=f"{path}?{parameter}=",
            keys={"expect": [200]},
        )
        return


def _filters(resource: Resource, pools: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Parameters a list can be filtered by, those that find most like a user's first."""
    for kind in ("ref", "enum", "boolean"):
        for one in (one for one in resource.fields if one.type.kind == kind):
            # Unique or not: a filter may find one row as well.
            value = placeholder(_without_marks(one), pools)
            yield f"{one.key}__in" if one.key in _OF_THE_LIST else one.key, value or ""
    for one in resource.fields:
        is_listed = one.indexed or one.unique or one.type.kind == "datetime"
        if is_listed and one.type.kind in _WITH_RANGES:
            yield f"{one.key}__gte", _WITH_RANGES[one.type.kind]


def _without_marks(one: Field) -> Field:
    return Field(name=one.name, type=one.type)


def _writes(resource: Resource, pools: Mapping[str, str]) -> Iterator[_Request]:
    path, pool = _path(resource), resource.plural
    row, name = f"{path}/{{{pool}.id}}", f"{path}/{{id}}"
    ok = {"expect": [200]}
    body = _body(resource, pools)
    if body is not None:
        made = {"expect": [201], "made": pool}
        yield _Request(share="create", method="POST", path=path, keys=made, body=body)
    change = _change(resource, pools)
    if change:
        yield _Request(share="change", method="PATCH", path=row, name=name, keys=ok, body=change)
    if body is not None:
        yield _Request(share="replace", method="PUT", path=row, name=name, keys=ok, body=body)
        keys = {"expect": [204], "otherwise": f"POST {path}"}
        row_made = f"{path}/{{{pool}.made}}"
        yield _Request(share="delete", method="DELETE", path=row_made, name=name, keys=keys)


def _body(resource: Resource, pools: Mapping[str, str]) -> dict[str, str] | None:
    """What to send for a whole row; None where some field would only meet conflicts."""
    body = {}
    for one in resource.fields:
        value = placeholder(one, pools)
        if value is not None:
            body[one.key] = value
        elif not one.optional or one.default is not None:
            return None
    return body


def _change(resource: Resource, pools: Mapping[str, str]) -> dict[str, str]:
    """What to send to change a row a little: plain fields, at most two."""
    values = {one.key: placeholder(one, pools) for one in resource.fields if not one.unique}
    unique = {one.key: placeholder(one, pools) for one in resource.fields if one.unique}
    chosen = [pair for pair in {**values, **unique}.items() if pair[1] is not None][:2]
    return {key: value for key, value in chosen if value is not None}


def _weighted(
    groups: Sequence[Sequence[_Request]], shares: Mapping[str, float], whole: float
) -> list[str]:
    """The requests of each resource, which share `whole` equally."""
    if whole <= 0:
        return []
    blocks = []
    for requests in groups:
        total = sum(shares[request.share] for request in requests) * len(groups)
        for request in requests:
            blocks.append(_block(request, 100 * whole * shares[request.share] / total))
    return blocks


def _block(request: _Request, weight: float) -> str:
    keys = {
        "name": request.title,
        "weight": round(weight, 4),
        "method": request.method,
        "path": request.path,
        **request.keys,
    }
    lines = _lines("[[requests]]", keys)
    return lines if not request.body else lines + "\n" + _lines("[requests.body]", request.body)


def _lines(heading: str, keys: Mapping[str, object]) -> str:
    return "\n".join([heading, *(f"{toml.key(name)} = {toml.value(keys[name])}" for name in keys)])
