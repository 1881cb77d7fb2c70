"""How SQL is written for the driver."""

from sqlalchemy.engine import make_url

DIALECT = make_url("postgresql+asyncpg://").get_dialect()()
