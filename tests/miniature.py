"""Templates small enough to read in a test: two databases, two caches, a way to log in, compose."""

from collections.abc import Mapping
from pathlib import Path

AXES = """
[database]
question = "Where is the data kept?"
default = ["sqlite"]
many = false
none = false

[cache]
question = "Where are answers cached?"
default = ["memory"]
many = false

[auth]
question = "How do callers prove who they are?"
default = ["jwt"]
many = true

[deploy]
question = "What runs the service?"
default = ["compose"]
many = true
"""
BASE = """
summary = "The service itself"
dependencies = ["fastapi>=0.120", "uvicorn[standard]>=0.30"]
dev-dependencies = ["pytest>=8", "ruff>=0.14"]
settings = "app.environment.ServiceSettings"
writes = [
  "pyproject", "lock", "settings", "components", "environment", "readme", "resources",
  "scenario", "manifest",
]
[environment]
APP_ENV = "development"
PORT = "8000"
"""
SQL = """
summary = "What the SQL databases share"
dependencies = ["sqlalchemy>=2.1"]
"""
SQLITE = """
summary = "SQLite, one file"
layers = ["database/_sql"]
components = ["app.database.driver.SqliteDatabase"]
settings = "app.database.settings.DatabaseSettings"
[environment]
DATABASE_URL = "sqlite:///data/service.db"
[container]
environment = {DATABASE_URL = "sqlite:////data/service.db"}
volumes = ["data:/data"]
"""
POSTGRESQL = """
summary = "PostgreSQL"
layers = ["database/_sql"]
dependencies = ["asyncpg>=0.30"]
components = ["app.database.driver.PostgresqlDatabase"]
settings = "app.database.settings.DatabaseSettings"
next-steps = ["docker compose up -d postgresql"]
[environment]
DATABASE_URL = "postgresql://app@localhost/app"
[secrets]
POSTGRES_PASSWORD = "the password of the database"
[container]
environment = {DATABASE_URL = "postgresql://app:${POSTGRES_PASSWORD}@postgresql/app"}
[services.postgresql]
image = "postgres:17-alpine"
ports = ["127.0.0.1:5432:5432"]
environment = {POSTGRES_PASSWORD = "${POSTGRES_PASSWORD}"}
volumes = ["postgresql:/var/lib/postgresql/data"]
healthcheck = {test = ["CMD-SHELL", "pg_isready"]}
"""
MEMORY = """
summary = "Memory of the process"
components = ["app.cache.backend.MemoryCache"]
settings = "app.cache.settings.CacheSettings"
"""
JWT = """
summary = "Log in with a password"
requires = ["database"]
components = ["app.auth.jwt.component.Jwt"]
settings = "app.auth.jwt.settings.JwtSettings"
[secrets]
JWT_SIGNING_KEY = "signs the tokens"
[login]
method = "POST"
path = "/api/v1/auth/login"
body = {email = "{env:LOAD_USER_EMAIL}", password = "{env:LOAD_USER_PASSWORD}"}
token = "access_token"
[tables.auth_user]
package = "app/auth/users"
table = "auth_users"
[tables.auth_user.fields]
email = "email!"
"""
COMPOSE = """
summary = "Docker Compose"
writes = ["compose"]
"""
TITLE = "{{ project.title }}: {{ resources | map(attribute='plural') | join(' ') }}\n"
FILES = {
    "axes.toml": AXES,
    "base/feature.toml": BASE,
    "base/lock.txt": "fastapi==0.165.0\nuvicorn==0.40.0 ; python_version >= '3.11'\n",
    "base/lock-dev.txt": "pytest==9.2.0\n",
    "base/files/app/environment.py": "SERVICE = True\n",
    "base/files/TITLE.md.j2": TITLE,
    "features/database/_sql/feature.toml": SQL,
    "features/database/_sql/files/migrations/env.py": "SQL = True\n",
    "features/database/_sql/resource/__package__/table.py.j2": 'TABLE = "{{ resource.table }}"\n',
    "features/database/sqlite/feature.toml": SQLITE,
    "features/database/sqlite/lock.txt": "sqlalchemy==2.1.0\n",
    "features/database/sqlite/files/app/database/driver.py": "DRIVER = 'sqlite'\n",
    "features/database/postgresql/feature.toml": POSTGRESQL,
    "features/database/postgresql/files/app/database/driver.py": "DRIVER = 'postgresql'\n",
    "features/cache/memory/feature.toml": MEMORY,
    "features/cache/memory/files/app/cache/backend.py": "CACHE = 'memory'\n",
    "features/cache/none/feature.toml": 'summary = "Every answer is made anew"\n',
    "features/cache/none/files/app/cache/backend.py": "CACHE = None\n",
    "features/auth/jwt/feature.toml": JWT,
    "features/auth/jwt/files/app/auth/jwt/component.py": "JWT = True\n",
    "features/auth/jwt/files+cache-memory/app/auth/jwt/glue.py": "GLUE = True\n",
    "features/deploy/compose/feature.toml": COMPOSE,
    "features/deploy/compose/files/start.sh": "#!/bin/sh\n",
    "resource/app/resources/__plural__/endpoints.py.j2": "router = '{{ resource.plural }}'\n",
    "resource/app/resources/__plural__/__init__.py": '"""A resource."""\n',
}


def write_templates(root: Path, changes: Mapping[str, str] | None = None) -> Path:
    """The folder `root` with these templates, some of them changed or added; `root` itself."""
    for path, text in {**FILES, **(changes or {})}.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    script = root / "features/deploy/compose/files/start.sh"
    script.chmod(0o755)
    return root
