"""A resource for the tests of the cache: it counts what is asked of it."""

from fastapi import APIRouter, Depends, Request, Response

from app.auth.port import CurrentCaller, requires
from app.cache.port import kept
from app.errors import NotFound
from app.http.answers import cached_item
from app.http.route import StrictRoute
from app.schema import Row

READ = [requires("things:read")]


class Things:
    """Every thing but 0 exists."""

    def __init__(self) -> None:
        self.loads = 0
        self.guarded = 0
        self.version = 1

    async def load(self, id: int, name: str = "") -> Row:
        self.loads += 1
        if id == 0:
            raise NotFound("There is no such thing.")
        return {"id": id, "name": name, "version": self.version}

    def guard(self) -> None:
        self.guarded += 1


def thing_routes(things: Things) -> APIRouter:
    """The endpoints."""
    router = APIRouter(route_class=StrictRoute)

    @router.get("/things/{id}", dependencies=READ)
    @kept("things")
    async def get_thing(request: Request, id: int) -> Response:
        return await cached_item(request, "things", lambda: things.load(id))

    @router.get("/own/{id}", dependencies=READ)
    @kept("things")
    async def get_own(request: Request, id: int, caller: CurrentCaller) -> Response:
        name = caller.subject if caller else ""
        return await cached_item(request, "things", lambda: things.load(id, name), caller)

    @router.get("/guarded/{id}", dependencies=[*READ, Depends(things.guard)])
    @kept("things")
    async def get_guarded(request: Request, id: int) -> Response:
        return await cached_item(request, "things", lambda: things.load(id))

    return router
