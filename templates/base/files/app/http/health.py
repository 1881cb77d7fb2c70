"""Whether the service lives, and whether it can work now."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request, Response

from app.component import Component, Degraded
from app.errors import problem
from app.http.answers import json_answer
from app.http.documentation import problems
from app.http.route import StrictRoute

READY_TIMEOUT_SECONDS = 3.0
READY, DEGRADED = "ready", "degraded"
router = APIRouter(tags=["health"], route_class=StrictRoute)

_ALIVE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Alive",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}
_READY: dict[int | str, dict[str, Any]] = {
    **_ALIVE,
    503: {
        **problems(503)[503],
        "description": "A part of the service is down, or it is about to stop",
    },
}


@router.get("/livez", operation_id="livez", responses=_ALIVE)
async def livez() -> Response:
    """The process answers; nothing else is asked."""
    return json_answer({"status": "alive"})


@router.get("/readyz", operation_id="readyz", responses=_READY)
async def readyz(request: Request) -> Response:
    """Every part of the service can do its work, or: which cannot.

    Degraded is ready, too: what is down is something the service works without.
    """
    if request.app.state.draining.active:
        return problem(503, "stopping", "The service is about to stop.")
    components: list[Component] = request.app.state.components
    states = dict(zip([c.name for c in components], await _states(components), strict=True))
    degraded = [name for name, state in states.items() if state.startswith(DEGRADED)]
    down = sorted(name for name, state in states.items() if state != READY and name not in degraded)
    if not down:
        return json_answer({"status": DEGRADED if degraded else READY, "components": states})
    return problem(
        503,
        "not_ready",
        f"Down: {', '.join(down)}.",
        headers={"Retry-After": "1"},
        errors=[{"field": name, "message": states[name]} for name in down],
        request_id=request.scope.get("request_id"),
    )


async def _states(components: list[Component]) -> list[str]:
    return await asyncio.gather(*(_state(component) for component in components))


async def _state(component: Component) -> str:
    try:
        async with asyncio.timeout(READY_TIMEOUT_SECONDS):
            await component.ready()
    except Degraded as error:
        return f"{DEGRADED}: {error}"
    except Exception as error:  # whatever it is, the answer is: not ready, and why
        return type(error).__name__
    return READY
