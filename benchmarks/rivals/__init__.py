"""What we compare with: small applications written the way the usual templates are."""
