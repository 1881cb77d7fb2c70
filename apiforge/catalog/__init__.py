"""What can be chosen: data read from the templates."""
