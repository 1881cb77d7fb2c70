"""A scenario of a shop, and a service that answers as its preparation wants."""

from pathlib import Path

from replay import Request, Scenario

POOLS = """
[pools.products]
path = "/products?limit=2"
size = 3
"""
SHOP = (
    POOLS
    + """
[login]
path = "/login"
body = {email = "{env:EMAIL}"}
token = "token"
[[requests]]
name = "read"
weight = 8
path = "/products/{products.id}"
[[requests]]
name = "list"
weight = 2
path = "/products?limit=50"
pages = {parameter = "cursor", field = "next_cursor", depth = 2}
[[requests]]
name = "make"
weight = 1
method = "POST"
path = "/products"
body = {name = "{text:5}"}
expect = [201]
made = "products"
[[requests]]
name = "delete"
weight = 1
method = "DELETE"
path = "/products/{products.made}"
expect = [204]
otherwise = "make"
"""
)


class Service:
    """Answers a log-in, and lists three products on two pages."""

    def __init__(self) -> None:
        self.asked: list[Request] = []

    def __call__(self, request: Request) -> tuple[int, bytes]:
        self.asked.append(request)
        if request.path == "/login":
            return 200, b'{"token": "t0ken", "expires_in": 60}'
        if "cursor=" in request.path:
            return 200, b'{"items": [{"id": "c"}], "next_cursor": null}'
        return 200, b'{"items": [{"id": "a"}, {"id": "b/ b"}], "next_cursor": "x y"}'


def load(text: str, folder: Path, **environment: str) -> Scenario:
    file = folder / "scenario.toml"
    file.write_text(text, encoding="utf-8")
    return Scenario.load(file, environment)
