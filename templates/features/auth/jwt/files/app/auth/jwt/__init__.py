"""Log-in by e-mail and password."""
