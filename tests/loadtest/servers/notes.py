"""A small FastAPI service such as anybody writes; run with the interpreter of a generated project.

`python notes.py PORT`: a password log-in as FastAPI's own tutorial has it, and one resource.
API_USER and API_PASSWORD say who may log in.
"""

import os
import secrets
import sys
from itertools import count
from typing import Annotated
from urllib.parse import parse_qs

import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel, Field

app = FastAPI()
bearer = OAuth2PasswordBearer(tokenUrl="token")
numbers = count(1)
notes: dict[int, "Note"] = {}
TOKEN = secrets.token_urlsafe(24)


class Draft(BaseModel):
    """What a caller writes."""

    title: str = Field(min_length=3, max_length=20)
    stars: int = Field(ge=1, le=5)


class Note(Draft):
    """What is kept."""

    id: int


def logged_in(token: Annotated[str, Depends(bearer)]) -> None:
    if token != TOKEN:
        raise HTTPException(401)


def found(note_id: int) -> Note:
    if note_id not in notes:
        raise HTTPException(404)
    return notes[note_id]


Found = Annotated[Note, Depends(found)]
LOGGED_IN = [Depends(logged_in)]


@app.post("/token")
async def token(request: Request) -> dict[str, str]:
    """Reads the form itself: FastAPI needs another library to do so."""
    form = parse_qs((await request.body()).decode())
    known = [os.environ["API_USER"]], [os.environ["API_PASSWORD"]]
    if (form.get("username"), form.get("password")) != known:
        raise HTTPException(401)
    return {"access_token": TOKEN, "token_type": "bearer"}


@app.get("/notes", dependencies=LOGGED_IN)
async def list_notes(limit: int = 50) -> list[Note]:
    return list(notes.values())[:limit]


@app.post("/notes", dependencies=LOGGED_IN, status_code=201)
async def make_note(draft: Draft) -> Note:
    note = Note(id=next(numbers), **draft.model_dump())
    notes[note.id] = note
    return note


@app.get("/notes/{note_id}", dependencies=LOGGED_IN)
async def read_note(note: Found) -> Note:
    return note


@app.put("/notes/{note_id}", dependencies=LOGGED_IN)
async def change_note(note: Found, draft: Draft) -> Note:
    notes[note.id] = Note(id=note.id, **draft.model_dump())
    return notes[note.id]


@app.delete("/notes/{note_id}", dependencies=LOGGED_IN, status_code=204)
async def remove_note(note: Found) -> Response:
    notes.pop(note.id, None)
    return Response(status_code=204)


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
