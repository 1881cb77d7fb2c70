"""What is particular to MariaDB, beside MySQL."""

SCHEME = "mariadb"
"""Of its URLs; SQLAlchemy gives its dialect the same name."""
BY_CODE_POINT = "utf8mb4_nopad_bin"
ISOLATION = "tx_isolation"


def deadline(seconds: float) -> str:
    """The setting that ends a statement which takes longer, of a session."""
    return f"max_statement_time = {seconds:.3f}"
