"""Every server we can start ourselves, by the name of its service in the manifests."""

from collections.abc import Mapping

from apiforge.servers import mariadb, mongodb, mysql, postgresql, redis
from apiforge.servers.server import Server

SERVERS: Mapping[str, Server] = {
    "mariadb": Server(
        label="MariaDB",
        how_to_get=mariadb.HOW_TO_GET,
        find=mariadb.find,
        run=mariadb.run_private,
    ),
    "mongodb": Server(
        label="MongoDB",
        how_to_get=mongodb.HOW_TO_GET,
        find=mongodb.find,
        run=mongodb.run_private,
    ),
    "mysql": Server(
        label="MySQL",
        how_to_get=mysql.HOW_TO_GET,
        find=mysql.find,
        run=mysql.run_private,
    ),
    "postgresql": Server(
        label="PostgreSQL",
        how_to_get=postgresql.HOW_TO_GET,
        find=postgresql.find,
        run=postgresql.run_private,
    ),
    "redis": Server(
        label="Redis",
        how_to_get=redis.HOW_TO_GET,
        find=redis.find,
        run=redis.run_private,
    ),
}


def title_of(service: str) -> str:
    """What runs as this service; what only stands in for it is named as what it is."""
    if service not in SERVERS:
        return service
    program = SERVERS[service].find()
    return program.title if program.stands_in_for else SERVERS[service].label
