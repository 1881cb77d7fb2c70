"""What all collections of the service belong to."""

from app.database.collection import Collections

COLLECTIONS = Collections()
