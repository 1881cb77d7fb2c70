"""What is particular to MySQL, beside MariaDB."""

SCHEME = "mysql"
"""Of its URLs; SQLAlchemy gives its dialect the same name."""
BY_CODE_POINT = "utf8mb4_0900_bin"
ISOLATION = "transaction_isolation"


def deadline(seconds: float) -> str:
    """The setting that ends a SELECT which takes longer, of a session."""
    return f"max_execution_time = {int(seconds * 1000)}"
