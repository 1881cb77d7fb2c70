"""Work that is done once for each key: its answer is stored with what it changed.

Key and answer are written in the transaction of the work itself. So there is never one without the
other, whenever the service ends; and of two equal requests at once, the database lets one wait.
"""

import logging
from collections.abc import Awaitable, Callable
from itertools import count

from fastapi import Request, Response
from starlette.background import BackgroundTask

from app import moments
from app.auth.port import known_caller
from app.database.session import Database, Session, Transaction
from app.errors import AppError, Conflict, problem_of
from app.fields import Moment
from app.idempotency.key import HEADER, REPLAYED, fingerprint, key_of, row_id
from app.idempotency.repository import ROWS
from app.listing import Filter, Listing, ListQuery
from app.schema import Row

KEPT_HEADERS = ("location", "etag", "content-type")
SWEEP_EVERY = 64
SWEPT_AT_ONCE = 128
"""More than SWEEP_EVERY, so that what has expired is removed faster than new rows come."""
_LISTING = Listing({"expires_at": Moment})
_LOGGER = logging.getLogger("app.idempotency")
_uses = count(1)


class InProgress(Conflict):
    """Another request with the same key came first; when this is raised it has ended or waits."""

    code = "request_in_progress"

    def __init__(self, row_id: str, asked: str) -> None:
        message = f"A request with this {HEADER} is being worked on; try again."
        super().__init__(message, headers={"Retry-After": "1"})
        self.row_id = row_id
        self.asked = asked


async def once(
    request: Request, transaction: Transaction, work: Callable[[], Awaitable[Response]]
) -> Response:
    """What `work` answers, or what it answered to the same key before.

    An error of `work` is not kept: it has changed nothing. Raises Conflict for a key that was used
    for something else.
    """
    key = key_of(request)
    if key is None:
        return await work()
    claimed, asked = row_id(known_caller(request), key), await fingerprint(request)
    stored = await _stored(transaction, claimed)
    if stored is not None and not _is_expired(stored):
        return _replayed(stored, asked)
    if stored is not None:
        await ROWS.remove(transaction, claimed)
    lifetime = request.app.state.settings.service.idempotency_seconds
    try:
        await ROWS.add(transaction, _claim(claimed, asked, lifetime))
    except Conflict as error:
        raise InProgress(claimed, asked) from error
    answer = await work()
    await ROWS.change(transaction, claimed, _kept(answer))
    if next(_uses) % SWEEP_EVERY == 0:
        answer.background = BackgroundTask(sweep, request.app.state.database)
    return answer


async def replay(request: Request, error: Exception) -> Response:
    """The answer of the request that came first; 409 if that has not ended well.

    This is called after the transaction that met the other one has ended.
    """
    assert isinstance(error, InProgress)
    try:
        stored = await _stored(request.app.state.database.reader, error.row_id)
        return problem_of(request, error) if stored is None else _replayed(stored, error.asked)
    except AppError as other:
        return problem_of(request, other)


async def sweep(database: Database) -> None:
    """Removes some of the answers that have expired."""
    expired = Filter("expires_at", "lte", moments.now())
    query = ListQuery(sort="expires_at", limit=SWEPT_AT_ONCE, filters=(expired,))
    try:
        page = await ROWS.page(database.reader, query, _LISTING)
        if page.items:
            ids = tuple(row["id"] for row in page.items)
            async with database.transaction() as transaction:
                await ROWS.remove_all(transaction, [Filter("id", "in", ids)])
    except AppError as error:  # the next sweep will do it
        _LOGGER.warning("expired answers were not removed: %s", error.message)


async def _stored(session: Session, row_id: str) -> Row | None:
    return await ROWS.first(session, {"id": row_id})


def _is_expired(stored: Row) -> bool:
    return bool(stored["expires_at"] <= moments.now())


def _claim(row_id: str, asked: str, lifetime: float) -> Row:
    answer = {"status": 0, "headers": {}, "body": None}
    return {"id": row_id, "asked": asked, "expires_at": moments.after(lifetime), **answer}


def _kept(answer: Response) -> Row:
    headers = {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}
    return {
        "status": answer.status_code,
        "headers": headers,
        "body": bytes(answer.body).decode() or None,
    }


def _replayed(stored: Row, asked: str) -> Response:
    if stored["asked"] != asked:
        message = f"This {HEADER} was used for another request."
        raise Conflict(message, code="idempotency_key_reused")
    headers = {**stored["headers"], REPLAYED: "true"}
    return Response(stored["body"] or "", stored["status"], headers)
